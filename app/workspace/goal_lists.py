"""Reading goals: lists, what is overdue, counts, and one with everything that hangs on it."""

from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.web.schemas import start_of_day
from app.workspace import links, progress
from app.workspace.models import OPEN, Goal, GoalStatus
from app.workspace.ownership import WITH_MILESTONES, Page, count, find_goal, mine, paged

SHOWN = Page(limit=100)  # progress notes and linked entries that come with a goal, newest first


def listing(
    session: Session, principal: Principal, page: Page, category: str | None = None, status: str | None = None
) -> dict[str, Any]:
    """``{goals, hasMore, nextCursor}``; a status or category that no goal has gives an empty list."""
    rows, cursor = paged(session, _asked(principal, category, status), Goal.created_at, principal, page)
    return {"goals": rows, "hasMore": cursor is not None, "nextCursor": cursor}


def in_category(session: Session, principal: Principal, page: Page, category: str) -> dict[str, Any]:
    found = listing(session, principal, page, category)
    return found | {"category": category, "count": count(session, _asked(principal, category, None))}


def overdue(session: Session, principal: Principal, most: int) -> dict[str, Any]:
    """Open goals past their day, the longest overdue first."""
    query = select(Goal).where(*mine(Goal, principal), *_overdue())
    rows = session.scalars(query.options(WITH_MILESTONES).order_by(Goal.target_date, Goal.id).limit(most)).all()
    return {"goals": rows, "count": count(session, query)}


def counts(session: Session, principal: Principal) -> dict[str, Any]:
    late = func.count(case((Goal.target_date < start_of_day(now()), 1)))
    query = select(Goal.status, Goal.category, func.count(), late).where(*mine(Goal, principal))
    by_status = {str(status): 0 for status in GoalStatus}
    by_category: dict[str, int] = {}
    past = 0
    for status, category, number, late_ones in session.execute(query.group_by(Goal.status, Goal.category)):
        by_status[status] += number
        by_category[category] = by_category.get(category, 0) + number
        past += late_ones if status in OPEN else 0
    return {
        "total": sum(by_status.values()), "by_status": by_status, "by_category": by_category, "overdue": past,
        "active": sum(by_status[status] for status in OPEN), "completed": by_status[GoalStatus.COMPLETED],
        "abandoned": by_status[GoalStatus.ABANDONED],
    }  # fmt: skip


def detail(session: Session, principal: Principal, goal_id: str) -> dict[str, Any]:
    """``subject`` is the goal; beside it the newest of its progress notes and linked entries."""
    goal = find_goal(session, principal, goal_id)
    return {
        "subject": goal,
        "progress_updates": progress.of_goal(session, principal, goal_id, SHOWN)["progress_updates"],
        "linked_journal_entries": links.of_goal(session, principal, goal_id, SHOWN)["journal_entries"],
    }


def _asked(principal: Principal, category: str | None, status: str | None) -> Select[Goal]:
    query = select(Goal).where(*mine(Goal, principal)).options(WITH_MILESTONES)
    query = query.where(Goal.category == category) if category else query
    return query.where(Goal.status == status) if status else query


def _overdue() -> tuple[Any, ...]:
    return Goal.status.in_(OPEN), Goal.target_date < start_of_day(now())
