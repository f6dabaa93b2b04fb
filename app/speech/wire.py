"""A vendor's HTTP: one pool of connections per vendor, a deadline that holds whatever the peer does, our own errors."""

import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import gevent
import urllib3
from urllib3 import exceptions as faults

from app.speech.interfaces import ErrorKind, SpeechError

KEPT = 64  # idle connections
LARGEST = 32 * 1024 * 1024
PIECE = 64 * 1024
CONNECT = 5.0  # seconds
STATUSES = {
    401: ErrorKind.AUTH,
    403: ErrorKind.AUTH,
    408: ErrorKind.OVERLOADED,
    409: ErrorKind.OVERLOADED,
    425: ErrorKind.OVERLOADED,
    429: ErrorKind.RATE_LIMIT,
}


class Wire:
    def __init__(self, name: str, base_url: str, headers: Mapping[str, str]) -> None:
        url = urlsplit(base_url)
        tls = {"ssl_context": ssl.create_default_context()} if url.scheme == "https" else {}
        self.name = name
        self._path = url.path.rstrip("/")
        self._headers = dict(headers)
        self._pool = urllib3.connection_from_url(base_url, maxsize=KEPT, retries=False, **tls)

    def post_json(self, path: str, body: Any, deadline: float) -> bytes:
        return self.post(path, json.dumps(body).encode(), "application/json", deadline)

    def post(self, path: str, body: bytes, content_type: str, deadline: float) -> bytes:
        """The body of the answer. Raises ``SpeechError``."""
        timer = gevent.Timeout.start_new(deadline)
        try:
            return self._exchange(path, body, content_type, deadline)
        except gevent.Timeout as late:
            if late is not timer:
                raise
            raise SpeechError(ErrorKind.TIMEOUT, self.name) from None
        except faults.HTTPError as error:
            raise SpeechError(_kind_of(error), self.name, detail=type(error).__name__) from None
        finally:
            timer.close()

    def junk(self, detail: str) -> SpeechError:
        return SpeechError(ErrorKind.JUNK, self.name, detail=detail)

    def _exchange(self, path: str, body: bytes, content_type: str, deadline: float) -> bytes:
        response = self._pool.urlopen(
            "POST",
            self._path + path,
            body=body,
            headers=self._headers | {"Content-Type": content_type},
            timeout=urllib3.Timeout(connect=min(CONNECT, deadline), total=deadline),
            redirect=False,
            preload_content=False,
        )
        try:
            answer = self._read(response)
        except BaseException:
            response.close()  # a connection with half an answer in it is of no use
            raise
        response.release_conn()
        if response.status != 200:
            raise SpeechError(
                of_status(response.status), self.name, _seconds(response.headers), f"status {response.status}"
            )
        return answer

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        got = bytearray()
        for piece in response.stream(PIECE):
            got += piece
            if len(got) > LARGEST:
                raise self.junk("too large")
        return bytes(got)


def of_status(status: int) -> ErrorKind:
    return STATUSES.get(status) or (ErrorKind.OVERLOADED if status >= 500 else ErrorKind.REFUSED)


def _kind_of(error: faults.HTTPError) -> ErrorKind:
    late = isinstance(error, faults.TimeoutError) and not isinstance(error, faults.NewConnectionError)
    return ErrorKind.TIMEOUT if late else ErrorKind.CONNECTION


def _seconds(headers: Mapping[str, str]) -> float | None:
    """``Retry-After``, when it is a number."""
    value = headers.get("retry-after", "").strip()
    return float(value) if value.isascii() and value.isdigit() else None
