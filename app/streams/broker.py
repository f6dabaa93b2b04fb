"""Publish, replay, follow. Each process has one broker: it batches what is said here to Redis and hears the others."""

from collections import defaultdict
from collections.abc import Callable, Iterator

import gevent
import redis
import structlog
from gevent.event import Event

from app.streams import store
from app.streams.channels import Channel
from app.streams.interfaces import IDLE, Frame, Gone

FLUSH_EVERY = 0.1  # seconds between two writes of the same channel to Redis
IDLE_AFTER = 5.0  # seconds without an event after which a reader is told so
LISTEN_AGAIN = 1.0  # seconds before a lost subscription is tried again

log = structlog.get_logger()


class Broker:
    """Local readers are fed from memory, so a stream being made here goes on while Redis is away."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._dirty: dict[str, Channel] = {}
        self._work = Event()
        self._bells: defaultdict[str, set[Event]] = defaultdict(set)
        self._orders: defaultdict[str, list[Callable[[str], None]]] = defaultdict(list)
        self._greenlets: list[gevent.Greenlet] = []
        self.redis: redis.Redis
        self._url = ""

    def connect(self, url: str) -> None:
        """Names the server; nothing is opened before the first use, which must come after any fork."""
        self._url = url
        self.redis = store.client(url)

    def open(self, name: str) -> Channel:
        """A channel that this process produces."""
        self._start()
        channel = self._channels[name] = Channel(name)
        return channel

    def publish(self, channel: Channel, data: bytes, *, final: bool = False) -> None:
        """To local readers at once, to Redis with the next batch. Never raises for Redis' sake."""
        channel.append(data, final)
        if channel.name not in self._dirty:
            self._dirty[channel.name] = channel
            self._work.set()

    def follow(self, name: str, after: int = 0) -> Iterator[list[Frame] | None]:
        """Frames past ``after``: replay, then live, ending with the final one; ``IDLE`` in silent times.

        Raises ``Gone`` when nothing is known of the channel, here or in Redis.
        """
        channel = self._channels.get(name)
        if channel is not None:
            return channel.read(after)
        return self._follow_stored(name, after)

    def replay(self, name: str) -> list[Frame]:
        """What Redis has of a channel now. Raises ``Gone``."""
        return self._stored(name)

    def is_local(self, name: str) -> bool:
        return name in self._channels

    def command(self, verb: str, subject: str) -> None:
        """Has every process do ``verb``; this one at once, the others when Redis is there."""
        self._obey(store.Order(verb, subject))
        try:
            store.send(self.redis, verb, subject)
        except store.Away:
            log.warning("order_not_sent", verb=verb)

    def listen(self) -> None:
        """Hears the other processes from now on."""
        self._start()

    def on_command(self, verb: str, do: Callable[[str], None]) -> None:
        self._orders[verb].append(do)

    def flush(self) -> None:
        """Writes what is waiting, for tests and before the process ends."""
        dirty, self._dirty = self._dirty, {}
        batches = [(channel, channel.frames[channel.flushed :]) for channel in dirty.values()]
        self._store([(channel, frames) for channel, frames in batches if frames])

    def _start(self) -> None:
        if not self._greenlets:
            loops = (self._flush_for_ever, self._listen_for_ever, self._tick_for_ever)
            self._greenlets = [gevent.spawn(loop) for loop in loops]

    def _flush_for_ever(self) -> None:
        while True:
            self._work.wait()
            self._work.clear()
            self.flush()
            gevent.sleep(FLUSH_EVERY)

    def _tick_for_ever(self) -> None:
        while True:
            gevent.sleep(IDLE_AFTER)
            for channel in list(self._channels.values()):
                channel.tick()

    def _store(self, batches: list[tuple[Channel, list[Frame]]]) -> None:
        for channel, frames in batches:
            channel.flushed = frames[-1].seq
        try:
            if batches:
                store.append(self.redis, [(channel.name, frames) for channel, frames in batches])
        except store.Away as error:
            log.warning("events_not_stored", channels=len(batches), reason=type(error).__name__)
            self._keep_for_later(batches)
        for channel, _ in batches:
            if channel.closed and channel.flushed == len(channel.frames):
                self._channels.pop(channel.name, None)

    def _keep_for_later(self, batches: list[tuple[Channel, list[Frame]]]) -> None:
        """An unfinished channel is written again with its next batch; a finished one is left to PostgreSQL."""
        for channel, frames in batches:
            if not channel.closed:
                channel.flushed = frames[0].seq - 1
                self._dirty.setdefault(channel.name, channel)
                self._work.set()

    def _follow_stored(self, name: str, after: int) -> Iterator[list[Frame] | None]:
        self._start()
        bell = Event()
        self._bells[name].add(bell)
        try:
            yield from self._read_stored(name, after, bell)
        finally:
            self._bells[name].discard(bell)
            if not self._bells[name]:
                del self._bells[name]

    def _read_stored(self, name: str, after: int, bell: Event) -> Iterator[list[Frame] | None]:
        while True:
            bell.clear()
            known = self._stored(name)
            fresh = known[after:]
            after = len(known) if fresh else after
            if fresh:
                yield fresh
            if known and known[-1].final:
                return
            if not fresh and not bell.wait(IDLE_AFTER):
                yield IDLE

    def _stored(self, name: str) -> list[Frame]:
        try:
            return store.frames(self.redis, name)
        except store.Away:
            raise Gone(name) from None

    def _listen_for_ever(self) -> None:
        while True:
            try:
                self._listen()
            except store.Away as error:
                log.warning("events_not_heard", reason=type(error).__name__)
            gevent.sleep(LISTEN_AGAIN)
            self._ring_all()

    def _listen(self) -> None:
        subscription = store.listener(self._url).pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        subscription.subscribe(store.GROWN, store.ORDERS)
        for message in subscription.listen():
            self._hear(message["channel"], message["data"])

    def _hear(self, topic: bytes, data: bytes) -> None:
        if topic == store.GROWN:
            for name in store.grown(data):
                for bell in self._bells.get(name, ()):
                    bell.set()
            return
        self._obey(store.order(data))

    def _obey(self, order: store.Order) -> None:
        for do in self._orders[order.verb]:
            do(order.subject)

    def _ring_all(self) -> None:
        """What was said while we did not listen is read now."""
        for bells in self._bells.values():
            for bell in bells:
                bell.set()


broker = Broker()  # of this process; connected by the composition
