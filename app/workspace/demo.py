"""The demo person: five goals and a month of journal, written so that a coach has something to work with."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.db.ownership import Owner, owner_columns
from app.workspace import indexing
from app.workspace.models import Goal, GoalEntryLink, JournalEntry, Milestone, ProgressUpdate


@dataclass(frozen=True, slots=True)
class DemoGoal:
    """``begun``, ``quiet`` and notes count days back from today; ``due`` and steps forward, negative ones are done."""

    title: str
    description: str
    category: str
    status: str
    begun: int
    due: int
    quiet: int
    steps: list[tuple[str, int]]
    notes: list[tuple[int, str]]


class DemoEntry(NamedTuple):
    """``ago`` counts days back from today; ``goals`` are the names of those that it is about."""

    ago: int
    title: str
    mood: str
    tags: list[str]
    goals: list[str]
    content: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    goals: dict[str, DemoGoal]
    entries: dict[str, DemoEntry]


def read() -> DemoPerson:
    return msgspec.toml.decode(Path(__file__).with_name("demo.toml").read_bytes(), type=DemoPerson)


def seed(session: Session, owner: Principal) -> None:
    """Adds what is missing. Ids are made from the owner and the text's name, so that a second run adds nothing."""
    today = now().replace(hour=7, minute=30, second=0, microsecond=0)
    person = read()
    for name, goal in person.goals.items():
        _add_goal(session, owner, name, goal, today)
    for name, entry in person.entries.items():
        _add_entry(session, owner, name, entry, today)


def _add_goal(session: Session, owner: Principal, name: str, facts: DemoGoal, today: datetime) -> None:
    goal_id = _id("goal", owner, name)
    if session.get(Goal, (owner.tenant_id, goal_id)):
        return
    done = facts.status == "completed"
    goal = Goal(
        **owner_columns(owner), id=goal_id, title=facts.title, description=facts.description, category=facts.category,
        status=facts.status, target_date=_day(today, facts.due), updated_at=today,
        created_at=today - timedelta(days=facts.begun), last_activity=today - timedelta(days=facts.quiet),
        completed_at=today - timedelta(days=9) if done else None, habit_completed_dates=[],
        milestones=[_milestone(owner, goal_id, place, step, today) for place, step in enumerate(facts.steps, 1)],
    )  # fmt: skip
    goal.recount()
    session.add(goal)
    session.flush()
    for days, content in facts.notes:
        _add_note(session, goal, days, content, today)
    indexing.put_goal(session, goal)


def _milestone(owner: Principal, goal_id: str, place: int, step: tuple[str, int], today: datetime) -> Milestone:
    """A step that lies in the past is done."""
    title, days = step
    moment = today + timedelta(days=days)
    return Milestone(
        **owner_columns(owner), id=_id("milestone", owner, f"{goal_id}/{place}"), title=title, order=place,
        due_date=_day(today, days), completed=days < 0, completed_at=moment if days < 0 else None,
    )  # fmt: skip


def _day(today: datetime, days: int) -> datetime:
    """A day without a time, as people give them, is its UTC midnight."""
    return (today + timedelta(days=days)).replace(hour=0, minute=0)


def _add_note(session: Session, goal: Goal, days: int, content: str, today: datetime) -> None:
    note = ProgressUpdate(
        **owner_columns(goal), id=_id("progress", goal, f"{goal.id}/{days}"), goal_id=goal.id, content=content,
        created_at=today - timedelta(days=days),
    )  # fmt: skip
    session.add(note)
    session.flush()
    indexing.put_progress(session, goal, note)


def _add_entry(session: Session, owner: Principal, name: str, facts: DemoEntry, today: datetime) -> None:
    entry_id = _id("journal", owner, name)
    if session.get(JournalEntry, entry_id):
        return
    moment = today - timedelta(days=facts.ago)
    entry = JournalEntry(
        **owner_columns(owner), id=entry_id, title=facts.title, content=facts.content, mood=facts.mood,
        tags=facts.tags, entry_date=moment, created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    for goal in facts.goals:
        session.add(GoalEntryLink(**owner_columns(owner), goal_id=_id("goal", owner, goal), journal_entry_id=entry_id))
    indexing.put_entry(session, entry)


def _id(kind: str, owner: Owner, name: str) -> str:
    return f"{kind}_{uuid.uuid5(uuid.NAMESPACE_OID, '/'.join([owner.tenant_id, owner.user_id, kind, name])).hex}"
