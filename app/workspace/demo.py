"""The demo person: five goals and a month of journal, written so that a coach has something to work with."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.core.clock import now
from app.workspace import indexing
from app.workspace.demo_texts import ENTRIES, GOALS
from app.workspace.models import Goal, GoalEntryLink, JournalEntry, Milestone, ProgressUpdate


def seed(session: Session, tenant: str, user: str) -> None:
    """Adds what is missing. Ids are made from the owner and the text's name, so that a second run adds nothing."""
    owner = {"tenant_id": tenant, "user_id": user}
    today = now().replace(hour=7, minute=30, second=0, microsecond=0)
    for name, facts in GOALS.items():
        _add_goal(session, owner, name, facts, today)
    for name, facts in ENTRIES.items():
        _add_entry(session, owner, name, facts, today)


def _add_goal(session: Session, owner: dict[str, str], name: str, facts: dict[str, Any], today: datetime) -> None:
    goal_id = _id("goal", owner, name)
    if session.get(Goal, (owner["tenant_id"], goal_id)):
        return
    began = today - timedelta(days=facts["begun"])
    done = facts["status"] == "completed"
    goal = Goal(
        **owner, id=goal_id, title=facts["title"], description=facts["description"], category=facts["category"],
        status=facts["status"], target_date=today + timedelta(days=facts["due"]), created_at=began, updated_at=today,
        last_activity=today - timedelta(days=facts["quiet"]), completed_at=today - timedelta(days=9) if done else None,
        milestones=[_milestone(owner, goal_id, place, step, today) for place, step in enumerate(facts["steps"], 1)],
        habit_completed_dates=[],
    )  # fmt: skip
    goal.recount()
    session.add(goal)
    session.flush()
    for days, content in facts["notes"]:
        _add_note(session, goal, days, content, today)
    indexing.put_goal(session, goal)


def _milestone(owner: dict[str, str], goal_id: str, place: int, step: tuple[str, int], today: datetime) -> Milestone:
    """A step that lies in the past is done."""
    title, days = step
    moment = today + timedelta(days=days)
    return Milestone(
        **owner, id=_id("milestone", owner, f"{goal_id}/{place}"), title=title, order=place, due_date=moment,
        completed=days < 0, completed_at=moment if days < 0 else None,
    )  # fmt: skip


def _add_note(session: Session, goal: Goal, days: int, content: str, today: datetime) -> None:
    owner = {"tenant_id": goal.tenant_id, "user_id": goal.user_id}
    note = ProgressUpdate(
        **owner, id=_id("progress", owner, f"{goal.id}/{days}"), goal_id=goal.id, content=content,
        created_at=today - timedelta(days=days),
    )  # fmt: skip
    session.add(note)
    session.flush()
    indexing.put_progress(session, goal, note)


def _add_entry(session: Session, owner: dict[str, str], name: str, facts: dict[str, Any], today: datetime) -> None:
    entry_id = _id("journal", owner, name)
    if session.get(JournalEntry, entry_id):
        return
    moment = today - timedelta(days=facts["ago"])
    entry = JournalEntry(
        **owner, id=entry_id, title=facts["title"], content=facts["content"], mood=facts["mood"], tags=facts["tags"],
        entry_date=moment, created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    for goal in facts.get("goals", ()):
        session.add(GoalEntryLink(**owner, goal_id=_id("goal", owner, goal), journal_entry_id=entry_id))
    indexing.put_entry(session, entry)


def _id(kind: str, owner: dict[str, str], name: str) -> str:
    return f"{kind}_{uuid.uuid5(uuid.NAMESPACE_OID, '/'.join([*owner.values(), kind, name])).hex}"
