"""Waiting for a condition, in place of sleeping for a time that is hoped to be long enough."""

from collections.abc import Callable

import gevent
from sqlalchemy import text

from app.db.session import db


def until(is_true: Callable[[], object], seconds: float = 60.0) -> None:
    """Returns when the condition holds. Raises ``gevent.Timeout`` when it does not in time."""
    with gevent.Timeout(seconds):
        while not is_true():
            gevent.sleep(0.01)


def somebody_waits_for(locktype: str) -> bool:
    """For a lock of that type of ``pg_locks``; ``transactionid`` is that of a row."""
    query = text("SELECT count(*) FROM pg_locks WHERE locktype = :type AND NOT granted")
    with db.read() as session:
        return bool(session.scalar(query, {"type": locktype}))
