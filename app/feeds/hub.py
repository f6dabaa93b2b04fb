"""Who in this process reads which feed, and who is woken when one has grown."""

from collections import defaultdict
from collections.abc import Callable

import gevent
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.auth.principals import Principal
from app.database import Database
from app.events.broker import Broker
from app.feeds import service
from app.feeds.reading import Reader

SOON = 0.5  # seconds in which this process begins to hear the others
POLL_EVERY = 5.0  # seconds; a word between processes may be lost, an event may not
LOOK_BACK = 60  # seconds; longer than any transaction

log = structlog.get_logger()


class Hub:
    """One per process. One query in a while looks after all readers."""

    def __init__(self, db: Database, broker: Broker) -> None:
        self._db = db
        self._broker = broker
        self._readers: defaultdict[str, set[Reader]] = defaultdict(set)
        self._greenlet: gevent.Greenlet | None = None
        broker.on_command(service.GROWN, self._wake)

    def position(self, owner: Principal) -> int:
        """Where a new reader begins: what is committed after this call will be told."""
        with self._db.read() as session:
            return service.latest_id(session, owner.tenant_id, owner.user_id)

    def join(self, owner: Principal, position: int, send: Callable[[bytes], None]) -> Reader:
        reader = Reader(self._db, owner, position, send)
        self._broker.listen()
        self._readers[owner.key].add(reader)
        if self._greenlet is None or self._greenlet.dead:
            self._greenlet = gevent.spawn(self._poll_for_ever)
        reader.wake()
        return reader

    def leave(self, reader: Reader) -> None:
        readers = self._readers[reader.owner.key]
        readers.discard(reader)
        if not readers:
            del self._readers[reader.owner.key]

    def _wake(self, subject: str) -> None:
        for reader in self._readers.get(subject, ()):
            reader.wake()

    def _poll_for_ever(self) -> None:
        pause = SOON
        while self._readers:
            gevent.sleep(pause)
            pause = POLL_EVERY
            try:
                self.poll()
            except SQLAlchemyError as error:
                log.warning("feeds_not_polled", reason=type(error).__name__)

    def poll(self) -> None:
        """Wakes readers that have missed something."""
        with self._db.read() as session:
            grown = service.grown(session, LOOK_BACK)
        latest = {Principal(row.user_id, row.tenant_id).key: row.latest for row in grown}
        for key, readers in list(self._readers.items()):
            for reader in readers:
                if reader.is_due or latest.get(key, 0) > reader.cursor:
                    reader.wake()
