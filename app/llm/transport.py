"""The SDKs' HTTP over urllib3, which costs far less per chunk under gevent than their default does.

A connection returns to the pool only when its body was read to the end; anything else closes it.
"""

import socket
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx2
import urllib3
from urllib3 import exceptions as urllib3_errors
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection

from app.llm import read_coalescing
from app.llm.deadlines import Call, current
from app.outgoing import lookups

POOL_SIZE = 4096  # connections kept per host, not a limit: more are opened, and dropped after use

# the first that fits counts
ERRORS: tuple[tuple[type[urllib3_errors.HTTPError], type[httpx2.TransportError]], ...] = (
    (urllib3_errors.NewConnectionError, httpx2.ConnectError),
    (urllib3_errors.ConnectTimeoutError, httpx2.ConnectTimeout),
    (urllib3_errors.ReadTimeoutError, httpx2.ReadTimeout),
    (urllib3_errors.SSLError, httpx2.ConnectError),
    (urllib3_errors.ProtocolError, httpx2.RemoteProtocolError),
    (urllib3_errors.LocationValueError, httpx2.UnsupportedProtocol),
    (urllib3_errors.HTTPError, httpx2.ReadError),
)


class PooledTransport(httpx2.BaseTransport):
    """Ignores proxies of the environment, follows no redirect, retries nothing, decodes nothing."""

    def __init__(self) -> None:
        self._pools: dict[tuple[str, str, int | None], urllib3.HTTPConnectionPool] = {}
        self._tls = httpx2.create_ssl_context()  # made once: loading the trusted certificates takes 10 ms and more

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        call = current()
        try:
            raw = self._pool(request.url).urlopen(
                request.method,
                request.url.raw_path.decode("ascii"),
                body=request.read(),
                headers={name.decode("ascii"): value.decode("latin-1") for name, value in request.headers.raw},
                timeout=_timeout(request, call),
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except urllib3_errors.HTTPError as error:
            raise _translated(error) from error
        if call is not None:
            call.headers_came()
        return httpx2.Response(raw.status, headers=list(raw.headers.iteritems()), stream=_Body(raw))

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _pool(self, url: httpx2.URL) -> urllib3.HTTPConnectionPool:
        key = (url.scheme, url.host, url.port)
        return self._pools.get(key) or self._pools.setdefault(key, self._new_pool(*key))

    def _new_pool(self, scheme: str, host: str, port: int | None) -> urllib3.HTTPConnectionPool:
        if scheme == "http":
            return _Pool(host, port, maxsize=POOL_SIZE, block=False, retries=False)
        return _TLSPool(host, port, maxsize=POOL_SIZE, block=False, retries=False, ssl_context=self._tls)


def client() -> httpx2.Client:
    """For an SDK's ``http_client``. Bodies come as they are sent: a compressed stream could hold deltas back."""
    return httpx2.Client(transport=PooledTransport(), trust_env=False, headers={"accept-encoding": "identity"})


class _Body(httpx2.SyncByteStream):
    def __init__(self, raw: urllib3.BaseHTTPResponse) -> None:
        self._raw = raw

    def __iter__(self) -> Iterator[bytes]:
        read = self._raw.read1
        try:
            while data := read():
                yield data
        except urllib3_errors.HTTPError as error:
            raise _translated(error) from error

    def close(self) -> None:
        self._raw.close()


def _timeout(request: httpx2.Request, call: Call | None) -> urllib3.Timeout:
    if call is not None:
        return urllib3.Timeout(connect=call.connect, read=call.left())
    timeout = request.extensions.get("timeout", {})
    return urllib3.Timeout(connect=timeout.get("connect"), read=timeout.get("read"))


def _translated(error: urllib3_errors.HTTPError) -> httpx2.TransportError:
    kind = next(theirs for ours, theirs in ERRORS if isinstance(error, ours))
    return kind(type(error).__name__)


class _Attached(HTTPConnection):
    """Tells the call in progress which socket it runs on, so that its deadlines can end it."""

    response_class = read_coalescing.Response

    def _new_conn(self) -> socket.socket:
        """Shares the connect timeout between the look-up of the name and its addresses; urllib3 would grant it to each
        of them."""
        give_up = time.monotonic() + self.timeout if self.timeout else None
        try:
            hosts = lookups.operators.addresses(self._dns_host, self.timeout)
        except TimeoutError as error:
            raise urllib3_errors.ConnectTimeoutError(self, type(error).__name__) from error
        except socket.gaierror as error:
            raise urllib3_errors.NameResolutionError(self.host, self, error) from error
        sock = self._first_of(hosts, give_up)
        _attach(sock)
        return sock

    def _first_of(self, hosts: Sequence[str], give_up: float | None) -> socket.socket:
        for left in range(len(hosts), 0, -1):
            share = max(0.001, give_up - time.monotonic()) / left if give_up else None
            try:
                return create_connection((hosts[-left], self.port), share, socket_options=self.socket_options)
            except TimeoutError as error:
                failure: urllib3_errors.HTTPError = urllib3_errors.ConnectTimeoutError(self, type(error).__name__)
            except OSError as error:
                failure = urllib3_errors.NewConnectionError(self, type(error).__name__)
        raise failure

    def connect(self) -> None:
        super().connect()
        _attach(self.sock)

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:
            _attach(self.sock)
        super().request(*args, **kwargs)


def _attach(sock: socket.socket) -> None:
    call = current()
    if call is not None:
        call.attach(sock)


class _AttachedTLS(_Attached, HTTPSConnection):
    """The same over TLS."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Attached


class _TLSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _AttachedTLS
