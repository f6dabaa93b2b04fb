"""One WebSocket, on the server's side, over the raw socket of an accepted request. For processes on gevent."""

import socket as sockets
import struct
import time
from contextlib import suppress
from typing import Any, cast

import gevent
from wsproto.frame_protocol import Opcode

from app.sockets import wire
from app.sockets.inbox import Arrival, Goodbye, Inbox, Message, Ping, Refused
from app.sockets.interfaces import Closed, Code
from app.sockets.outbox import Outbox

CHUNK = 64 * 1024
PING_EVERY = 25.0  # seconds
SILENCE = 60.0  # seconds without a byte from the peer after which it is taken for gone
STUCK = 10.0  # seconds in which a peer that reads must have taken something
FAREWELL = 3.0  # seconds that the peer gets to answer our goodbye
LAST_WORDS = 30.0  # seconds that what is queued gets to leave before we hang up
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: what could not be sent is thrown away


class Socket:
    """Whoever serves it calls ``receive`` all the time, in one greenlet: pings and goodbyes are answered in there.

    ``send`` and ``close`` may be called from any greenlet.
    """

    __slots__ = (
        "__weakref__", "_connection", "_ended_at", "_heard_at", "_inbox", "_outbox", "_peer_is_gone", "_ping_at",
        "_reading", "code",
    )  # fmt: skip

    def __init__(self, connection: Any, largest: int, most_queued: int) -> None:
        self._connection = connection
        self._inbox = Inbox(largest)
        self._outbox = Outbox(connection, most_queued)
        self._heard_at = time.monotonic()
        self._ping_at = self._heard_at + PING_EVERY
        self._ended_at: float | None = None
        self._peer_is_gone = False
        self._reading = False
        self.code: int = Code.LOST

    def send(self, data: str | bytes, patience: float = STUCK) -> None:
        """Queues one text frame; ``bytes`` are UTF-8 already. Raises ``Closed``.

        Waits only while the queue is full. A peer that makes no room within ``patience`` seconds is cut off.
        """
        if self._outbox.put(wire.text(data), patience):
            return
        if not self._outbox.ended:
            self.cut()
        raise Closed(self.code)

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """The next whole message, ``None`` when there is none within ``timeout`` seconds. Raises ``Closed``."""
        return cast(str | bytes | None, gevent.with_timeout(timeout, self._next_message, timeout_value=None))

    def close(self, code: int = Code.NORMAL, reason: str = "") -> None:
        """Says goodbye after what is queued. Does not wait; the serving greenlet's ``receive`` ends with ``Closed``."""
        if self._ended_at is None:
            self._end(code)
            self._outbox.end(wire.goodbye(code, reason))

    def cut(self) -> None:
        """Ends the connection at once; what has not left is thrown away."""
        if self._ended_at is None:
            self._end(Code.LOST)
        self._peer_is_gone = True
        self._outbox.ended = True
        self._outbox.drop()
        with suppress(OSError):
            self._connection.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, AT_ONCE)
        self._hang_up(sockets.SHUT_RDWR)

    def finish(self) -> None:
        """Sees the end through: what is queued leaves, the peer gets a moment to answer our goodbye."""
        self.close()
        self._outbox.flush(LAST_WORDS)
        if self._inbox.garbled:
            self._hang_up(sockets.SHUT_WR)
        with gevent.Timeout(FAREWELL, False), suppress(Closed):
            self._next_message(to_the_end=True)
        self._hang_up(sockets.SHUT_RDWR)

    def tick(self, now: float) -> None:
        """Called about every second: pings the peer, and cuts off one that is stuck, silent or does not say goodbye."""
        if self._outbox.size or not self._reading:
            self._heard_at = now
        if self._is_lost(now):
            self.cut()
        elif now >= self._ping_at:
            self._ping_at = now + PING_EVERY
            self._outbox.put_first(Opcode.PING, b"")

    def _is_lost(self, now: float) -> bool:
        if self._outbox.size:
            return now - self._outbox.progress_at > STUCK
        if self._ended_at is not None:
            return now - max(self._ended_at, self._outbox.progress_at) > FAREWELL
        return now - self._heard_at > SILENCE

    def _next_message(self, to_the_end: bool = False) -> str | bytes:
        """Reads until a message is there; when we have ended, only ``to_the_end``, and drops messages."""
        while True:
            if self._ended_at is not None and (self._peer_is_gone or not to_the_end):
                raise Closed(self.code)
            message = self._heed()
            if message is not None and self._ended_at is None:
                return message
            if message is None:
                self._read()

    def _heed(self) -> str | bytes | None:
        """The next message among what has arrived, after doing what the peer's other frames ask for."""
        while (arrival := self._arrival()) is not None:
            if isinstance(arrival, Message):
                return arrival.data
            self._obey(arrival)
        return None

    def _arrival(self) -> Arrival | None:
        try:
            return self._inbox.take()
        except Refused as refused:
            self.close(refused.code)
        return self._arrival()

    def _obey(self, arrival: Ping | Goodbye) -> None:
        if isinstance(arrival, Ping):
            self._outbox.put_first(Opcode.PONG, arrival.payload)
            return
        self._peer_is_gone = True
        if self._ended_at is None:
            self._end(arrival.code)
            self._outbox.drop()
            self._outbox.end(wire.goodbye(arrival.code))

    def _read(self) -> None:
        if self._peer_is_gone:
            return
        self._reading = True
        try:
            data = self._connection.recv(CHUNK)
        except OSError:
            data = b""
        finally:
            self._reading = False
        self._heard_at = time.monotonic()
        if not data:
            self.cut()
        self._inbox.feed(data)
        if len(data) == CHUNK:
            gevent.sleep(0)  # a peer that sends as fast as we read must not keep everybody else waiting

    def _end(self, code: int) -> None:
        self.code = code
        self._ended_at = time.monotonic()

    def _hang_up(self, how: int) -> None:
        with suppress(OSError):
            self._connection.shutdown(how)
