"""The client's address. Forwarded headers count only when the connection comes from a proxy that we were told of."""

import ipaddress
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TrustedProxies:
    """WSGI middleware: ``REMOTE_ADDR`` and the scheme as the outermost trusted proxy saw them."""

    def __init__(self, application: WSGIApplication, trusted: Iterable[str]) -> None:
        self._application = application
        self._networks = [ipaddress.ip_network(entry, strict=False) for entry in trusted]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            self._unwrap(environ)
        return self._application(environ, start_response)

    def _unwrap(self, environ: WSGIEnvironment) -> None:
        """The chain is read from our side: the first address that is no proxy of ours is the client."""
        chain = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        client = next((hop for hop in reversed(chain) if not self._trusts(hop)), chain[0] if chain else "")
        if client:
            environ["REMOTE_ADDR"] = client
        if environ.get("HTTP_X_FORWARDED_PROTO", "") in {"http", "https"}:
            environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]

    def _trusts(self, address: str) -> bool:
        try:
            hop = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(hop in network for network in self._networks)
