"""One socket's way through its person's feed: every event at most once, in order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import gevent
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.auth.principals import Principal
from app.core.errors import BadRequest
from app.db.session import Database
from app.feeds import frames, service
from app.sockets.interfaces import Closed

PAGE = 100  # events read at once

log = structlog.get_logger()


class Reader:
    """Has told what lies between ``floor`` and ``cursor``. Reads only while there is something to read."""

    def __init__(self, db: Database, owner: Principal, cursor: int, send: Callable[[bytes], None]) -> None:
        self._db = db
        self._send = send
        self._replays: list[tuple[int, int]] = []
        self._greenlet: gevent.Greenlet | None = None
        self.owner = owner
        self.floor = self.cursor = cursor
        self.is_due = False

    @property
    def is_busy(self) -> bool:
        return self._greenlet is not None and not self._greenlet.dead

    def wake(self) -> None:
        """There may be news. However often this is said while we read, we look once more."""
        self.is_due = True
        if not self.is_busy:
            self._greenlet = gevent.spawn(self._read)

    def take(self, page: Sequence[Any]) -> None:
        """News that somebody has read for us, from our cursor on."""
        if self.is_busy or len(page) == PAGE:
            self.wake()
        elif page:
            self._greenlet = gevent.spawn(self._read, page)

    def resume(self, after: int) -> None:
        """Tells what came after an event and was not told here. Raises ``BadRequest`` for an id of the future."""
        if after > self.cursor:
            self._skip(after)
        elif after < min([self.floor, *(lowest for lowest, _ in self._replays)]):
            self._replays.append((after, after))
            self.wake()

    def _skip(self, after: int) -> None:
        """The person saw that event elsewhere. It was committed, so all before it were too."""
        with self._db.read() as session:
            is_known = service.has(session, self.owner.tenant_id, self.owner.user_id, after)
            newest = service.highest_id(session)
        if is_known:
            self.cursor = max(self.cursor, after)
        elif after > newest:
            raise BadRequest("`after` must be the id of an event")

    def _read(self, page: Sequence[Any] = ()) -> None:
        try:
            self._tell(page)
            while self.is_due:
                self.is_due = False
                self._replay()
                self._tell(self._events(self.cursor))
        except SQLAlchemyError as error:
            self.is_due = True  # the hub wakes us again
            log.warning("feed_not_read", reason=type(error).__name__)
        except Closed:
            pass

    def _replay(self) -> None:
        while self._replays:
            lowest, reached = self._replays[0]
            for event in self._events(reached, self.floor):
                self._send(frames.event(event))
                self._replays[0] = (lowest, event.id)
            self.floor = min(self.floor, lowest)
            del self._replays[0]

    def _tell(self, events: Iterable[Any]) -> None:
        for event in events:
            if event.id > self.cursor:
                self._send(frames.event(event))
                self.cursor = event.id

    def _events(self, after: int, through: int | None = None) -> Iterator[Any]:
        """Page by page; no session is open while they are sent."""
        while True:
            with self._db.read() as session:
                page = service.since(session, self.owner.tenant_id, self.owner.user_id, after, PAGE, through)
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1].id
