"""One request over a connection of its own, made to an address that was checked, with one deadline for all of it.

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
from typing import TYPE_CHECKING, Any, TypeVar

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from urllib3.util.wait import wait_for_read, wait_for_write

from app.outgoing.addresses import Target, permitted
from app.outgoing.interfaces import Deadline, Resolve

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FAULTS = (OSError, HTTPException, HTTPError, ValueError)  # whatever a peer can make of an exchange
RECEIVED_LIMIT = 4 * 1024 * 1024  # bytes on the wire, headers and framing included
BLOCK = 64 * 1024

T = TypeVar("T")


@contextmanager
def exchange(
    method: str,
    target: Target,
    headers: Mapping[str, str],
    body: bytes | None,
    allow: frozenset[str],
    deadline: Deadline,
    resolve: Resolve,
) -> Iterator[HTTPResponse]:
    """The response, its body unread. Raises ``FetchRefused`` before anything is sent, and ``FAULTS``."""
    sock = _opened(permitted(target, allow, deadline, resolve), target.port, deadline)
    try:
        if target.scheme == "https":
            sock = trust().wrap_socket(sock, server_hostname=_certified(target), do_handshake_on_connect=False)
            _when_ready(sock, deadline, sock.do_handshake)
        connection = HTTPConnection(target.host, target.port)
        connection.sock = _Channel(sock, deadline)
        own = {"Host": target.authority, "Connection": "close"}
        connection.request(method, target.path, body, {**own, **headers}, preload_content=False)
        yield connection.getresponse()
    finally:
        sock.close()


@functools.cache
def trust() -> ssl.SSLContext:
    """The system's certificates, loaded once."""
    return ssl.create_default_context()


def _opened(addresses: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    """Connected to the first address that answers; they share the time that is left."""
    fault: OSError = OSError("no address")
    for left in range(len(addresses), 0, -1):
        try:
            return _connected(addresses[-left], port, deadline.left() / left)
        except OSError as error:
            fault = error
    raise fault


def _connected(address: str, port: int, seconds: float) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    with ExitStack() as otherwise:
        otherwise.callback(sock.close)
        sock.settimeout(seconds)
        sock.connect((address, port))
        sock.setblocking(False)
        otherwise.pop_all()
    return sock


def _certified(target: Target) -> str:
    """The name that the certificate must bear."""
    return target.host.removesuffix(".")


def _when_ready(sock: socket.socket, deadline: Deadline, do: Callable[[], T], waits: Any = wait_for_read) -> T:
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


class _Channel:
    """As much of a socket as ``http.client`` uses."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            block = rest[:BLOCK]
            sent = _when_ready(self._sock, self._deadline, functools.partial(self._sock.send, block), wait_for_write)
            rest = rest[sent:]

    def receive_into(self, buffer: "WriteableBuffer") -> int:
        return _when_ready(self._sock, self._deadline, functools.partial(self._sock.recv_into, buffer))

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self), BLOCK)

    def settimeout(self, _: float | None) -> None:
        """The deadline is kept elsewhere."""

    def close(self) -> None:
        """``http.client`` does so before the body is read; whoever opened the socket closes it."""


class _Incoming(io.RawIOBase):
    """The bytes that come, up to a limit: headers, framing and empty compressed blocks could go on for ever."""

    def __init__(self, channel: _Channel) -> None:
        self._channel = channel
        self._received = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        count = self._channel.receive_into(buffer)
        self._received += count
        if self._received > RECEIVED_LIMIT:
            raise OSError("more was sent than is read")
        return count
