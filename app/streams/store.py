"""The Redis side of channels: a stream each for replay, a topic that says which streams have grown, one for orders."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.streams.interfaces import Frame, Gone

KEEP = 900  # seconds that a channel can be replayed after its last event; PostgreSQL knows the outcome for ever
GROWN = b"ch:grown"
ORDERS = b"ch:orders"
REQUEST_TIMEOUT = 1.0  # seconds; the request path never waits longer for Redis
CONNECTIONS = 64
# A connection that went stale is replaced; a server that does not answer in time is not asked twice.
ONCE_MORE = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))

_encode = msgspec.msgpack.Encoder().encode
_decode_frames = msgspec.msgpack.Decoder(list[tuple[int, bytes, bool]]).decode
_decode_names = msgspec.msgpack.Decoder(list[str]).decode
_decode_order = msgspec.msgpack.Decoder(tuple[str, str]).decode

Away = redis.RedisError  # Redis can't be reached, or did not answer in time


@dataclass(frozen=True, slots=True)
class Order:
    """A word from one process to all: ``verb`` (``cancel``) and what it is about."""

    verb: str
    subject: str


def client(url: str) -> redis.Redis:
    """For the request path: a bounded pool that waits, short time-outs, no hidden retries."""
    pool = redis.BlockingConnectionPool.from_url(
        url, max_connections=CONNECTIONS, timeout=REQUEST_TIMEOUT, socket_timeout=REQUEST_TIMEOUT,
        socket_connect_timeout=REQUEST_TIMEOUT, retry=ONCE_MORE, health_check_interval=15,
    )  # fmt: skip
    return redis.Redis(connection_pool=pool)


def listener(url: str) -> redis.Redis:
    """For the one blocking read of a process."""
    return redis.Redis.from_url(url, socket_timeout=None, socket_connect_timeout=5, health_check_interval=15)


def append(server: redis.Redis, batches: Sequence[tuple[str, Sequence[Frame]]]) -> None:
    """Stores each channel's new frames as one stream entry and tells every process, in one round trip."""
    pipeline = server.pipeline(transaction=False)
    for name, frames in batches:
        key = _key(name)
        pipeline.xadd(key, {b"f": _encode([(frame.seq, frame.data, frame.final) for frame in frames])})
        if frames[0].seq == 1 or frames[-1].final:
            pipeline.expire(key, KEEP)
    pipeline.publish(GROWN, _encode([name for name, _ in batches]))
    pipeline.execute()


def frames(server: redis.Redis, name: str) -> list[Frame]:
    """Every stored frame, in order from the first. Raises ``Gone`` when there is no such stream."""
    entries: Any = server.xrange(_key(name))
    if not entries:
        raise Gone(name)
    found = (Frame(*row) for _, fields in entries for row in _decode_frames(fields[b"f"]))
    return list(_consecutive(sorted(found, key=lambda frame: frame.seq)))


def grown(message: bytes) -> list[str]:
    return _decode_names(message)


def order(message: bytes) -> Order:
    return Order(*_decode_order(message))


def send(server: redis.Redis, verb: str, subject: str) -> None:
    server.publish(ORDERS, _encode((verb, subject)))


def _consecutive(ordered: Iterable[Frame]) -> Iterator[Frame]:
    """Frames of a retried write appear twice; they are given out once. After a hole nothing more is."""
    expected = 1
    for frame in ordered:
        if frame.seq == expected:
            expected += 1
            yield frame
        elif frame.seq > expected:
            return


def _key(name: str) -> str:
    return f"ch:{{{name}}}"
