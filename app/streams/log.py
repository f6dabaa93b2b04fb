"""Logs of generated events: one producer, any number of readers in any process, from any place.

A process keeps what it produces in memory and writes it to Redis in batches. What others produce is read from Redis
for all readers of this process at once, and only while somebody reads it.
"""

from collections.abc import Iterator

import gevent
import redis
import structlog
from gevent.event import Event
from gevent.lock import RLock

from app.streams import redis_store
from app.streams.channel import Channel
from app.streams.interfaces import Frame, Gone
from app.streams.tail import Tail

FLUSH_EVERY = 0.1  # seconds between two writes of the same log to Redis
IDLE_AFTER = 2.5  # seconds without an event after which a reader is told so

log = structlog.get_logger()


class EventLog:
    """One per process. Local readers are fed from memory, so a stream that is made here outlives an absent Redis."""

    def __init__(self, server: redis.Redis) -> None:
        self._redis = server
        self._channels: dict[str, Channel] = {}
        self._dirty: dict[str, Channel] = {}
        self._work = Event()
        self._writing = RLock()  # an entry that overtook another would hide it from readers elsewhere
        self._tail = Tail(server, IDLE_AFTER)
        self._loops: list[gevent.Greenlet] = []

    def open(self, name: str) -> Channel:
        if not self._loops:
            self._loops = [gevent.spawn(self._flush_for_ever), gevent.spawn(self._tick_for_ever)]
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

        Raises ``Gone`` when nothing is known of the log, here or in Redis.
        """
        channel = self._channels.get(name)
        return channel.read(after) if channel is not None else self._tail.follow(name, after)

    def replay(self, name: str) -> list[Frame]:
        try:
            return redis_store.frames(self._redis, name)
        except redis_store.Away:
            raise Gone(name) from None

    def is_local(self, name: str) -> bool:
        return name in self._channels

    def flush(self) -> None:
        """Writes what is waiting, for tests and before the process ends."""
        with self._writing:
            dirty, self._dirty = self._dirty, {}
            batches = [(channel, channel.frames[channel.flushed :]) for channel in dirty.values()]
            self._store([(channel, frames) for channel, frames in batches if frames])

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
                redis_store.append(self._redis, [(channel.name, frames) for channel, frames in batches])
        except redis_store.Away as error:
            log.warning("events_not_stored", channels=len(batches), reason=type(error).__name__)
            self._keep_for_later(batches)
        for channel, _ in batches:
            if channel.closed and channel.flushed == len(channel.frames):
                self._channels.pop(channel.name, None)

    def _keep_for_later(self, batches: list[tuple[Channel, list[Frame]]]) -> None:
        """An unfinished log is written again with its next batch; a finished one is left to PostgreSQL."""
        for channel, frames in batches:
            if not channel.closed:
                channel.flushed = frames[0].seq - 1
                self._dirty.setdefault(channel.name, channel)
                self._work.set()
