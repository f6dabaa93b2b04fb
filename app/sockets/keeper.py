"""The open sockets of this process: kept alive, cut when their peers are gone, told when the process goes down."""

import time
from weakref import WeakSet

import gevent

from app.core.errors import Unavailable
from app.sockets.interfaces import Code
from app.sockets.socket import Socket

TICK = 1.0  # seconds


class Keeper:
    """One greenlet looks after all sockets: timers for each would cost more."""

    def __init__(self) -> None:
        self._open: WeakSet[Socket] = WeakSet()
        self._greenlet: gevent.Greenlet | None = None
        self._draining = False

    @property
    def draining(self) -> bool:
        """Whether the process is going down."""
        return self._draining

    def admit(self) -> None:
        """Raises ``Unavailable`` when the process is going down."""
        if self._draining:
            raise Unavailable("The service is restarting", retry_after=1)

    def add(self, socket: Socket) -> None:
        self._open.add(socket)
        if self._greenlet is None or self._greenlet.dead:
            self._greenlet = gevent.spawn(self._look_after)

    def remove(self, socket: Socket) -> None:
        self._open.discard(socket)

    def drain(self) -> None:
        """Says goodbye to everybody: they connect again, to another process."""
        self._draining = True
        for socket in list(self._open):
            socket.close(Code.RESTARTING, "The service is restarting")

    def __len__(self) -> int:
        return len(self._open)

    def _look_after(self) -> None:
        while self._open:
            gevent.sleep(TICK)
            now = time.monotonic()
            for socket in list(self._open):
                socket.tick(now)


keeper = Keeper()
