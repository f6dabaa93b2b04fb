"""Notes on how a goal goes."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.errors import NotFound
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page
from app.workspace import indexing
from app.workspace.models import ProgressUpdate
from app.workspace.queries import find_goal


def list_notes(session: Session, principal: Principal, goal_id: str, page: PageRequest) -> Page[ProgressUpdate]:
    """Newest first."""
    find_goal(session, principal, goal_id)
    return notes_of(session, principal, goal_id, page)


def notes_of(session: Session, principal: Principal, goal_id: str, page: PageRequest) -> Page[ProgressUpdate]:
    """The same of a goal that is known to be the caller's."""
    query = select(ProgressUpdate).where(ProgressUpdate.of_goal(principal, goal_id))
    return keyset_page(session, query, ProgressUpdate.created_at, principal, page, counted=True)


def add(session: Session, principal: Principal, goal_id: str, content: str) -> ProgressUpdate:
    goal = find_goal(session, principal, goal_id, lock=True)
    note = ProgressUpdate(**owner_columns(goal), goal_id=goal.id, content=content)
    session.add(note)
    indexing.save_goal(session, goal)
    indexing.put_progress(session, goal, note)
    return note


def remove(session: Session, principal: Principal, goal_id: str, progress_id: str) -> None:
    goal = find_goal(session, principal, goal_id, lock=True)
    its = ProgressUpdate.id == progress_id, ProgressUpdate.of_goal(principal, goal.id)
    note = session.scalar(select(ProgressUpdate).where(*its))
    if note is None:
        raise NotFound("Progress update not found")
    indexing.remove(session, note)
    session.execute(delete(ProgressUpdate).where(*its))
    indexing.save_goal(session, goal)
