"""What waits to be written. One greenlet at a time writes it: frames leave whole, in order, never mixed."""

import socket
import struct
import time
from collections import deque
from collections.abc import Callable

import gevent
from gevent.event import Event
from wsproto.frame_protocol import FrameProtocol, Opcode

from app.sockets.memory import Charge, budget

BATCH = 64 * 1024  # bytes; small frames are written together up to this
MAX_FRAMES = 1024
MAX_CONTROL = 16  # pings and pongs

Frame = bytes | bytearray
control = FrameProtocol(client=False, extensions=[])  # for pings, pongs and closes: it would copy a big text thrice


def text_frame(data: str | bytes) -> bytes:
    """``bytes`` are UTF-8 already. Half a surrogate pair becomes a question mark."""
    payload = data if isinstance(data, bytes) else data.encode("utf-8", "replace")
    first, size = 0x80 | Opcode.TEXT, len(payload)
    if size < 126:
        return struct.pack("!BB", first, size) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


class SendQueue:
    """The queue of one socket. The writing greenlet lives only while there is something to write."""

    __slots__ = ("_charge", "_control", "_frames", "_max_size", "_moved", "_sock", "_writing", "closed", "progress_at")

    def __init__(self, sock: socket.socket, max_size: int) -> None:
        self._sock = sock
        self._max_size = max_size
        self._frames: list[Frame] = []
        self._control: deque[Frame] = deque()
        self._moved = Event()
        self._writing = False
        self._charge = Charge(budget)
        self.closed = False  # takes no more
        self.progress_at = 0.0

    def put(self, frame: Frame, timeout: float) -> bool:
        """Queues a frame, waiting up to ``timeout`` seconds for room; False when it was not taken."""
        if self._is_full:
            self._wait_while(lambda: self._is_full, timeout)
        if self._is_full or self.closed:
            return False
        self._frames.append(frame)
        self._start(len(frame))
        return True

    def put_control(self, frame: Frame) -> None:
        """A ping or pong, before what waits. Of many the newest are kept."""
        if self.closed:
            return
        if len(self._control) >= MAX_CONTROL:
            self.size -= len(self._control.popleft())
        self._control.append(frame)
        self._start(len(frame))

    def put_last(self, frame: Frame) -> None:
        """Nothing is taken after it."""
        if not self.closed:
            self.closed = True
            self._frames.append(frame)
            self._start(len(frame))

    def clear(self) -> None:
        """Drops what waits, but for the frame that is on its way."""
        self.size -= sum(map(len, self._frames)) + sum(map(len, self._control))
        self._frames.clear()
        self._control.clear()
        self._moved.set()

    def flush(self, timeout: float) -> None:
        """Waits until all has left, or nothing more can."""
        self._wait_while(lambda: self._writing, timeout)

    @property
    def size(self) -> int:
        """Bytes that have not left."""
        return self._charge.size

    @size.setter
    def size(self, size: int) -> None:
        self._charge.set(size)

    @property
    def _is_full(self) -> bool:
        """A reader that keeps up has room for a frame, however much the others hold."""
        most = 1 if budget.is_spent else self._max_size
        return (self.size >= most or len(self._frames) >= MAX_FRAMES) and not self.closed

    def _wait_while(self, condition: Callable[[], bool], timeout: float) -> None:
        with gevent.Timeout(timeout, False):
            while condition():
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
            while self._frames or self._control:
                self._send(self._batch())
                gevent.sleep(0)
        except OSError:
            self.closed = True
            self.clear()
            self.size = 0
        finally:
            self._writing = False
            self._moved.set()

    def _batch(self) -> bytes:
        """Control frames, and as many others as make a fair write."""
        count = size = 0
        while count < len(self._frames) and (not count or size + len(self._frames[count]) <= BATCH):
            size += len(self._frames[count])
            count += 1
        batch = b"".join([*self._control, *self._frames[:count]])
        self._control.clear()
        del self._frames[:count]
        return batch

    def _send(self, data: bytes) -> None:
        """A socket under gevent may take a part only."""
        rest = memoryview(data)
        while rest:
            sent = self._sock.send(rest)
            rest = rest[sent:]
            self.size -= sent
            self.progress_at = time.monotonic()
            self._moved.set()
