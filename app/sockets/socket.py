"""simple-websocket's server over our frame reader and send queue. For processes on gevent.

The library's own ``send`` cuts and mixes big frames there, and it needs a thread for each socket; see
docs/decisions/sockets.md.
"""

import math
import socket as sockets
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import cast
from wsgiref.types import WSGIEnvironment

import gevent
import simple_websocket
from simple_websocket import ConnectionClosed
from wsproto.events import CloseConnection, Ping
from wsproto.frame_protocol import CloseReason

from app.sockets import handshake
from app.sockets.frame_reader import FrameReader, ProtocolError
from app.sockets.memory import Charge, budget
from app.sockets.send_queue import SendQueue, control, text_frame

CHUNK = 64 * 1024
MAX_MESSAGE_SIZE = 64 * 1024  # bytes, where a route names no other
MAX_QUEUED = 8 * 1024 * 1024  # bytes that wait for one reader
STRANGERS_MESSAGE_SIZE = 4 * 1024  # bytes, before the client has shown who it is
LAST_BYTES = 4 * 1024  # that are read after our close: the peer's own is among them, or it goes on sending
PING_INTERVAL = 25.0  # seconds
PING_TIMEOUT = 60.0  # seconds without a byte from the peer after which it is taken for gone
SEND_TIMEOUT = 10.0  # seconds in which a peer that reads must have taken something
CLOSE_TIMEOUT = 3.0  # seconds that the peer gets to answer our close
FLUSH_TIMEOUT = 30.0  # seconds that what is queued gets to leave before we hang up
NO_LINGER = struct.pack("ii", 1, 0)  # SO_LINGER: what could not be sent is thrown away


def _no_thread(**_: object) -> SimpleNamespace:
    """In place of the library's reading thread: ``receive`` reads in the greenlet that calls it."""
    return SimpleNamespace(name="", start=lambda: None)


