"""Leases: the right of one process to work on a row, renewed while it works, judged by the database's clock alone.

A process that dies loses its leases after ``SECONDS``; clocks of machines that disagree do not matter.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import gevent
import structlog
from sqlalchemy import ColumnElement, DateTime, func, literal_column, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Session

SECONDS = 27  # and a reader looks every 2.5 s: what a dead process left is over within 30 s
RENEW_EVERY = 8.0  # seconds
DEADLINE_SQL = f"clock_timestamp() + interval '{SECONDS} seconds'"
DEADLINE = literal_column(f"({DEADLINE_SQL})", DateTime(timezone=True))
MOST_SWEPT = 500

log = structlog.get_logger()


@contextmanager
def renewing(renew: Callable[[], object]) -> Iterator[None]:
    """Renews for as long as the block lasts. A database that is away meanwhile is asked again."""
    greenlet = gevent.spawn(_renew_for_ever, renew)
    try:
        yield
    finally:
        greenlet.kill(block=False)


class Lease:
    """The leases of one table: ``key`` names the holder's work, ``until`` is null while nobody works."""

    def __init__(self, key: InstrumentedAttribute[Any], until: InstrumentedAttribute[datetime | None]) -> None:
        self._key = key
        self._until = until

    @property
    def is_held(self) -> ColumnElement[bool]:
        return self._until > func.clock_timestamp()

    @property
    def is_free(self) -> ColumnElement[bool]:
        return or_(self._until.is_(None), self._until <= func.clock_timestamp())

    @property
    def is_expired(self) -> ColumnElement[bool]:
        """Whose process is gone."""
        return self._until <= func.clock_timestamp()

    def acquire(self, session: Session, key: str) -> bool:
        """Whether the row was free and is now the caller's."""
        return bool(self._set(session, self._key == key, self.is_free, until=DEADLINE))

    def renew(self, session: Session, keys: Collection[str], *where: ColumnElement[bool]) -> set[str]:
        """The keys that are still leased. One that ran out and that nobody took is leased again."""
        return self._set(session, self._key.in_(keys), self._until.is_not(None), *where, until=DEADLINE)

    def release(self, session: Session, key: str, *where: ColumnElement[bool]) -> None:
        self._set(session, self._key == key, *where, until=None)

    def sweep(self, session: Session) -> Sequence[str]:
        """The keys of leases that have run out, at most ``MOST_SWEPT``."""
        return session.scalars(select(self._key).where(self.is_expired).order_by(self._key).limit(MOST_SWEPT)).all()

    def _set(self, session: Session, *where: ColumnElement[bool], until: ColumnElement[datetime] | None) -> set[str]:
        changed = update(self._key.class_).where(*where).values({self._until: until}).returning(self._key)
        return set(session.scalars(changed.execution_options(synchronize_session=False)))


def _renew_for_ever(renew: Callable[[], object]) -> None:
    while True:
        gevent.sleep(RENEW_EVERY)
        try:
            renew()
        except SQLAlchemyError as error:
            log.warning("lease_not_renewed", reason=type(error).__name__)
