"""Feeds are for catching up, not for keeping."""

from sqlalchemy import delete, func

from app.db.session import db
from app.feeds.models import FeedEvent
from app.jobs.registry import PeriodicJob

KEPT_DAYS = 7


def forget() -> None:
    """Deletes what is older; everybody's."""
    old = FeedEvent.created_at < func.clock_timestamp() - func.make_interval(0, 0, 0, KEPT_DAYS)
    with db.begin() as session:
        session.execute(delete(FeedEvent).where(old))


JOBS = (PeriodicJob("feeds.forget", forget, every=3600),)
