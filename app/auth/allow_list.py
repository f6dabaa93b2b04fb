"""Where an API key may be used from: host names of pages, our own host, or client addresses. Empty means anywhere.

``*`` is any host; ``.example.com`` is that domain and all below it.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit


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
