"""Goals of a business are the goals that the chat coaches: the same rows, in the fields of the workspace."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Text, bindparam, cast, delete, func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core import weeks
from app.core.clock import iso, now
from app.core.errors import NotFound
from app.core.json import JSONObject, as_number
from app.db.ownership import owner_columns
from app.db.pages import Page, Sizes, fitting, sized_page
from app.workspace import indexing
from app.workspace.models import Goal, GoalStatus
from app.workspace.queries import WITH_MILESTONES
from app.workspace.records.store import MOST, RowsRequest

WORDS = {
    GoalStatus.IN_PROGRESS: ("active", "in_progress", "paused"),
    GoalStatus.NOT_STARTED: ("not_started", "draft"),
    GoalStatus.COMPLETED: ("completed",),
    GoalStatus.ABANDONED: ("abandoned", "cancelled", "archived"),
}
MEANING = {word: status for status, words in WORDS.items() for word in words}
DATES = ("targetDate", "dueDate", "endDate")
BYTES = func.octet_length(Goal.description) + func.octet_length(cast(Goal.details, Text))
SIZES = Sizes(Goal.id, (Goal.created_at.desc(), Goal.id.desc()), BYTES)
NOBODY = ""  # who has a goal that was left to the team
OWN = Goal.tenant_id == bindparam("tenant_id"), Goal.user_id.in_([bindparam("user_id"), NOBODY])
NEWEST = fitting(select(Goal).where(*OWN), SIZES, MOST).options(WITH_MILESTONES)
COLUMNS = frozenset({"id", "title", "name", "description", "category", "progress", "targetDate"})


class GoalStore:
    """The caller's own goals, and those that erased people left; with the methods of a ``RecordStore``."""

    def page(self, session: Session, principal: Principal, asked: RowsRequest) -> Page[JSONObject]:
        query = select(Goal).where(_seen_by(principal)).options(WITH_MILESTONES)
        query = query.where(Goal.status == MEANING.get(asked.status, asked.status)) if asked.status else query
        found = sized_page(session, query, SIZES, asked.limit, asked.offset)
        return Page([_shown(goal) for goal in found.items], found.has_more, total=found.total)

    def newest(self, session: Session, principal: Principal) -> Sequence[JSONObject]:
        """What a prompt may draw on."""
        return [_shown(goal) for goal in session.scalars(NEWEST, owner_columns(principal))]

    def read(self, session: Session, principal: Principal, row_id: str) -> JSONObject | None:
        goal = _find(session, principal, row_id)
        return _shown(goal) if goal else None

    def is_taken(self, session: Session, tenant: str, row_id: str) -> bool:
        """Somebody else's counts too: ids are unique within the tenant."""
        return session.scalar(select(Goal.id).where(Goal.tenant_id == tenant, Goal.id == row_id)) is not None

    def write(self, session: Session, principal: Principal, row_id: str, document: JSONObject) -> None:
        goal = _find(session, principal, row_id, lock=True)
        if goal is None:
            if self.is_taken(session, principal.tenant_id, row_id):
                raise NotFound(f"Goal not found: {row_id[:100]}")
            goal = _new(principal, row_id)
        status = MEANING[str(document.get("status") or "active")]
        goal.title = str(document["title"])
        goal.description = str(document.get("description") or "")
        goal.category = str(document.get("category") or "business")
        goal.target_date = next((_moment(str(document[name])) for name in DATES if document.get(name)), None)
        goal.details = {name: value for name, value in document.items() if name not in COLUMNS}
        goal.updated_at = goal.last_activity = now()
        session.add(goal)
        goal.move(status)
        goal.recount()
        progress = document.get("progress")
        if not goal.milestones and progress is not None and status is not GoalStatus.COMPLETED:
            goal.progress_percentage = round(as_number(progress))
        session.flush()
        if goal.user_id != NOBODY:  # the index is of people
            indexing.put_goal(session, goal)

    def remove(self, session: Session, principal: Principal, row_id: str) -> None:
        goal = _find(session, principal, row_id, lock=True)
        if goal is not None:
            indexing.remove(session, goal)
            session.execute(delete(Goal).where(Goal.id == goal.id, _seen_by(principal)))


def _shown(goal: Goal) -> JSONObject:
    """In the fields of the workspace; a status that the chat has changed since is said anew."""
    word = str(goal.details.get("status"))
    status = word if MEANING.get(word) == goal.status else str(goal.status).replace("in_progress", "active")
    due = _as_given(goal.target_date) if goal.target_date else None
    own: JSONObject = {
        "id": goal.id, "title": goal.title, "name": goal.title, "description": goal.description,
        "category": goal.category, "status": status, "progress": goal.progress_percentage, "targetDate": due,
        "dueDate": due, "createdAt": iso(goal.created_at), "updatedAt": iso(goal.updated_at),
    }  # fmt: skip
    steps: list[JSONObject] = [{"title": step.title, "completed": step.completed} for step in goal.milestones]
    return {**goal.details, **own, **({"milestones": steps} if steps else {})}


def _seen_by(principal: Principal) -> ColumnElement[bool]:
    return (Goal.tenant_id == principal.tenant_id) & Goal.user_id.in_([principal.user_id, NOBODY])


def _find(session: Session, principal: Principal, goal_id: str, lock: bool = False) -> Goal | None:
    query = select(Goal).where(Goal.id == goal_id, _seen_by(principal)).options(WITH_MILESTONES)
    return session.scalar(query.with_for_update() if lock else query)


def _new(principal: Principal, goal_id: str) -> Goal:
    moment = now()
    return Goal(
        **owner_columns(principal), id=goal_id, of_team=True, milestones=[], habit_completed_dates=[],
        status=GoalStatus.NOT_STARTED, progress_percentage=0, is_habit=False, completed_at=None, created_at=moment,
        status_changed_at=moment,
    )  # fmt: skip


def _as_given(moment: datetime) -> str:
    """A day without a time stays one."""
    return weeks.local_date(moment, "UTC").isoformat() if weeks.is_day(moment) else iso(moment)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
