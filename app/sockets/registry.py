"""The open sockets of this process: pinged, cut when their peers are gone, closed when the process goes down."""

import time
from collections import Counter
from weakref import WeakSet

import gevent
from wsproto.frame_protocol import CloseReason

from app.core.errors import Unavailable
from app.sockets.socket import Socket

TICK = 1.0  # seconds


class ConnectionRegistry:
    """One greenlet looks after all sockets: timers for each would cost more."""

    def __init__(self) -> None:
        self._open: WeakSet[Socket] = WeakSet()
        self._greenlet: gevent.Greenlet | None = None
        self.draining = False  # the process is going down

    def add(self, socket: Socket) -> None:
        """Raises ``Unavailable`` when the process is going down."""
        if self.draining:
            raise Unavailable("The service is restarting", retry_after=1)
        self._open.add(socket)
        if self._greenlet is None or self._greenlet.dead:
            self._greenlet = gevent.spawn(self._tick)

    def remove(self, socket: Socket) -> None:
        self._open.discard(socket)

    def counts(self) -> dict[str, int]:
        """Of those that are open, by route."""
        return dict(Counter(socket.route for socket in self._open if socket.connected))

    def drain(self) -> None:
        """Closes all: their clients connect again, to another process."""
        self.draining = True
        for socket in list(self._open):
            socket.close(CloseReason.SERVICE_RESTART, "The service is restarting")

    def _tick(self) -> None:
        while self._open:
            gevent.sleep(TICK)
            now = time.monotonic()
            for socket in list(self._open):
                socket.tick(now)


connections = ConnectionRegistry()
