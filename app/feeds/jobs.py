"""Feeds are for catching up, not for keeping."""

from app.db.session import db
from app.feeds import service
from app.jobs.registry import PeriodicJob

KEPT_DAYS = 7


def forget() -> None:
    with db.begin() as session:
        service.forget(session, KEPT_DAYS)


JOBS = (PeriodicJob("feeds.forget", forget, every=3600),)
