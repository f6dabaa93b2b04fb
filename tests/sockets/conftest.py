"""A server's socket on one end of a pair, its client on the other; and gunicorn with routes made for tests."""

import signal
from collections.abc import Callable, Iterator

import gevent
import pytest
import websocket
from flask import Flask
from gevent import socket as sockets

from app.sockets.socket import MAX_QUEUED, Socket
from tests.gunicorn import Web

Connect = Callable[..., websocket.WebSocket]
APPLICATION = "tests.sockets.wsgi:app"
HANDSHAKE = {
    "REQUEST_METHOD": "GET",
    "HTTP_CONNECTION": "Upgrade",
    "HTTP_UPGRADE": "websocket",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
}


class Pair:
    """``here`` is ours; ``peer`` is a real client's, past its handshake."""

    def __init__(self, max_message_size: int = 1 << 20, max_queued: int = MAX_QUEUED, admitted: bool = True) -> None:
        ours, theirs = sockets.socketpair()
        self.here = Socket(HANDSHAKE | {"gunicorn.socket": ours}, max_message_size, max_queued)
        if admitted:
            self.here.admit()
        self.raw = theirs
        self.here.receive(timeout=0)
        assert theirs.recv(4096).startswith(b"HTTP/1.1 101 ")
        self.peer = websocket.WebSocket(skip_utf8_validation=True)
        self.peer.sock, self.peer.connected = theirs, True
        self.peer.settimeout(20)

    def goodbye(self) -> int:
        """The code that the client is told."""
        while True:
            opcode, frame = self.peer.recv_data_frame(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int.from_bytes(frame.data[:2], "big")


@pytest.fixture
def pair() -> Iterator[Callable[..., Pair]]:
    made: list[Pair] = []

    def make(**kwargs: int) -> Pair:
        made.append(Pair(**kwargs))
        return made[-1]

    yield make
    for one in made:
        one.here.cut()
        one.raw.close()
    gevent.sleep(0)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Opens client sockets on a web process."""
    opened: list[websocket.WebSocket] = []

    def open_one(web: Web, path: str, **kwargs: object) -> websocket.WebSocket:
        url = f"ws://127.0.0.1:{web.port}{path}"
        opened.append(websocket.create_connection(url, timeout=20, **kwargs))
        return opened[-1]

    yield open_one
    for one in opened:
        one.shutdown()


@pytest.fixture(scope="package")
def shared(environ: dict[str, str], app: Flask) -> Iterator[Web]:
    started = Web(environ, APPLICATION)
    started.await_ready()
    yield started
    started.stop(signal.SIGKILL)


@pytest.fixture
def web(shared: Web) -> Iterator[Web]:
    """A process for all these tests; whatever they do to it, it has nothing to complain of."""
    before = shared.said()
    yield shared
    assert shared.said() == before
