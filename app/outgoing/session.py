"""requests, as we use it: it follows nothing, keeps no cookies, and trusts the system's certificates.

``Client`` asks hosts that the operator has named. For addresses that users name there is ``pinned``.
"""

import functools
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

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

    def request(
        self,
        method: str,
        url: str,
        *,
        seconds: float,
        max_size: int,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Raises ``requests.Timeout``, ``AnswerTooLarge`` and other ``requests.RequestException``."""
        timer = gevent.Timeout.start_new(seconds)
        timeout = min(CONNECT_TIMEOUT, seconds), seconds
        try:
            with self._session.request(
                method, url, headers=headers, data=body, timeout=timeout, stream=True
            ) as response:
                return Answer(response.status_code, response.headers, _read(response, max_size))
        except gevent.Timeout as late:
            if late is not timer:
                raise
            raise requests.Timeout("The deadline has passed") from None
        finally:
            timer.close()


def _read(response: requests.Response, max_size: int) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(CHUNK):
        body += chunk
        if len(body) > max_size:
            raise AnswerTooLarge
    return bytes(body)


class _Adapter(HTTPAdapter):
    """requests would trust its own list of certificates, and load it for each connection."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=trust(), **kwargs)

    def cert_verify(self, *args: Any) -> None:
        """The context verifies."""


@functools.cache
def trust() -> ssl.SSLContext:
    """The system's certificates, loaded once."""
    return ssl.create_default_context()
