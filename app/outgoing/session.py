"""requests, as we use it: it follows nothing, keeps no cookies, and trusts the system's certificates.

``Client`` asks hosts that the operator has named. For addresses that users name there is ``pinned``.
"""

import functools
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy

import gevent
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

CONNECT_TIMEOUT = 5.0  # seconds
CHUNK = 64 * 1024


class AnswerTooLarge(requests.RequestException):
    pass


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Session(requests.Session):
    """``from_environment`` lets it use the proxies that the environment names."""

    def __init__(self, adapter: HTTPAdapter, from_environment: bool = False) -> None:
        super().__init__()
        self.trust_env = from_environment
        self.headers.clear()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is looked at here: requests would read its body first, however large."""


class Client:
    """Kept connections, one deadline per call, bounded answers. For processes on gevent."""

    def __init__(self, *, kept: int = 10, retries: Retry | int = 0, from_environment: bool = False) -> None:
        self._session = Session(_Adapter(pool_maxsize=kept, max_retries=retries), from_environment)

    def send(self, request: requests.Request, *, seconds: float, max_size: int) -> Answer:
        """Raises ``requests.Timeout``, ``AnswerTooLarge`` and other ``requests.RequestException``."""
        answer: Answer | None = gevent.with_timeout(seconds, self._send, request, seconds, max_size, timeout_value=None)
        if answer is None:
            raise requests.Timeout("The deadline has passed")
        return answer

    def _send(self, request: requests.Request, seconds: float, max_size: int) -> Answer:
        timeout = min(CONNECT_TIMEOUT, seconds), seconds
        prepared = self._session.prepare_request(request)
        with self._session.send(prepared, timeout=timeout, stream=True) as response:
            return Answer(response.status_code, response.headers, _read(response, max_size))


def _read(response: requests.Response, max_size: int) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(CHUNK):
        body += chunk
        if len(body) > max_size:
            raise AnswerTooLarge
    return bytes(body)


class _Adapter(HTTPAdapter):
    """requests would trust its own list of certificates, and load it for each connection."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: object) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=trust(), **options)

    def cert_verify(self, *_: object) -> None:
        """The context verifies."""


@functools.cache
def trust() -> ssl.SSLContext:
    """The system's certificates, loaded once."""
    return ssl.create_default_context()
