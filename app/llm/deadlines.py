"""Deadlines that hold whatever a peer does: a watchdog looks at every call in flight and shuts late sockets down.

Socket timeouts alone start anew with each byte, so a peer that trickles bytes would never meet them.
"""

import contextlib
import math
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar

from app.llm.interfaces import Deadlines

NEVER = math.inf
TICK = 0.05
PATIENCE_AFTER_END = 1.0  # for the last bytes of an answer that is already complete


class Call:
    """One request in flight. ``deadline`` is written per event and read by the watchdog, in monotonic seconds."""

    __slots__ = ("_between", "_end", "_first", "_socket", "answered", "connect", "deadline", "expired")

    def __init__(self, deadlines: Deadlines) -> None:
        now = time.monotonic()
        self.connect = deadlines.connect
        self._between = deadlines.between
        self._first = deadlines.first
        self._end = now + deadlines.total
        self.deadline = now + deadlines.first
        self.answered = False  # set by the reader at the first delta
        self.expired = False
        self._socket: socket.socket | None = None

    def attach(self, connection: socket.socket) -> None:
        """Names the socket to shut down; it changes when TLS wraps it."""
        self._socket = connection
        if self.expired:
            self.expire()

    def left(self) -> float:
        return max(0.001, min(self.deadline, self._end) - time.monotonic())

    def headers_came(self) -> None:
        """From here on the watchdog alone keeps time: under gevent a timed read costs 20 us more than another."""
        if self._socket is not None:
            self._socket.settimeout(None)

    def pause(self) -> None:
        """The consumer has the event now, and its time is not the vendor's."""
        self.deadline = NEVER

    def resume(self) -> None:
        """Any sign of work counts: a model may think aloud for long before its first word."""
        self.deadline = time.monotonic() + (self._between if self.answered else self._first)

    def answer_ended(self) -> None:
        self._end = min(self._end, time.monotonic() + PATIENCE_AFTER_END)

    def late(self, now: float) -> bool:
        return not self.expired and (now >= self.deadline or now >= self._end)

    def expire(self) -> None:
        """Wakes the reader with an end of stream. ``close`` would not, and could hit a reused descriptor."""
        self.expired = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # the plain socket's method: TLS's own would pull the session from under the reader
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Watchdog:
    """Expires late calls. One thread per process (a greenlet where gevent patched), asleep while no call is open."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """A forked child starts with no calls and no thread."""
        self._calls: set[Call] = set()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def watch(self, call: Call) -> Iterator[None]:
        self._calls.add(call)
        if self._thread is None:
            self._start()
        if not self._wake.is_set():
            self._wake.set()
        try:
            yield
        finally:
            self._calls.discard(call)

    def watched(self) -> int:
        return len(self._calls)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="llm-deadlines", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            time.sleep(TICK)
            self._expire_late()
            if not self._calls:
                self._rest()

    def _expire_late(self) -> None:
        now = time.monotonic()
        for call in tuple(self._calls):
            if call.late(now):
                call.expire()

    def _rest(self) -> None:
        self._wake.clear()
        if self._calls:  # one came between the look and the clearing
            self._wake.set()


WATCHDOG = Watchdog()
os.register_at_fork(after_in_child=WATCHDOG.reset)

_OPENING: ContextVar[Call | None] = ContextVar("opening", default=None)


@contextlib.contextmanager
def opening(call: Call) -> Iterator[None]:
    """Requests made inside belong to ``call``; the SDKs have no argument that would carry it to the transport."""
    token = _OPENING.set(call)
    try:
        yield
    finally:
        _OPENING.reset(token)


def current() -> Call | None:
    return _OPENING.get()
