"""Rows of the caller. Somebody else's are not forbidden: they are not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, load_only, selectinload

from app.auth.principals import Principal
from app.core.errors import BadRequest, NotFound
from app.workspace.models import Goal, GoalEntryLink, JournalEntry, Owned, ProgressUpdate

GOAL_NOT_FOUND = "Goal not found"
ENTRY_NOT_FOUND = "Journal entry not found"
WITH_MILESTONES = selectinload(Goal.milestones)
WITH_GOALS = selectinload(JournalEntry.linked_goals).options(load_only(Goal.title, Goal.created_at))

Row = TypeVar("Row", Goal, JournalEntry, ProgressUpdate)


@dataclass(frozen=True, slots=True)
class Page:
    """``limit`` rows from the one after ``cursor``, which is the id of a row of the same list."""

    limit: int
    cursor: str | None = None


def mine(model: type[Owned], principal: Principal) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return model.tenant_id == principal.tenant_id, model.user_id == principal.user_id


def about(
    model: type[ProgressUpdate] | type[GoalEntryLink], principal: Principal, goal_id: str
) -> tuple[ColumnElement[bool], ...]:
    """What hangs on a goal of the caller."""
    return *mine(model, principal), model.goal_id == goal_id


def find_goal(session: Session, principal: Principal, goal_id: str, *, lock: bool = False, keep: bool = False) -> Goal:
    """The caller's goal with its milestones. Until the transaction ends nobody else changes it (``lock``) or only
    nobody deletes it (``keep``)."""
    query = select(Goal).where(Goal.id == goal_id, *mine(Goal, principal)).options(WITH_MILESTONES)
    goal = session.scalar(_held(query, lock, keep))
    if goal is None:
        raise NotFound(GOAL_NOT_FOUND)
    return goal


def find_goals(
    session: Session, principal: Principal, goal_ids: Sequence[str], *, lock: bool = False, keep: bool = False
) -> dict[str, Goal]:
    """All of the caller's goals of these ids, held in one order. Raises ``NotFound`` when one is missing."""
    query = select(Goal).where(Goal.id.in_(goal_ids), *mine(Goal, principal)).options(WITH_MILESTONES)
    goals = {goal.id: goal for goal in session.scalars(_held(query.order_by(Goal.id), lock, keep))}
    if len(goals) < len(set(goal_ids)):
        raise NotFound(GOAL_NOT_FOUND)
    return goals


def find_entry(
    session: Session, principal: Principal, entry_id: str, *, lock: bool = False, keep: bool = False
) -> JournalEntry:
    """The caller's entry with the goals that it is about, held like a goal."""
    query = select(JournalEntry).where(JournalEntry.id == entry_id, *mine(JournalEntry, principal)).options(WITH_GOALS)
    entry = session.scalar(_held(query, lock, keep))
    if entry is None:
        raise NotFound(ENTRY_NOT_FOUND)
    return entry


def count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def paged(
    session: Session, query: Select[Row], by: InstrumentedAttribute[Any], principal: Principal, page: Page
) -> tuple[Sequence[Row], str | None]:
    """Newest first by the given time, then by id; and the next cursor, if there is more. New rows move no page."""
    model: Any = by.class_
    query = query.order_by(by.desc(), model.id.desc())
    if page.cursor:
        query = query.where(tuple_(by, model.id) < _place(session, by, principal, page.cursor))
    rows = session.scalars(query.limit(page.limit + 1)).all()
    return rows[: page.limit], rows[page.limit - 1].id if len(rows) > page.limit else None


def _held(query: Select[Row], lock: bool, keep: bool) -> Select[Row]:
    """Those who only keep a row wait for nobody who changes it, so that goals and entries may be taken in any order."""
    return query.with_for_update(read=keep, key_share=True) if lock or keep else query


def _place(session: Session, by: InstrumentedAttribute[Any], principal: Principal, cursor: str) -> Any:
    model: Any = by.class_
    row = session.execute(select(by, model.id).where(model.id == cursor, *mine(model, principal))).one_or_none()
    if row is None:
        raise BadRequest("cursor is not one of this list")
    return tuple(row)
