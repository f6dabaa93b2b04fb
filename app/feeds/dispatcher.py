"""Which feeds are followed in this process, and who is woken when one has grown."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import gevent
import structlog
from gevent.event import Event
from sqlalchemy.exc import DataError, SQLAlchemyError

from app.db.rows import each
from app.db.session import Database
from app.feeds.interfaces import Entry, Feed, FeedSource, Range
from app.feeds.reader import Reader
from app.streams.signals import Signals, Subscriber

FIRST_POLL = 0.5  # seconds in which this process begins to hear the others
POLL_EVERY = 5.0  # seconds; a signal between processes may be lost, an entry may not
PAGE = 100  # entries that one reader is handed at once
BATCH = 200  # readers that one query reads for

Group = tuple[FeedSource, list[Reader]]

log = structlog.get_logger()


class FeedDispatcher:
    """One per process. Readers that are woken during a query are read for together, by the next one."""

    def __init__(self, db: Database, signals: Signals) -> None:
        self.draining = False
        self._db = db
        self._signals = signals
        self._readers: defaultdict[Feed, set[Reader]] = defaultdict(set)
        self._subscribers: dict[Feed, Subscriber] = {}
        self._woken: set[Reader] = set()
        self._work = Event()
        self._loops: dict[str, gevent.Greenlet] = {}

    def __len__(self) -> int:
        return sum(map(len, self._readers.values()))

    @contextmanager
    def following(self, reader: Reader) -> Iterator[None]:
        self.join(reader)
        try:
            yield
        finally:
            self.leave(reader)

    def join(self, reader: Reader) -> None:
        """Has the reader handed what comes after its cursor, until it leaves."""
        feed = reader.feed
        self._readers[feed].add(reader)
        if feed not in self._subscribers:
            self._subscribers[feed] = partial(self._wake_all, feed)
            for channel in feed.channels:
                self._signals.subscribe(channel, self._subscribers[feed])
        self._start()
        self.wake(reader)

    def leave(self, reader: Reader) -> None:
        feed = reader.feed
        self._woken.discard(reader)
        self._readers[feed].discard(reader)
        if not self._readers[feed]:
            del self._readers[feed]
            subscriber = self._subscribers.pop(feed)
            for channel in feed.channels:
                self._signals.unsubscribe(channel, subscriber)
        reader.stop()

    def wake(self, reader: Reader) -> None:
        """There may be something to read. A busy reader is read for again when it is done."""
        reader.is_due = True
        if not reader.is_busy and reader in self._readers.get(reader.feed, ()):
            self._woken.add(reader)
            self._work.set()

    def poll(self) -> None:
        """Wakes readers that have missed something: one query for each kind of feed."""
        idle = [reader for readers in self._readers.values() for reader in readers if not reader.is_busy]
        each("feeds.poll", _by_source(idle), self._poll_source, self._wake_source)

    def drain(self, _seconds: float) -> None:
        """The process is going down: readers that can be told so come back to another one."""
        self.draining = True

    def _poll_source(self, group: Group) -> None:
        source, readers = group
        pages = self._pages(source, [reader.next_range for reader in readers], limit=1)
        for reader in [reader for reader in readers if reader.is_due or pages.get(reader.next_range)]:
            self.wake(reader)

    def _wake_source(self, group: Group) -> None:
        """Reading finds out whose feed is broken."""
        for reader in group[1]:
            self.wake(reader)

    def _start(self) -> None:
        self._signals.listen()
        for loop in (self._read_forever, self._poll_forever):
            running = self._loops.get(loop.__name__)
            if running is None or running.dead:
                self._loops[loop.__name__] = gevent.spawn(loop)

    def _wake_all(self, feed: Feed, _message: str) -> None:
        for reader in self._readers.get(feed, ()):
            self.wake(reader)

    def _read_forever(self) -> None:
        while True:
            self._work.wait()
            self._work.clear()
            while self._woken:
                self._read_batch()

    def _read_batch(self) -> None:
        batch = [self._woken.pop() for _ in range(min(len(self._woken), BATCH))]
        each("feeds.read", _by_source(batch), self._read, self._read_apart)

    def _read_apart(self, group: Group) -> None:
        """A reader whose feed is broken is read for no more."""
        source, readers = group
        alone = [(source, [reader]) for reader in readers]
        each("feeds.read", alone, self._read, lambda broken: self.leave(broken[1][0]))

    def _read(self, group: Group) -> None:
        source, readers = group
        ranges = {reader: reader.next_range for reader in readers}
        for reader in readers:
            reader.is_busy, reader.is_due = True, False
        try:
            pages = self._pages(source, ranges.values(), PAGE)
        except DataError:  # no fault that passes
            raise
        except SQLAlchemyError as error:
            log.warning("feeds_not_read", reason=type(error).__name__)
            for reader in readers:
                reader.is_busy, reader.is_due = False, True  # the next poll wakes it
            return
        for reader, wanted in ranges.items():
            page = pages[wanted]
            reader.take(wanted, page, partial(self._taken, reader, len(page) == PAGE))

    def _taken(self, reader: Reader, is_full: bool) -> None:
        reader.is_busy = False
        if is_full or reader.is_due:
            self.wake(reader)

    def _pages(self, source: FeedSource, ranges: Iterable[Range], limit: int) -> dict[Range, list[Entry]]:
        """Readers who stand at the same position share what is read."""
        wanted = list(dict.fromkeys(ranges))
        with self._db.read() as session:
            return dict(zip(wanted, source.read(session, wanted, limit), strict=True))

    def _poll_forever(self) -> None:
        gevent.sleep(FIRST_POLL)
        while True:
            try:
                self.poll()
            except SQLAlchemyError as error:
                log.warning("feeds_not_polled", reason=type(error).__name__)
            gevent.sleep(POLL_EVERY)


def _by_source(readers: Iterable[Reader]) -> Iterable[Group]:
    groups: defaultdict[FeedSource, list[Reader]] = defaultdict(list)
    for reader in readers:
        groups[reader.feed.source].append(reader)
    return groups.items()
