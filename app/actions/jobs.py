"""Forgetting what actions changed, once they can't be undone any more."""

from sqlalchemy import update

from app.actions.models import LIFE, Action
from app.core.clock import now
from app.db.session import db
from app.jobs.registry import PeriodicJob


def forget() -> None:
    """The rows as they were are the person's words; the ledger keeps what was shown."""
    over = Action.rows_after.is_not(None), Action.done_at < now() - LIFE
    with db.begin() as session:
        session.execute(update(Action).where(*over).values(rows_before=None, rows_after=None))


JOBS = (PeriodicJob("actions.forget", forget, every=600),)
