"""Reading goals: lists, what is overdue, counts, and one goal with everything that belongs to it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.core import weeks
from app.db.pages import Page, PageRequest, keyset_page, numbered_page
from app.workspace import calendar, categories, links, progress
from app.workspace.models import OPEN, Goal, GoalStatus, JournalEntry, ProgressUpdate
from app.workspace.queries import WITH_MILESTONES, find_goal

SHOWN = PageRequest(limit=100)  # progress notes and linked entries that come with a goal, newest first


@dataclass(frozen=True, slots=True)
class GoalQuery(PageRequest):
    """``start_after`` is another name of ``cursor``; ``dated`` leaves out goals without a date."""

    category: str | None = None
    status: str | None = None
    start_after: str | None = None
    dated: bool = False


@dataclass(frozen=True, slots=True)
class OverdueGoal:
    """``days_overdue`` are whole days since the day that it was due."""

    subject: Goal
    days_overdue: int


@dataclass(frozen=True, slots=True)
class CategoryGoals:
    subject: Page[Goal]
    category: str


@dataclass(frozen=True, slots=True)
class GoalCounts:
    """``active`` goals are not started or in progress."""

    total: int
    by_status: dict[str, int]
    by_category: dict[str, int]
    overdue: int
    active: int
    completed: int
    abandoned: int


@dataclass(frozen=True, slots=True)
class GoalDetail:
    subject: Goal
    progress_updates: Sequence[ProgressUpdate]
    linked_journal_entries: Sequence[JournalEntry]


def list_category(session: Session, principal: Principal, category: str, page: PageRequest) -> CategoryGoals:
    query = GoalQuery(page.limit, page.cursor, category)
    return CategoryGoals(list_goals(session, principal, query, counted=True), category)


def list_goals(session: Session, principal: Principal, query: GoalQuery, *, counted: bool = False) -> Page[Goal]:
    """Newest first; a status or category that no goal has gives an empty list."""
    found = select(Goal).where(Goal.owned_by(principal)).options(WITH_MILESTONES)
    if query.category:
        found = found.where(Goal.category == categories.name_of(session, principal, query.category))
    found = found.where(Goal.target_date.is_not(None)) if query.dated else found
    found = found.where(Goal.status == query.status) if query.status else found
    page = replace(query, cursor=query.cursor or query.start_after)
    return keyset_page(session, found, Goal.created_at, principal, page, counted=counted)


def list_overdue(session: Session, principal: Principal, page: PageRequest) -> Page[OverdueGoal]:
    """Open goals past their day, the longest overdue first; the total is of all of them."""
    zone = settings.time_zone(session, principal)
    query = select(Goal).where(Goal.owned_by(principal), Goal.status.in_(OPEN), _is_past(zone))
    query = query.options(WITH_MILESTONES).order_by(Goal.target_date, Goal.id)
    found = numbered_page(session, query, page.limit, 0)
    today = calendar.today(zone)
    late = [(goal, goal.target_date) for goal in found.items]
    items = [OverdueGoal(goal, (today - weeks.day_of(due, zone)).days) for goal, due in late if due]
    return Page(items, found.has_more, total=found.total)


def count_goals(session: Session, principal: Principal) -> GoalCounts:
    late = func.count(case((_is_past(settings.time_zone(session, principal)), 1)))
    query = select(Goal.status, Goal.category, func.count(), late).where(Goal.owned_by(principal))
    by_status = dict.fromkeys(map(str, GoalStatus), 0)
    by_category: Counter[str] = Counter()
    overdue = 0
    for status, category, number, late_ones in session.execute(query.group_by(Goal.status, Goal.category)):
        by_status[status] += number
        by_category[category] += number
        overdue += late_ones if status in OPEN else 0
    return GoalCounts(
        sum(by_status.values()), by_status, by_category, overdue, sum(by_status[status] for status in OPEN),
        by_status[GoalStatus.COMPLETED], by_status[GoalStatus.ABANDONED],
    )  # fmt: skip


def goal_detail(session: Session, principal: Principal, goal_id: str) -> GoalDetail:
    goal = find_goal(session, principal, goal_id)
    notes = progress.notes_of(session, principal, goal_id, SHOWN)
    return GoalDetail(goal, notes.items, links.entries_of(session, principal, goal_id, SHOWN).items)


def _is_past(zone: str) -> ColumnElement[bool]:
    return calendar.target_day(zone) < calendar.today(zone)
