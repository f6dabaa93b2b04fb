"""Short messages between processes, by Redis pub/sub. A process receives only the channels that it subscribed to.

Each message arrives at most once. After a lost connection every subscriber is called with an empty message: something
may have been missed.
"""

import os
from collections import defaultdict
from collections.abc import Callable
from typing import cast

import gevent
import redis
import structlog
from gevent.exceptions import ConcurrentObjectUseError

from app.db.rows import each
from app.streams import redis_store

Subscriber = Callable[[str], None]

MISSED = ""
ORIGIN = 8  # bytes in front of a message
LISTEN_AGAIN = 1.0  # seconds before a lost connection is tried again
PREFIX = b"signal:"
ALIVE = b"signal:"  # a subscription that is always there: the client stops listening when it has none

log = structlog.get_logger()


class Signals:
    """One per process. ``connect`` opens nothing: connections must be made after any fork."""

    def __init__(self) -> None:
        self.redis: redis.Redis
        self.url = ""
        self.origin = b""
        self._subscribers: defaultdict[bytes, list[Subscriber]] = defaultdict(list)
        self._pubsub: redis.client.PubSub | None = None
        self._listener: gevent.Greenlet | None = None

    def connect(self, url: str) -> None:
        self.url = url
        self.origin = os.urandom(ORIGIN)  # its own messages come back to a process, which has delivered them already
        self.redis = redis_store.client(url)

    def listen(self) -> None:
        """Receives what other processes publish, from soon on."""
        if self._listener is None or self._listener.dead:
            self._listener = gevent.spawn(self._listen_for_ever)

    def subscribe(self, channel: str, subscriber: Subscriber) -> None:
        key = _key(channel)
        self._subscribers[key].append(subscriber)
        if len(self._subscribers[key]) == 1:
            self._tell_server("subscribe", key)

    def unsubscribe(self, channel: str, subscriber: Subscriber) -> None:
        key = _key(channel)
        self._subscribers[key].remove(subscriber)
        if not self._subscribers[key]:
            del self._subscribers[key]
            self._tell_server("unsubscribe", key)

    def publish(self, channel: str, message: str = MISSED) -> None:
        """To this process at once, to the others when Redis is there."""
        key = _key(channel)
        self._deliver(key, message)
        try:
            self.redis.publish(key, self.origin + message.encode())
        except redis.RedisError as error:
            log.warning("signal_not_published", reason=type(error).__name__)

    def others(self, channel: str) -> int:
        """How many other processes listen to a channel now. Raises ``redis.RedisError``."""
        found = cast(list[tuple[bytes, int]], self.redis.pubsub_numsub(_key(channel).decode()))
        return max(0, found[0][1] - (self._pubsub is not None))

    def _deliver(self, key: bytes, message: str) -> None:
        each("signals.deliver", list(self._subscribers.get(key, ())), lambda subscriber: subscriber(message))

    def _tell_server(self, verb: str, key: bytes) -> None:
        if self._pubsub is None:  # the listener subscribes to all when it connects
            return
        try:
            getattr(self._pubsub, verb)(key)
        except (redis.RedisError, ConcurrentObjectUseError) as error:
            log.warning("signal_not_subscribed", reason=type(error).__name__)

    def _listen_for_ever(self) -> None:
        while True:
            try:
                self._listen()
            except (redis.RedisError, ConcurrentObjectUseError) as error:
                log.warning("signals_not_heard", reason=type(error).__name__)
            self._pubsub = None
            gevent.sleep(LISTEN_AGAIN)

    def _listen(self) -> None:
        pubsub = redis_store.blocking_client(self.url).pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        pubsub.subscribe(ALIVE, *self._subscribers)
        self._pubsub = pubsub
        for key in list(self._subscribers):
            self._deliver(key, MISSED)
        for message in pubsub.listen():
            if message["data"][:ORIGIN] != self.origin:
                self._deliver(message["channel"], message["data"][ORIGIN:].decode(errors="replace"))


signals = Signals()  # of this process; connected by the composition


def _key(channel: str) -> bytes:
    return PREFIX + channel.encode()
