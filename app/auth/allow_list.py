"""Where an API key may be used from: by the contract's one list, or by lists of which each must be met.

``*`` is any host; ``.example.com`` is that domain and all below it. An empty list asks for nothing.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from urllib.parse import urlsplit

from app.config.environment import ORIGIN
from app.web.cross_origin import pattern_of

DEFAULT_PORTS = {"https": ":443", "http": ":80"}  # that browsers leave out


@dataclass(frozen=True, slots=True)
class Source:
    """Where a request came from. ``address`` is the client's, with forwarded headers already weighed."""

    origin: str
    referer: str
    host: str
    address: str


def allows(entries: Iterable[str], source: Source) -> bool:
    """True when an entry matches the page's host (with or without port), the Host asked for, or the client."""
    listed = [entry.strip().lower() for entry in entries if entry.strip()]
    if not listed:
        return True
    hosts = {name for url in (source.origin, source.referer, f"//{source.host}") for name in _hosts(url)}
    return any(_covers(entry, hosts) or _contains(entry, source.address) for entry in listed)


def normal(entry: str) -> str:
    """An entry as it is stored: a host, ``host:port``, an address or a network. Raises ``ValueError`` for nonsense."""
    text = entry.strip().lower()
    if "://" in text:
        text = urlsplit(text).netloc
    if not text or any(character.isspace() for character in text):
        raise ValueError(f"{entry!r} is no host, address or network")
    if "/" in text:
        return str(ipaddress.ip_network(text, strict=False))
    return text


@dataclass(frozen=True, slots=True)
class Restrictions:
    """Pages, our host names and client networks, kept apart: what meets one list says nothing for another."""

    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()

    @classmethod
    def of(cls, origins: Iterable[str], hosts: Iterable[str], networks: Iterable[str]) -> Self:
        """As they are stored. Raises ``ValueError`` for nonsense."""
        return cls(tuple(map(_origin, origins)), tuple(map(_host, hosts)), tuple(map(_network, networks)))

    def permit(self, source: Source) -> bool:
        at_home = not self.networks or any(_contains(network, source.address) for network in self.networks)
        asked = not self.hosts or any(_covers(host, _hosts(f"//{source.host}")) for host in self.hosts)
        return at_home and asked and self._permit_page(source)

    def _permit_page(self, source: Source) -> bool:
        """What comes from no page is no page that is listed; where networks are, they have judged it."""
        page = source.origin or source.referer
        if not self.origins or not page:
            return not self.origins or bool(self.networks)
        return any(_is_page_of(origin, page) for origin in self.origins)


def _origin(entry: str) -> str:
    """An origin, with ``*`` for its first label if wanted, or a host whatever its scheme."""
    text = entry.strip().lower().rstrip("/")
    scheme, has_scheme, rest = text.partition("://")
    if has_scheme and ORIGIN.fullmatch(text):
        return f"{scheme}://{rest.removesuffix(DEFAULT_PORTS.get(scheme, ' '))}"
    if has_scheme or "/" in text:
        raise ValueError(f"{entry!r} is no origin such as https://app.example.com")
    return normal(text)


def _host(entry: str) -> str:
    if "/" in entry:
        raise ValueError(f"{entry!r} is no host")
    return normal(entry)


def _network(entry: str) -> str:
    try:
        return str(ipaddress.ip_network(entry.strip(), strict=False))
    except ValueError:
        raise ValueError(f"{entry!r} is no address or network") from None


def _is_page_of(origin: str, page: str) -> bool:
    if "://" not in origin:
        return _covers(origin, _hosts(page))
    return bool(_pattern(origin).match(_origin_of(page)))


_pattern = lru_cache(1000)(pattern_of)


def _origin_of(page: str) -> str:
    """Of a referer, too: without its path."""
    try:
        parts = urlsplit(page.lower())
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _hosts(url: str) -> set[str]:
    try:
        parts = urlsplit(url.lower())
        return {name for name in (parts.netloc.rpartition("@")[2], parts.hostname) if name}
    except ValueError:
        return set()


def _covers(entry: str, hosts: set[str]) -> bool:
    if entry.startswith("."):
        return any(f".{host}".endswith(entry) for host in hosts)
    return entry in hosts or entry == "*"


def _contains(entry: str, address: str) -> bool:
    try:
        client = ipaddress.ip_address(address)
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
    mapped = getattr(client, "ipv4_mapped", None)
    return client in network or (mapped is not None and mapped in network)
