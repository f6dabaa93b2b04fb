"""The client's address. Forwarded headers count only when the connection comes from a proxy that we were told of."""

from collections.abc import Iterable
from contextlib import ExitStack
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from werkzeug.wsgi import ClosingIterator

from app.config.settings import Settings
from app.web.address_limit import AddressLimit, TrustedNetworks

UNSET = "TRUSTED_PROXIES is not set: behind a proxy all clients are one address, and share its limits."

log = structlog.get_logger()


def warn_if_unset(settings: Settings) -> None:
    """In production there is a proxy in front, for the service speaks no TLS."""
    if settings.production and not settings.trusted_proxies:
        log.warning("trusted_proxies_unset", hint=UNSET)


class TrustedProxies:
    """WSGI middleware: ``REMOTE_ADDR`` and the scheme as the outermost trusted proxy saw them.

    A proxy's connections are many clients': there each client's running requests are counted instead.
    """

    def __init__(self, application: WSGIApplication, trusted: TrustedNetworks, limit: AddressLimit) -> None:
        self._application = application
        self._trusted = trusted
        self._limit = limit

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("REMOTE_ADDR", "") not in self._trusted:
            return self._application(environ, start_response)
        self._unwrap(environ)
        with ExitStack() as stack:
            if not stack.enter_context(self._limit.counted(environ["REMOTE_ADDR"])):
                return _refused(start_response)
            answer = self._application(environ, start_response)
            return ClosingIterator(answer, stack.pop_all().close)

    def _unwrap(self, environ: WSGIEnvironment) -> None:
        """The chain is read from our side: the first address that is no proxy of ours is the client."""
        chain = [
            _without_port(hop.strip()) for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()
        ]
        client = next((hop for hop in reversed(chain) if hop not in self._trusted), chain[0] if chain else "")
        if client:
            environ["REMOTE_ADDR"] = client
        if environ.get("HTTP_X_FORWARDED_PROTO", "") in {"http", "https"}:
            environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]


def _without_port(hop: str) -> str:
    """Some proxies name the client's port as well: ``192.0.2.1:4711``, ``[2001:db8::1]:4711``."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _refused(start_response: StartResponse) -> Iterable[bytes]:
    start_response("429 Too Many Requests", [("Retry-After", "5"), ("Content-Length", "0")])
    return []
