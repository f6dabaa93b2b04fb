"""What is found under a name that has changed: some of it is indexed anew at once, the rest by a worker."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.ownership import Owner
from app.jobs.queue import queue
from app.workspace import indexing
from app.workspace.models import Goal, ProgressUpdate
from app.workspace.queries import WITH_MILESTONES

AT_ONCE = 100  # documents in one transaction
NOTES, GOALS = "workspace.index_notes", "workspace.index_goals"


def notes_of(session: Session, goal: Goal) -> None:
    """Progress notes are found under their goal's title."""
    last = index_notes(session, goal, goal.id)
    if last:
        tenant, user = goal.tenant_id, goal.user_id
        queue.enqueue(session, NOTES, tenant, user, tenant_id=tenant, user_id=user, goal_id=goal.id, after=last)


def goals_in(session: Session, owner: Owner, category: str) -> None:
    """Goals are found by their category."""
    last = index_goals(session, owner, category)
    if last:
        tenant, user = owner.tenant_id, owner.user_id
        queue.enqueue(session, GOALS, tenant, user, tenant_id=tenant, user_id=user, category=category, after=last)


def index_notes(session: Session, owner: Owner, goal_id: str, after: str = "") -> str | None:
    """Some notes of a goal, which nobody changes meanwhile; the id after which there may be more."""
    its = Goal.owned_by(owner), Goal.id == goal_id
    goal = session.scalar(select(Goal).where(*its).with_for_update(key_share=True))
    if goal is None:
        return None
    query = select(ProgressUpdate).where(ProgressUpdate.of_goal(owner, goal_id), ProgressUpdate.id > after)
    rows = session.scalars(query.order_by(ProgressUpdate.id).limit(AT_ONCE)).all()
    for note in rows:
        indexing.put_progress(session, goal, note)
    return rows[-1].id if len(rows) == AT_ONCE else None


def index_goals(session: Session, owner: Owner, category: str, after: str = "") -> str | None:
    """Some goals of a category; the id after which there may be more."""
    query = select(Goal).where(Goal.owned_by(owner), Goal.category == category, Goal.id > after)
    query = query.options(WITH_MILESTONES).order_by(Goal.id).limit(AT_ONCE)
    rows = session.scalars(query.with_for_update(key_share=True).execution_options(populate_existing=True)).all()
    for goal in rows:
        indexing.put_goal(session, goal)
    return rows[-1].id if len(rows) == AT_ONCE else None
