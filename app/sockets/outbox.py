"""What waits to be written. One greenlet at a time writes it: frames leave whole, in order, never mixed."""

import time
from typing import Any

import gevent
from gevent.event import Event
from wsproto.frame_protocol import Opcode

from app.sockets import wire

BATCH = 64 * 1024  # bytes; small frames are written together up to this
MOST_FRAMES = 1024


class Outbox:
    """The queue of one socket. The writing greenlet lives only while there is something to write."""

    __slots__ = ("_connection", "_frames", "_most", "_moved", "_urgent", "_writing", "ended", "progress_at", "size")

    def __init__(self, connection: Any, most: int) -> None:
        self._connection = connection
        self._most = most
        self._frames: list[bytes] = []
        self._urgent: dict[Opcode, bytes] = {}
        self._moved = Event()
        self._writing = False
        self.size = 0  # bytes that have not left
        self.ended = False  # takes no more
        self.progress_at = 0.0

    def put(self, frame: bytes, patience: float) -> bool:
        """Queues a frame, waiting up to ``patience`` seconds for room; False when it was not taken."""
        if self._is_full:
            self._await_room(patience)
        if self._is_full or self.ended:
            return False
        self._frames.append(frame)
        self._start(len(frame))
        return True

    def put_first(self, opcode: Opcode, payload: bytes) -> None:
        """A control frame, before what waits. Only the newest of its kind is kept."""
        if self.ended:
            return
        self.size -= len(self._urgent.pop(opcode, b""))
        frame = self._urgent[opcode] = wire.frame(opcode, payload)
        self._start(len(frame))

    def end(self, frame: bytes) -> None:
        """The last frame: nothing is taken after it."""
        if not self.ended:
            self.ended = True
            self._frames.append(frame)
            self._start(len(frame))

    def drop(self) -> None:
        """Forgets what waits, but for the frame that is on its way."""
        self.size -= sum(map(len, self._frames)) + sum(map(len, self._urgent.values()))
        self._frames.clear()
        self._urgent.clear()
        self._moved.set()

    def flush(self, patience: float) -> None:
        """Waits until all has left, or nothing more can."""
        with gevent.Timeout(patience, False):
            while self._writing:
                self._moved.clear()
                self._moved.wait()

    @property
    def _is_full(self) -> bool:
        return (self.size >= self._most or len(self._frames) >= MOST_FRAMES) and not self.ended

    def _await_room(self, patience: float) -> None:
        with gevent.Timeout(patience, False):
            while self._is_full:
                self._moved.clear()
                self._moved.wait()

    def _start(self, size: int) -> None:
        self.size += size
        if not self._writing:
            self._writing = True
            self.progress_at = time.monotonic()
            gevent.spawn(self._write)

    def _write(self) -> None:
        try:
            while self._frames or self._urgent:
                self._send(self._batch())
                gevent.sleep(0)
        except OSError:
            self.ended = True
            self.drop()
            self.size = 0
        finally:
            self._writing = False
            self._moved.set()

    def _batch(self) -> bytes:
        """Control frames, and as many others as make a fair write."""
        urgent, count, size = b"".join(self._urgent.values()), 0, 0
        while count < len(self._frames) and (not count or size + len(self._frames[count]) <= BATCH):
            size += len(self._frames[count])
            count += 1
        batch = b"".join([urgent, *self._frames[:count]] if urgent else self._frames[:count])
        self._urgent.clear()
        del self._frames[:count]
        return batch

    def _send(self, data: bytes) -> None:
        """A socket under gevent may take a part only."""
        rest = memoryview(data)
        while rest:
            sent = self._connection.send(rest)
            rest = rest[sent:]
            self.size -= sent
            self.progress_at = time.monotonic()
            self._moved.set()
