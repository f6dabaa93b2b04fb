"""gunicorn's gevent worker with deadlines for requests, and a limit of connections for each address."""

import socket
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from typing import Any

from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.http.errors import NoMoreData
from gunicorn.http.message import Request
from gunicorn.workers.ggevent import GeventWorker

from app.core.errors import RequestTimeout

HEADERS = 10.0  # seconds
IDLE = 5.0  # seconds until the next request on a connection that is kept
BODY = 30.0  # seconds, and one more for each
ACCEPTED = 32  # connections at each turn of the loop
GLANCE = 0.5  # seconds for the first bytes of a connection beyond the limit
HEALTH = b"GET /health"
PER_SECOND = 64 * 1024  # bytes that have come
LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_MANY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Client:
    """A socket as the parser sees it: each ``recv`` asks what is left for the headers or the body."""

    def __init__(self, sock: socket.socket, headers: float = 0.0, idle: float | None = None) -> None:
        self._sock = sock
        self._idle = IDLE if idle is None else idle
        self._kept = False  # it has had an answer
        self._is_idle = False
        self._in_body = False
        self._received = 0
        self._deadline = time.monotonic() + (headers or HEADERS)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    @property
    def raw(self) -> socket.socket:
        return self._sock

    def recv(self, size: int) -> bytes:
        """Raises ``RequestTimeout``; on a kept connection, where it would answer nothing, ``NoMoreData``."""
        try:
            data = self._timed(size)
        except TimeoutError:
            raise NoMoreData if self._kept and not self._in_body else RequestTimeout from None
        self._received += len(data)
        if self._is_idle:
            self._is_idle, self._deadline = False, time.monotonic() + HEADERS
        return data

    def expect_body(self) -> None:
        self._in_body, self._received = True, 0
        self._deadline = time.monotonic() + BODY

    def expect_request(self) -> None:
        self._in_body, self._received = False, 0
        self._kept = self._is_idle = True
        self._deadline = time.monotonic() + self._idle

    def _timed(self, size: int) -> bytes:
        earned = self._received / PER_SECOND if self._in_body else 0
        left = self._deadline + earned - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        try:
            return self._sock.recv(size)
        finally:
            self._sock.settimeout(None)


class Worker(GeventWorker):
    def load_wsgi(self) -> None:
        """Imports the application, which must not come before gevent has patched."""
        super().load_wsgi()
        from app.config.settings import Settings
        from app.web.address_limit import AddressLimit
        from app.web.container import resolve_from
        from app.web.proxies import warn_if_unset

        self._limit = resolve_from(self.wsgi, AddressLimit)
        warn_if_unset(resolve_from(self.wsgi, Settings))

    def server_class(self, listener: socket.socket, *, spawn: Pool, **_: object) -> StreamServer:
        """With several processes gunicorn's own takes one connection at each turn of the loop, and a busy loop turns
        twenty times a second: whoever comes then, waits for half a minute in the queue of all."""
        server = StreamServer(listener, handle=partial(self.handle, listener), spawn=spawn)
        server.max_accept = ACCEPTED
        return server

    def timeout_ctx(self) -> AbstractContextManager[None]:
        """The client's own deadlines take the place of gunicorn's, which hangs up without a word."""
        return nullcontext()

    def handle(self, listener: socket.socket, client: socket.socket, addr: Any) -> None:
        with self._limit.counted(addr[0] if isinstance(addr, tuple) else "") as admitted:
            if admitted:
                super().handle(listener, Client(client), addr)
            elif _asks_for_health(client):
                super().handle(listener, Client(client, headers=GLANCE, idle=0.0), addr)
            else:
                _refuse(client, TOO_MANY)

    def handle_request(self, listener_name: Any, req: Request, sock: Client, addr: Any) -> Any:
        """The application gets the socket itself: a WebSocket keeps time in its own way."""
        sock.expect_body()
        try:
            return super().handle_request(listener_name, req, sock.raw, addr)
        finally:
            sock.expect_request()

    def handle_error(self, req: Request | None, client: Client, addr: Any, exc: BaseException) -> None:
        if isinstance(exc, RequestTimeout):
            _refuse(client.raw, LATE)
        else:
            super().handle_error(req, client, addr, exc)


def _asks_for_health(client: socket.socket) -> bool:
    """Who watches the service may share the address of who floods it."""
    client.settimeout(GLANCE)
    try:
        return client.recv(len(HEALTH), socket.MSG_PEEK) == HEALTH
    except OSError:
        return False
    finally:
        client.settimeout(None)


def _refuse(client: socket.socket, answer: bytes) -> None:
    with suppress(OSError):
        client.settimeout(1)
        client.sendall(answer)
        client.shutdown(socket.SHUT_WR)
    client.close()
