"""Goals: made, changed, moved through their statuses, deleted with all that hangs on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import BadRequest
from app.web.schemas import start_of_day
from app.workspace import habits, indexing, statuses
from app.workspace.models import Goal, GoalEntryLink, GoalStatus, Milestone, ProgressUpdate
from app.workspace.ownership import about, find_goal, find_goals, mine

Body = dict[str, Any]


def create(session: Session, principal: Principal, body: Body) -> Goal:
    """A goal with the milestones of ``body``, in their order."""
    owner = {"tenant_id": principal.tenant_id, "user_id": principal.user_id}
    moment = now()
    steps = [
        Milestone(**owner, **step, order=place, created_at=moment) for place, step in enumerate(body["milestones"], 1)
    ]
    fields = {name: value for name, value in body.items() if name != "milestones"}
    goal = Goal(
        **owner, **fields, milestones=steps, habit_completed_dates=[], completed_at=None, created_at=moment,
        updated_at=moment, status_changed_at=moment, last_activity=moment,
    )  # fmt: skip
    _settle_habit(goal)
    session.add(goal)
    session.flush()
    indexing.put_goal(session, goal)
    return goal


def create_many(session: Session, principal: Principal, bodies: Sequence[Body]) -> list[Goal]:
    return [create(session, principal, body) for body in bodies]


def update(session: Session, principal: Principal, goal_id: str, changes: Body) -> Goal:
    return _change(session, find_goal(session, principal, goal_id, lock=True), changes)


def update_many(session: Session, principal: Principal, items: Sequence[Body]) -> list[Goal]:
    """All of them or, when one is missing or not valid, none."""
    goals = find_goals(session, principal, [item["goalId"] for item in items], lock=True)
    return [_change(session, goals[item["goalId"]], item["data"]) for item in items]


def set_status(session: Session, principal: Principal, goal_id: str, wanted: str) -> Goal:
    goal = find_goal(session, principal, goal_id, lock=True)
    statuses.move(goal, GoalStatus(wanted))
    session.flush()
    indexing.put_goal(session, goal)
    return goal


def toggle_habit(session: Session, principal: Principal, goal_id: str, moment: datetime | None) -> Goal:
    """Marks the day of a moment (today by default) as done, or takes the mark away."""
    goal = find_goal(session, principal, goal_id, lock=True)
    if not goal.is_habit:
        raise BadRequest("This goal is not a habit")
    goal.habit_completed_dates = habits.toggled(goal.habit_completed_dates, (moment or now()).date())
    goal.touch()
    session.flush()
    indexing.put_goal(session, goal)
    return goal


def remove(session: Session, principal: Principal, goal_id: str) -> None:
    goal = find_goal(session, principal, goal_id, lock=True)
    indexing.forget(session, goal)
    session.execute(delete(Goal).where(Goal.id == goal.id, *mine(Goal, principal)))


def deletion_info(session: Session, principal: Principal, goal_id: str) -> dict[str, Any]:
    """What would go with the goal."""
    goal = find_goal(session, principal, goal_id)
    notes = select(func.count()).select_from(ProgressUpdate).where(*about(ProgressUpdate, principal, goal.id))
    links = select(func.count()).select_from(GoalEntryLink).where(*about(GoalEntryLink, principal, goal.id))
    counts = {"milestones": goal.milestone_count, "progressUpdates": session.scalar(notes)}
    counts["linkedJournalEntries"] = session.scalar(links)
    return {
        "milestones_count": goal.milestone_count,
        "progress_updates_count": counts["progressUpdates"],
        "linked_journal_entries_count": counts["linkedJournalEntries"],
        **{f"{name}Count": number for name, number in counts.items()},
        "warning": "Deleting this goal also deletes its milestones and progress updates for good. "
        "Linked journal entries are kept.",
    }


def _change(session: Session, goal: Goal, changes: Body) -> Goal:
    _refuse_past(changes.get("target_date"), goal.target_date)
    renamed = changes.get("title", goal.title) != goal.title
    for name, value in changes.items():
        setattr(goal, name, value)
    _settle_habit(goal)
    if changes:
        goal.updated_at = now()
    session.flush()
    indexing.put_goal(session, goal)
    if renamed:
        _index_notes(session, goal)
    return goal


def _refuse_past(wanted: datetime | None, current: datetime | None) -> None:
    """A goal that is overdue may be edited without moving its date."""
    if wanted is not None and wanted != current and wanted < start_of_day(now()):
        raise BadRequest("target_date must be today or later")


def _settle_habit(goal: Goal) -> None:
    goal.habit_frequency = (goal.habit_frequency or habits.HabitFrequency.DAILY) if goal.is_habit else None


def _index_notes(session: Session, goal: Goal) -> None:
    """Progress notes are found under their goal's title."""
    its = ProgressUpdate.tenant_id == goal.tenant_id, ProgressUpdate.goal_id == goal.id
    for note in session.scalars(select(ProgressUpdate).where(*its)):
        indexing.put_progress(session, goal, note)
