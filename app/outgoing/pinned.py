"""One request to an address that a user named: resolved and checked once, connected to what was checked, one deadline.

Socket timeouts start anew with each byte, and under gevent a fast peer could keep every other greenlet waiting. So the
socket never blocks: each step asks the deadline, yields, and counts what came.
"""

import functools
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from typing import TYPE_CHECKING, TypeVar, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.util.wait import wait_for_read, wait_for_write

from app.outgoing.addresses import Target, permitted
from app.outgoing.interfaces import Deadline, Resolve
from app.outgoing.session import Session, trust

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FAULTS = (OSError, HTTPException, HTTPError, ValueError)  # whatever a peer can make of an exchange
RECEIVED_LIMIT = 4 * 1024 * 1024  # bytes on the wire, headers and framing included
BLOCK = 64 * 1024

T = TypeVar("T")
Wait = Callable[[socket.socket, float], object]


@contextmanager
def exchange(
    method: str,
    target: Target,
    headers: Mapping[str, str],
    body: bytes | None,
    allow: frozenset[str],
    deadline: Deadline,
    resolve: Resolve,
) -> Iterator[requests.Response]:
    """The response, its body unread. Raises ``FetchRefused`` before anything is sent, and ``FAULTS``."""
    with Session(PinnedAdapter(target, allow, deadline, resolve)) as session:
        yield session.request(method, target.url, headers=headers, data=body, stream=True)


class PinnedAdapter(HTTPAdapter):
    """For one request. The certificate must be the name's, though the connection goes to an address."""

    def __init__(self, target: Target, allow: frozenset[str], deadline: Deadline, resolve: Resolve) -> None:
        super().__init__()
        self._target, self._allow, self._deadline, self._resolve = target, allow, deadline, resolve
        self._opened = ExitStack()

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        target = self._target
        connection = HTTPConnection(target.host, target.port)
        connection.sock = _Channel(self._connect(), self._deadline)
        own = {"Host": target.authority, "Connection": "close"}
        headers, body = cast(Mapping[str, str], request.headers), cast(bytes | None, request.body)
        connection.request(str(request.method), target.path, body, own | dict(headers), preload_content=False)
        return self.build_response(request, connection.getresponse())

    def close(self) -> None:
        self._opened.close()
        super().close()

    def _connect(self) -> socket.socket:
        target, deadline = self._target, self._deadline
        addresses = permitted(target, self._allow, deadline, self._resolve)
        sock = self._opened.enter_context(_connected(addresses, target.port, deadline))
        if target.scheme == "https":
            name = target.host.removesuffix(".")
            secure = trust().wrap_socket(sock, server_hostname=name, do_handshake_on_connect=False)
            sock = self._opened.enter_context(secure)
            _when_ready(sock, deadline, secure.do_handshake)
        return sock


def _connected(addresses: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    """To the first address that answers; they share the time that is left."""
    fault: OSError = OSError("no address")
    for left in range(len(addresses), 0, -1):
        try:
            sock = socket.create_connection((addresses[-left], port), deadline.left() / left)
        except OSError as error:
            fault = error
        else:
            sock.setblocking(False)
            return sock
    raise fault


def _when_ready(sock: socket.socket, deadline: Deadline, do: Callable[[], T], waits: Wait = wait_for_read) -> T:
    """Tries until the socket lets it. ``waits`` is for a plain socket; TLS says itself what it waits for."""
    while True:
        deadline.left()
        time.sleep(0)  # lets other greenlets run, also when the peer never lets this one wait
        try:
            return do()
        except ssl.SSLWantReadError:
            wait_for_read(sock, deadline.left())
        except ssl.SSLWantWriteError:
            wait_for_write(sock, deadline.left())
        except BlockingIOError:
            waits(sock, deadline.left())


class _Channel(io.RawIOBase):
    """As much of a socket as ``http.client`` uses. Reads up to a limit: headers and framing could go on for ever."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._received = 0

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            send = functools.partial(self._sock.send, rest[:BLOCK])
            rest = rest[_when_ready(self._sock, self._deadline, send, wait_for_write) :]

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        return io.BufferedReader(self, BLOCK)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        count = _when_ready(self._sock, self._deadline, functools.partial(self._sock.recv_into, buffer))
        self._received += count
        if self._received > RECEIVED_LIMIT:
            raise OSError("more was sent than is read")
        return count

    def settimeout(self, _: float | None) -> None:
        """The deadline is kept elsewhere."""

    def close(self) -> None:
        """``http.client`` does so before the body is read; the adapter closes the socket."""
