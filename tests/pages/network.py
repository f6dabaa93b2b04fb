"""A network between a page and a web process, which can be cut."""

import socket
from contextlib import suppress

import gevent
from gevent.server import StreamServer


class Network:
    """The way from a page to a web process."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: list[socket.socket] = []
        self._server = StreamServer(("127.0.0.1", 0), self._carry)
        self._server.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def cut(self) -> None:
        """Nothing that is under way arrives."""
        for end in self._ends:
            end.close()
        self._ends.clear()

    def stop(self) -> None:
        self._server.stop()
        self.cut()

    def _carry(self, near: socket.socket, _: object) -> None:
        far = socket.create_connection(("127.0.0.1", self._port))
        self._ends += [near, far]
        gevent.joinall([gevent.spawn(pump, near, far), gevent.spawn(pump, far, near)])


def pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