class Socket(simple_websocket.Server):
    """The 101 leaves with the first ``send``, ``receive`` or ``close``: until then a view may still raise HTTP errors.

    Whoever serves it calls ``receive`` all the time, in one greenlet: pings and closes are answered in there.
    ``send`` and ``close`` may be called from any greenlet.
    """

    sock: sockets.socket
    connected: bool  # not closed by either side
    close_reason: int
    route = ""  # whose view serves it

    def __init__(
        self, environ: WSGIEnvironment, max_message_size: int = MAX_MESSAGE_SIZE, max_queued: int = MAX_QUEUED
    ) -> None:
        """Raises ``UpgradeRequired``, ``BadRequest`` or ``NoSockets``."""
        handshake.check(environ)
        super().__init__(environ, max_message_size=max_message_size, thread_class=_no_thread, event_class=object)
        self.close_reason = CloseReason.ABNORMAL_CLOSURE
        self.accepted = False
        self._queue = SendQueue(self.sock, max_queued)
        self._reader = FrameReader(min(max_message_size, STRANGERS_MESSAGE_SIZE))
        self._heard_at = self._ended_at = time.monotonic()
        self._ping_at = math.inf
        self._peer_is_gone = False
        self._reading = False
        self._permitted: Callable[[], bool] = lambda: True
        self._dismiss: Callable[[], None] = self.close

    def handshake(self) -> None:
        """The library's hook. The answer is sent by ``_accept``."""
        self.connected = True
        self.ws = None  # the library's state machine: ``FrameReader`` and ``frames`` do its work

    def admit(self) -> None:
        """The client has shown who it is: its messages may be as large as the route's may be."""
        self._reader.limit = self.max_message_size

    def keep_while(self, permitted: Callable[[], bool], dismiss: Callable[[], None]) -> None:
        """``permitted`` is asked about every second, and must know at once; ``dismiss`` then ends the socket."""
        self._permitted, self._dismiss = permitted, dismiss

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """For what a view keeps of a message while it receives the next. Raises ``ConnectionClosed`` without room."""
        charge = Charge(budget)
        if not charge.fits(size):
            self.close(CloseReason.TRY_AGAIN_LATER)
            raise ConnectionClosed(self.close_reason)
        try:
            yield
        finally:
            charge.set(0)

    def send(self, data: str | bytes, timeout: float = SEND_TIMEOUT) -> None:
        """Queues one text frame; ``bytes`` are UTF-8 already. Raises ``ConnectionClosed``.

        Waits only while the queue is full. A peer that makes no room within ``timeout`` seconds is cut off.
        """
        self._accept()
        if self._queue.put(text_frame(data), timeout):
            return
        if not self._queue.closed:
            self.cut()
        raise ConnectionClosed(self.close_reason)

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """The next whole message, ``None`` when there is none in ``timeout`` seconds. Raises ``ConnectionClosed``."""
        self._accept()
        self._reader.release()
        return cast(str | bytes | None, gevent.with_timeout(timeout, self._next_message, timeout_value=None))

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Closes with this code after what is queued. Does not wait; ``receive`` ends with ``ConnectionClosed``."""
        self._accept()
        if self.connected:
            self._end(reason or CloseReason.NORMAL_CLOSURE)
            self._queue.put_last(control.close(self.close_reason, message))

    def cut(self) -> None:
        """Ends the connection at once; what has not left is thrown away."""
        if self.connected:
            self._end(CloseReason.ABNORMAL_CLOSURE)
        self._peer_is_gone = True
        self._queue.closed = True
        self._queue.clear()
        with suppress(OSError):
            self.sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, NO_LINGER)
        self._hang_up(sockets.SHUT_RDWR)

    def finish(self) -> None:
        """Closes, and waits: what is queued leaves, the peer gets a moment to answer our close."""
        self.close()
        self._queue.flush(FLUSH_TIMEOUT)
        if self._reader.broken:
            self._hang_up(sockets.SHUT_WR)
        with gevent.Timeout(CLOSE_TIMEOUT, False):
            self._await_goodbye()
        self._hang_up(sockets.SHUT_RDWR)

    def tick(self, now: float) -> None:
        """Called about every second: pings the peer, cuts off one that is stuck, silent or does not close, and has one
        dismissed that may be here no longer."""
        if self._queue.size or not self._reading:
            self._heard_at = now
        if self._is_lost(now):
            self.cut()
        elif self._reader.is_late(now):
            self.close(CloseReason.POLICY_VIOLATION, "The message took too long")
        elif now >= self._ping_at:
            self._ping_at = now + PING_INTERVAL
            self._queue.put_control(control.ping())
        if self.connected and not self._permitted():
            self._permitted = lambda: True
            gevent.spawn(self._dismiss)  # it may have to wait until what it says is taken

    def _accept(self) -> None:
        if self.accepted:
            return
        self.accepted = True
        self._ping_at = time.monotonic() + PING_INTERVAL
        try:
            self.sock.settimeout(None)
            self.sock.sendall(handshake.response(self.environ))
        except OSError:
            self.cut()

    def _is_lost(self, now: float) -> bool:
        if self._queue.size:
            return now - self._queue.progress_at > SEND_TIMEOUT
        if not self.connected:
            return now - max(self._ended_at, self._queue.progress_at) > CLOSE_TIMEOUT
        return now - self._heard_at > PING_TIMEOUT

    def _next_message(self) -> str | bytes:
        while self.connected:
            message = self._arrived()
            if message is not None and self.connected:
                return message
            if self.connected:
                self._read(min(CHUNK, self._reader.limit))
        raise ConnectionClosed(self.close_reason)

    def _await_goodbye(self) -> None:
        """Whoever goes on sending is not read: it only gets the time to hear of our close."""
        left = LAST_BYTES
        while not self._peer_is_gone and left > 0:
            self._arrived()
            left -= self._read(left)
        if not self._peer_is_gone:
            self._hang_up(sockets.SHUT_WR)
            gevent.sleep(CLOSE_TIMEOUT)

    def _arrived(self) -> str | bytes | None:
        """The next message among what has arrived, after doing what the peer's other frames ask for."""
        while True:
            try:
                event = self._reader.next_event()
            except ProtocolError as error:
                self.close(error.code)
                continue
            if not isinstance(event, Ping | CloseConnection):
                return cast(str | bytes, event.data) if event else None
            self._handle(event)

    def _handle(self, event: Ping | CloseConnection) -> None:
        if isinstance(event, Ping):
            self._queue.put_control(control.pong(event.payload))
            return
        self._peer_is_gone = True
        if self.connected:
            self._end(event.code)
            self._queue.clear()
            self._queue.put_last(control.close(event.code))

    def _read(self, most: int) -> int:
        """Takes up to ``most`` bytes; how many there were."""
        if self._peer_is_gone:
            return 0
        self._reading = True
        try:
            data = self.sock.recv(most)
        except OSError:
            data = b""
        finally:
            self._reading = False
        self._heard_at = time.monotonic()
        if not data:
            self.cut()
        self._reader.feed(data)
        if len(data) == most:
            gevent.sleep(0)  # a peer that sends as fast as we read must not keep everybody else waiting
        return len(data)

    def _end(self, code: int) -> None:
        self.connected = False
        self.close_reason = code
        self._ended_at = time.monotonic()
        self._reader.discard()

    def _hang_up(self, how: int) -> None:
        with suppress(OSError):
            self.sock.shutdown(how)
