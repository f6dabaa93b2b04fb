"""The Redis side of logs: a stream for each, kept for a while after its last event. PostgreSQL is the truth."""

import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import hiredis
import msgspec
import redis
from redis._parsers import _HiredisParser
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.core.glance import has_bytes
from app.db.privacy import RedisKeys
from app.streams.interfaces import Frame, Gone

KEEP = 900  # seconds that a log can be replayed after its last event
BEGINNING = b"0-0"
REQUEST_TIMEOUT = 1.0  # seconds; the request path never waits longer for Redis
CONNECTIONS = 64
SCANNED = 1000  # keys at once
HUNG = 4.0  # seconds more or less
REWRITING, LOOK_EVERY = 10.0, 0.1  # seconds that a log which is being written anew is waited for
# A connection that went stale is replaced; a server that does not answer in time is not asked twice.
ONCE_MORE = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))

KEYS = RedisKeys(
    r"stream:\{[a-z-]+_[0-9a-f]{32}(_[0-9a-f]{16})?\}",
    "what a run says, by its id",
    f"{KEEP // 60} minutes after its last event",
    of_owner="stream:{{*_{mark}}}",
)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[int, bytes, bool]]).decode

Away = redis.RedisError  # Redis can't be reached, or did not answer in time


class Position(NamedTuple):
    """Where a reader of a stored log stands: the last entry that it has read, and the ``seq`` of its last frame."""

    entry: bytes = BEGINNING
    seq: int = 0


class Page(NamedTuple):
    """Frames that follow a position, in order and without gaps, and the position after them."""

    frames: list[Frame]
    position: Position


class Parser(_HiredisParser):
    """The pool looks at each connection before it lends it; nearly always there is nothing to see."""

    def can_read(self, timeout: float = 0) -> bool:
        is_quiet = not timeout and self._sock is not None and not _has_spoken(self._sock, self._reader)
        return False if is_quiet else super().can_read(timeout)


def _has_spoken(sock: socket.socket, reader: hiredis.Reader) -> bool:
    """``pending`` tells what TLS has decrypted."""
    return reader.has_data() or bool(getattr(sock, "pending", int)()) or has_bytes(sock.fileno())


def client(url: str) -> redis.Redis:
    """For the request path: a bounded pool that waits, short time-outs, no hidden retries."""
    pool = redis.BlockingConnectionPool.from_url(
        url, max_connections=CONNECTIONS, timeout=REQUEST_TIMEOUT, socket_timeout=REQUEST_TIMEOUT,
        socket_connect_timeout=REQUEST_TIMEOUT, retry=ONCE_MORE, health_check_interval=15,
        parser_class=Parser,
    )  # fmt: skip
    return redis.Redis(connection_pool=pool)


def blocking_client(url: str) -> redis.Redis:
    """For reads that wait as long as it takes."""
    return redis.Redis.from_url(url, socket_timeout=None, socket_connect_timeout=5, health_check_interval=15)


def listening_client(url: str) -> redis.Redis:
    """For reads that wait a second or two: a server that hangs is noticed soon after."""
    return redis.Redis.from_url(url, socket_timeout=HUNG, socket_connect_timeout=HUNG, retry=ONCE_MORE)


def append(server: redis.Redis, batches: Sequence[tuple[str, Sequence[Frame]]]) -> None:
    """Stores the new frames of each log as one stream entry, all in one round trip."""
    pipeline = server.pipeline(transaction=False)
    for name, frames in batches:
        key = _key(name)
        pipeline.xadd(key, {b"f": _encode([(frame.seq, frame.data, frame.final) for frame in frames])})
        if frames[0].seq == 1 or frames[-1].final:
            pipeline.expire(key, KEEP)
    pipeline.execute()


def remove(server: redis.Redis, globs: Iterable[str]) -> int:
    """Deletes the keys that these globs find; how many."""
    keys = [key for glob in globs for key in server.scan_iter(match=glob, count=SCANNED)]
    return sum(int(server.unlink(*keys[at : at + SCANNED])) for at in range(0, len(keys), SCANNED))


def rewrite_log(server: redis.Redis) -> None:
    """Has Redis write its log of commands (AOF) anew, without what is deleted.

    Where it keeps none, or lets nobody, that is no error: it does so by itself when the log has grown.
    """
    with suppress(Away):
        if _persistence(server).get("aof_enabled"):
            _await_rewriting(server)
            server.bgrewriteaof()


def _await_rewriting(server: redis.Redis) -> None:
    """One that has begun has what was there then."""
    give_up = time.monotonic() + REWRITING
    while _persistence(server).get("aof_rewrite_in_progress") and time.monotonic() < give_up:
        time.sleep(LOOK_EVERY)


def _persistence(server: redis.Redis) -> Mapping[str, Any]:
    said: Any = server.info("persistence")
    return dict(said)


def frames(server: redis.Redis, name: str) -> list[Frame]:
    """Every stored frame of a log. Raises ``Gone`` when nothing is stored."""
    entries: Any = server.xrange(_key(name))
    if not entries:
        raise Gone(name)
    return _page(entries, Position()).frames


def read(server: redis.Redis, positions: Mapping[str, Position]) -> dict[str, Page]:
    """What has been stored after these positions, in one round trip. Logs without news are left out."""
    if not positions:
        return {}
    names = {_key(name).encode(): name for name in positions}
    found: Any = server.xread({_key(name): position.entry for name, position in positions.items()})
    streams = found.items() if isinstance(found, dict) else found
    return {names[key]: _page(entries, positions[names[key]]) for key, entries in streams}


def _page(entries: Sequence[tuple[bytes, Mapping[bytes, bytes]]], position: Position) -> Page:
    """A write that was tried again stores frames twice, and perhaps late: each is given out once, in its turn."""
    entry, seq = position
    found = sorted(Frame(*row) for _, fields in entries for row in _decode(fields[b"f"]))
    fresh = []
    for frame in found:
        if frame.seq == seq + 1:
            seq += 1
            fresh.append(frame)
    return Page(fresh, Position(entries[-1][0] if entries else entry, seq))


def _key(name: str) -> str:
    return f"stream:{{{name}}}"
