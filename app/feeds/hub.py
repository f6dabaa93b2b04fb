"""Who in this process reads which feed, and who is woken when one has grown."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

import gevent
import structlog
from gevent.event import Event
from sqlalchemy.exc import SQLAlchemyError

from app.auth.principals import Principal
from app.db.session import Database
from app.feeds import service
from app.feeds.reading import PAGE, Reader
from app.streams.signals import Signals

SOON = 0.5  # seconds in which this process begins to hear the others
POLL_EVERY = 5.0  # seconds; a word between processes may be lost, an event may not
LOOK_BACK = 60  # seconds; longer than any transaction

MOST_AT_ONCE = 200  # readers that one query reads for

log = structlog.get_logger()


class Hub:
    """One per process. Whoever is woken while it reads is read for with one query more, all at once."""

    def __init__(self, db: Database, signals: Signals) -> None:
        self._db = db
        self._signals = signals
        self._readers: defaultdict[str, set[Reader]] = defaultdict(set)
        self._wakers: dict[str, Callable[[str], None]] = {}
        self._woken: set[Reader] = set()
        self._bell = Event()
        self._loops: dict[str, gevent.Greenlet] = {}

    def position(self, owner: Principal) -> int:
        """Where a new reader begins: what is committed after this call will be told."""
        with self._db.read() as session:
            return service.latest_id(session, owner.tenant_id, owner.user_id)

    def join(self, owner: Principal, position: int, send: Callable[[bytes], None]) -> Reader:
        reader = Reader(self._db, owner, position, send)
        if not self._readers[owner.key]:
            wake = self._wakers[owner.key] = partial(self._wake, owner.key)
            self._signals.subscribe(service.channel(owner.tenant_id, owner.user_id), wake)
        self._readers[owner.key].add(reader)
        self._start()
        self._wake(owner.key)
        return reader

    def leave(self, reader: Reader) -> None:
        self._woken.discard(reader)
        readers = self._readers[reader.owner.key]
        readers.discard(reader)
        if not readers:
            owner = reader.owner
            del self._readers[owner.key]
            self._signals.unsubscribe(service.channel(owner.tenant_id, owner.user_id), self._wakers.pop(owner.key))

    def poll(self) -> None:
        """Wakes readers that have missed something."""
        if not self._readers:
            return
        with self._db.read() as session:
            grown = service.grown(session, LOOK_BACK)
        latest = {Principal(row.user_id, row.tenant_id).key: row.latest for row in grown}
        for reader in [reader for readers in self._readers.values() for reader in readers]:
            if reader.is_due or latest.get(reader.owner.key, 0) > reader.cursor:
                reader.wake()

    def _start(self) -> None:
        self._signals.listen()
        for loop in (self._read_for_ever, self._poll_for_ever):
            running = self._loops.get(loop.__name__)
            if running is None or running.dead:
                self._loops[loop.__name__] = gevent.spawn(loop)

    def _wake(self, subject: str, _message: str = "") -> None:
        for reader in self._readers.get(subject, ()):
            self._woken.add(reader)
            self._bell.set()

    def _read_for_ever(self) -> None:
        while True:
            self._bell.wait()
            self._bell.clear()
            while self._woken:
                self._read([self._woken.pop() for _ in range(min(len(self._woken), MOST_AT_ONCE))])

    def _read(self, readers: Sequence[Reader]) -> None:
        positions = [(reader.owner.tenant_id, reader.owner.user_id, reader.cursor) for reader in readers]
        try:
            with self._db.read() as session:
                pages = service.since_of_many(session, positions, PAGE)
        except SQLAlchemyError as error:
            log.warning("feeds_not_read", reason=type(error).__name__)
            for reader in readers:
                reader.is_due = True  # the next poll wakes it
            return
        for reader, page in zip(readers, pages, strict=True):
            reader.take(page)

    def _poll_for_ever(self) -> None:
        gevent.sleep(SOON)
        while True:
            try:
                self.poll()
            except SQLAlchemyError as error:
                log.warning("feeds_not_polled", reason=type(error).__name__)
            gevent.sleep(POLL_EVERY)
