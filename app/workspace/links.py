"""Which journal entries are about which goals, seen from either side."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import BadRequest, NotFound
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page
from app.workspace.models import Goal, GoalEntryLink, JournalEntry
from app.workspace.queries import WITH_GOALS, WITH_MILESTONES, find_entry, find_goal, find_goals

MOST_GOALS = 50  # that one entry is about


@dataclass(frozen=True, slots=True)
class LinkedGoals:
    journal_entry_id: str
    linked_goals: Sequence[Goal]
    total: int


def link(session: Session, principal: Principal, goal_id: str, entry_id: str) -> None:
    """The entry is locked first, as by who changes it, so that there are never too many."""
    find_goal(session, principal, goal_id)
    entry = find_entry(session, principal, entry_id, lock=True)
    goal = find_goal(session, principal, goal_id, keep=True)
    if goal.id in entry.linked_goal_ids:
        raise BadRequest("Journal entry is already linked to this goal")
    if len(entry.linked_goal_ids) >= MOST_GOALS:
        raise BadRequest(f"A journal entry can be linked to {MOST_GOALS} goals")
    _insert(session, principal, entry.id, [goal.id])


def unlink(session: Session, principal: Principal, goal_id: str, entry_id: str) -> None:
    goal = find_goal(session, principal, goal_id)
    its = GoalEntryLink.of_goal(principal, goal.id), GoalEntryLink.journal_entry_id == entry_id
    if session.scalar(delete(GoalEntryLink).where(*its).returning(GoalEntryLink.goal_id)) is None:
        raise NotFound("Link not found")


def set_goals(session: Session, principal: Principal, entry: JournalEntry, goal_ids: Sequence[str]) -> None:
    """From now on the entry is about exactly these goals."""
    goals = find_goals(session, principal, goal_ids, keep=True)
    of_entry = GoalEntryLink.owned_by(principal), GoalEntryLink.journal_entry_id == entry.id
    session.execute(delete(GoalEntryLink).where(*of_entry, GoalEntryLink.goal_id.not_in(goals)))
    if goals:
        _insert(session, principal, entry.id, list(goals))
    session.refresh(entry, ["linked_goals"])


def list_entries(session: Session, principal: Principal, goal_id: str, page: PageRequest) -> Page[JournalEntry]:
    """Newest first."""
    find_goal(session, principal, goal_id)
    return entries_of(session, principal, goal_id, page)


def entries_of(session: Session, principal: Principal, goal_id: str, page: PageRequest) -> Page[JournalEntry]:
    """The same of a goal that is known to be the caller's."""
    linked = select(GoalEntryLink.journal_entry_id).where(GoalEntryLink.of_goal(principal, goal_id))
    query = select(JournalEntry).where(JournalEntry.id.in_(linked)).options(WITH_GOALS)
    return keyset_page(session, query, JournalEntry.entry_date, principal, page, counted=True)


def list_goals(session: Session, principal: Principal, entry_id: str) -> LinkedGoals:
    """Newest goal first."""
    find_entry(session, principal, entry_id)
    of_entry = select(GoalEntryLink.goal_id).where(GoalEntryLink.journal_entry_id == entry_id)
    query = select(Goal).where(Goal.id.in_(of_entry), Goal.owned_by(principal))
    query = query.order_by(Goal.created_at.desc(), Goal.id.desc())
    goals = session.scalars(query.options(WITH_MILESTONES).execution_options(populate_existing=True)).all()
    return LinkedGoals(entry_id, goals, len(goals))


def _insert(session: Session, principal: Principal, entry_id: str, goal_ids: Sequence[str]) -> None:
    fields = owner_columns(principal) | {"journal_entry_id": entry_id}
    rows = [{**fields, "goal_id": goal_id, "created_at": now()} for goal_id in goal_ids]
    session.execute(insert(GoalEntryLink).values(rows).on_conflict_do_nothing())
