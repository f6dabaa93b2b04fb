"""Notes on how a goal goes."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.errors import NotFound
from app.workspace import indexing
from app.workspace.models import Goal, ProgressUpdate
from app.workspace.ownership import Page, about, count, find_goal, paged


def listing(session: Session, principal: Principal, goal_id: str, page: Page) -> dict[str, Any]:
    """``{progress_updates, total, hasMore, nextCursor}``, newest first."""
    find_goal(session, principal, goal_id)
    return of_goal(session, principal, goal_id, page)


def of_goal(session: Session, principal: Principal, goal_id: str, page: Page) -> dict[str, Any]:
    """The same of a goal that is known to be the caller's."""
    query = select(ProgressUpdate).where(*about(ProgressUpdate, principal, goal_id))
    rows, cursor = paged(session, query, ProgressUpdate.created_at, principal, page)
    total = count(session, query)
    return {"progress_updates": rows, "total": total, "hasMore": cursor is not None, "nextCursor": cursor}


def add(session: Session, principal: Principal, goal_id: str, content: str) -> ProgressUpdate:
    goal = find_goal(session, principal, goal_id, lock=True)
    note = ProgressUpdate(tenant_id=goal.tenant_id, user_id=goal.user_id, goal_id=goal.id, content=content)
    session.add(note)
    _settle(session, goal)
    indexing.put_progress(session, goal, note)
    return note


def remove(session: Session, principal: Principal, goal_id: str, progress_id: str) -> None:
    goal = find_goal(session, principal, goal_id, lock=True)
    query = select(ProgressUpdate).where(ProgressUpdate.id == progress_id, *about(ProgressUpdate, principal, goal.id))
    note = session.scalar(query)
    if note is None:
        raise NotFound("Progress update not found")
    indexing.forget(session, note)
    session.execute(delete(ProgressUpdate).where(ProgressUpdate.id == note.id))
    _settle(session, goal)


def _settle(session: Session, goal: Goal) -> None:
    goal.touch()
    session.flush()
    indexing.put_goal(session, goal)
