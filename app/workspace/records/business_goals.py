"""Goals of a business are the goals that the chat coaches: the same rows, in the fields of the workspace."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.workspace import indexing, statuses
from app.workspace.models import Goal, GoalStatus
from app.workspace.queries import WITH_MILESTONES

Body = dict[str, Any]

MEANING = {
    "active": GoalStatus.IN_PROGRESS,
    "in_progress": GoalStatus.IN_PROGRESS,
    "paused": GoalStatus.IN_PROGRESS,
    "not_started": GoalStatus.NOT_STARTED,
    "draft": GoalStatus.NOT_STARTED,
    "completed": GoalStatus.COMPLETED,
    "abandoned": GoalStatus.ABANDONED,
    "cancelled": GoalStatus.ABANDONED,
    "archived": GoalStatus.ABANDONED,
}
SPOKEN = {GoalStatus.IN_PROGRESS: "active"}
DATES = ("targetDate", "dueDate", "endDate")
COLUMNS = frozenset({"id", "title", "name", "description", "category", "progress", "targetDate"})


def listing(session: Session, principal: Principal, limit: int, offset: int, status: str) -> tuple[list[Body], int]:
    """The caller's own, newest first."""
    query = select(Goal).where(Goal.owned_by(principal))
    if status:
        query = query.where(Goal.status == MEANING.get(status, status))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.options(WITH_MILESTONES).order_by(Goal.created_at.desc(), Goal.id.desc()).limit(limit).offset(offset)
    return [spoken(goal) for goal in session.scalars(page)], total


def read(session: Session, principal: Principal, goal_id: str) -> Body | None:
    goal = _find(session, principal, goal_id)
    return spoken(goal) if goal else None


def is_taken(session: Session, tenant: str, goal_id: str) -> bool:
    """Somebody else's counts too: ids are unique within the tenant."""
    return session.scalar(select(Goal.id).where(Goal.tenant_id == tenant, Goal.id == goal_id)) is not None


def write(session: Session, principal: Principal, goal_id: str, document: Body) -> None:
    """Makes the goal, or makes it what ``document`` says."""
    goal = _find(session, principal, goal_id, lock=True) or _new(principal, goal_id)
    status = MEANING[document.get("status") or "active"]
    goal.title = document["title"]
    goal.description = document.get("description") or ""
    goal.category = document.get("category") or "business"
    goal.target_date = _moment(next((document[name] for name in DATES if document.get(name)), None))
    goal.details = {name: value for name, value in document.items() if name not in COLUMNS}
    goal.updated_at = goal.last_activity = now()
    session.add(goal)
    statuses.move(goal, status)
    goal.recount()
    if not goal.milestones and document.get("progress") is not None and status is not GoalStatus.COMPLETED:
        goal.progress_percentage = round(document["progress"])
    session.flush()
    indexing.put_goal(session, goal)


def remove(session: Session, principal: Principal, goal_id: str) -> bool:
    goal = _find(session, principal, goal_id, lock=True)
    if goal is None:
        return False
    indexing.remove(session, goal)
    session.execute(delete(Goal).where(Goal.id == goal.id, Goal.owned_by(principal)))
    return True


def spoken(goal: Goal) -> Body:
    """In the fields of the workspace; a status that the chat has changed since is said anew."""
    word = goal.details.get("status")
    status = word if word and MEANING.get(word) == goal.status else SPOKEN.get(GoalStatus(goal.status), goal.status)
    due = iso(goal.target_date) if goal.target_date else None
    own = {
        "id": goal.id, "title": goal.title, "name": goal.title, "description": goal.description,
        "category": goal.category, "status": str(status), "progress": goal.progress_percentage, "targetDate": due,
        "dueDate": due, "createdAt": iso(goal.created_at), "updatedAt": iso(goal.updated_at),
    }  # fmt: skip
    steps = [{"title": step.title, "completed": step.completed} for step in goal.milestones]
    return goal.details | own | ({"milestones": steps} if steps else {})


def _find(session: Session, principal: Principal, goal_id: str, lock: bool = False) -> Goal | None:
    query = select(Goal).where(Goal.id == goal_id, Goal.owned_by(principal)).options(WITH_MILESTONES)
    return session.scalar(query.with_for_update() if lock else query)


def _new(principal: Principal, goal_id: str) -> Goal:
    moment = now()
    return Goal(
        id=goal_id, tenant_id=principal.tenant_id, user_id=principal.user_id, milestones=[], habit_completed_dates=[],
        status=GoalStatus.NOT_STARTED, progress_percentage=0, is_habit=False, completed_at=None, created_at=moment,
        status_changed_at=moment,
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
