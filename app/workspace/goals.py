"""Goals: made, changed, moved through their statuses, deleted with all that belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.core import weeks
from app.core.clock import now
from app.core.errors import BadRequest
from app.db.ownership import owner_columns
from app.workspace import calendar, categories, habits, indexing, reindexing
from app.workspace.milestones import NewMilestone
from app.workspace.models import Goal, GoalEntryLink, GoalPart, GoalStatus, Milestone, ProgressUpdate
from app.workspace.queries import find_goal, find_goals


class GoalChanges(TypedDict, total=False):
    """What may be changed of a goal; what is not named stays as it is."""

    title: str
    description: str
    category: str
    target_date: datetime
    is_habit: bool
    habit_frequency: str | None


class NewGoal(GoalChanges):
    milestones: Sequence[NewMilestone]


class GoalUpdate(TypedDict):
    goalId: str
    data: GoalChanges


@dataclass(frozen=True, slots=True)
class GoalDeletion:
    """What would be deleted with a goal, and the links that would be."""

    milestones_count: int
    progress_updates_count: int
    linked_journal_entries_count: int
    warning: str = (
        "Deleting this goal also deletes its milestones and progress updates for good. Linked journal entries are kept."
    )


def create(session: Session, principal: Principal, new: NewGoal) -> Goal:
    if target := new.get("target_date"):
        _refuse_past(session, principal, target)
    owner, moment = owner_columns(principal), now()
    steps = [
        Milestone(**owner, **step, order=place, created_at=moment) for place, step in enumerate(new["milestones"], 1)
    ]
    category = categories.name_of(session, principal, new["category"], keep=True)
    goal = Goal(
        **owner, **new | {"milestones": steps, "category": category}, habit_completed_dates=[], completed_at=None,
        created_at=moment, updated_at=moment, status_changed_at=moment, last_activity=moment,
    )  # fmt: skip
    _set_habit_frequency(goal)
    session.add(goal)
    session.flush()
    indexing.put_goal(session, goal)
    return goal


def update(session: Session, principal: Principal, goal_id: str, changes: GoalChanges) -> Goal:
    return _change(session, principal, find_goal(session, principal, goal_id, lock=True), changes)


def update_many(session: Session, principal: Principal, updates: Sequence[GoalUpdate]) -> list[Goal]:
    """All of them or, when one is missing or not valid, none."""
    goals = find_goals(session, principal, [update["goalId"] for update in updates], lock=True)
    return [_change(session, principal, goals[update["goalId"]], update["data"]) for update in updates]


def set_status(session: Session, principal: Principal, goal_id: str, wanted: str) -> Goal:
    goal = find_goal(session, principal, goal_id, lock=True)
    goal.move(GoalStatus(wanted))
    session.flush()
    indexing.put_goal(session, goal)
    return goal


def toggle_habit(session: Session, principal: Principal, goal_id: str, moment: datetime | None) -> Goal:
    """Marks the day of a moment (today by default) as done, or takes the mark away."""
    goal = find_goal(session, principal, goal_id, lock=True)
    if not goal.is_habit:
        raise BadRequest("This goal is not a habit")
    zone = settings.time_zone(session, principal)
    goal.habit_completed_dates = habits.toggled(goal.habit_completed_dates, weeks.day_of(moment or now(), zone))
    indexing.save_goal(session, goal)
    return goal


def mark_habit(session: Session, principal: Principal, goal_id: str) -> None:
    """Marks today as done; a day that is marked stays so."""
    goal = find_goal(session, principal, goal_id, lock=True)
    if weeks.day_of(now(), settings.time_zone(session, principal)).isoformat() not in goal.habit_completed_dates:
        toggle_habit(session, principal, goal_id, None)


def remove(session: Session, principal: Principal, goal_id: str) -> None:
    goal = find_goal(session, principal, goal_id, lock=True)
    indexing.remove(session, goal)
    session.execute(delete(Goal).where(Goal.id == goal.id, Goal.owned_by(principal)))


def deletion_info(session: Session, principal: Principal, goal_id: str) -> GoalDeletion:
    goal = find_goal(session, principal, goal_id)
    parts: tuple[type[GoalPart], ...] = (ProgressUpdate, GoalEntryLink)
    counts = [select(func.count()).select_from(part).where(part.of_goal(goal, goal.id)) for part in parts]
    notes, links = [session.scalar(query) or 0 for query in counts]
    return GoalDeletion(goal.milestone_count, notes, links)


def _change(session: Session, principal: Principal, goal: Goal, changes: GoalChanges) -> Goal:
    wanted = changes.get("target_date")
    if wanted is not None and wanted != goal.target_date:  # an overdue goal may be edited without moving its date
        _refuse_past(session, principal, wanted)
    renamed = changes.get("title", goal.title) != goal.title
    for name, value in changes.items():
        setattr(goal, name, value)
    goal.category = categories.name_of(session, goal, goal.category, keep=True)
    _set_habit_frequency(goal)
    if changes:
        goal.updated_at = now()
    session.flush()
    indexing.put_goal(session, goal)
    if renamed:
        reindexing.notes_of(session, goal)
    return goal


def _refuse_past(session: Session, principal: Principal, wanted: datetime) -> None:
    zone = settings.time_zone(session, principal)
    if weeks.day_of(wanted, zone) < calendar.today(zone):
        raise BadRequest("target_date must be today or later")


def _set_habit_frequency(goal: Goal) -> None:
    goal.habit_frequency = (goal.habit_frequency or habits.HabitFrequency.DAILY) if goal.is_habit else None
