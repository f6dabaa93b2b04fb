"""The caller's goals and entries, by id. Somebody else's are not forbidden: they are not found."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, load_only, selectinload

from app.auth.principals import Principal
from app.core.errors import NotFound
from app.workspace.models import Goal, JournalEntry

WITH_MILESTONES = selectinload(Goal.milestones)
WITH_GOALS = selectinload(JournalEntry.linked_goals).options(load_only(Goal.title, Goal.created_at))

Row = TypeVar("Row", Goal, JournalEntry)


def find_goal(session: Session, principal: Principal, goal_id: str, *, lock: bool = False, keep: bool = False) -> Goal:
    """The caller's goal with its milestones. Until the transaction ends nobody else changes it (``lock``) or only
    nobody deletes it (``keep``)."""
    return find_goals(session, principal, [goal_id], lock=lock, keep=keep)[goal_id]


def find_goals(
    session: Session, principal: Principal, goal_ids: Sequence[str], *, lock: bool = False, keep: bool = False
) -> dict[str, Goal]:
    """All of the caller's goals of these ids, locked in one order. Raises ``NotFound`` when one is missing."""
    query = select(Goal).where(Goal.id.in_(goal_ids), Goal.owned_by(principal)).options(WITH_MILESTONES)
    goals = {goal.id: goal for goal in session.scalars(_locked(query.order_by(Goal.id), lock, keep))}
    if len(goals) < len(set(goal_ids)):
        raise NotFound("Goal not found")
    return goals


def find_entry(
    session: Session, principal: Principal, entry_id: str, *, lock: bool = False, keep: bool = False
) -> JournalEntry:
    """The caller's entry with the goals that it is about, locked like a goal."""
    query = select(JournalEntry).where(JournalEntry.id == entry_id, JournalEntry.owned_by(principal))
    entry = session.scalar(_locked(query.options(WITH_GOALS), lock, keep))
    if entry is None:
        raise NotFound("Journal entry not found")
    return entry


def _locked(query: Select[Row], lock: bool, keep: bool) -> Select[Row]:
    """Those who only keep a row wait for nobody who changes it, so that goals and entries may be taken in any order."""
    return query.with_for_update(read=keep, key_share=True) if lock or keep else query
