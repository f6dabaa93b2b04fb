"""Rows that nobody waits for: written together, a fraction of a second after they came."""

from collections import deque
from collections.abc import Callable

import gevent
import structlog
from gevent.lock import BoundedSemaphore
from sqlalchemy import insert

from app.db.patience import AWAY
from app.db.rows import each
from app.db.session import Base, Database

WRITE_AFTER = 0.2  # seconds that a row may wait for company
MOST_WAITING = 10_000  # while the database is away; beyond that the oldest are dropped and counted

Row = dict[str, object]

log = structlog.get_logger()


class Batches:
    """Of one table. ``dropped`` hears of each row that is lost."""

    def __init__(self, database: Database, model: type[Base], dropped: Callable[[], object]) -> None:
        self._database = database
        self._model = model
        self._dropped = dropped
        self._waiting: deque[Row] = deque()
        self._writing = BoundedSemaphore(1)
        self._writer: gevent.Greenlet | None = None

    def add(self, row: Row) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self._dropped()
        self._waiting.append(row)
        if self._writer is None or self._writer.dead:
            self._writer = gevent.spawn_later(WRITE_AFTER, self._write_all)

    def flush(self) -> bool:
        """Writes what is waiting, after what is being written; what can't be written now is kept for the next time."""
        with self._writing:
            return self._flush()

    def _write_all(self) -> None:
        """What comes while this writes is written too."""
        while self._waiting and self.flush():
            gevent.sleep(WRITE_AFTER)

    def _flush(self) -> bool:
        rows = list(self._waiting)
        self._waiting.clear()
        try:
            if rows:
                each(self._model.__tablename__, [rows], self._write, self._write_apart)
        except AWAY as error:
            log.warning(
                "rows_not_written", table=self._model.__tablename__, rows=len(rows), reason=type(error).__name__
            )
            self._waiting.extendleft(reversed(rows))
            return False
        return True

    def _write(self, rows: list[Row]) -> None:
        """What is written is taken from the list."""
        with self._database.begin() as session:
            session.execute(insert(self._model), rows)
        rows.clear()

    def _write_apart(self, rows: list[Row]) -> None:
        """One by one; a row that can't be written is dropped and counted."""
        while rows:
            each(self._model.__tablename__, [rows[:1]], self._write, lambda _: self._dropped())
            del rows[0]
