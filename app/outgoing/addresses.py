"""Which addresses may be connected to: public ones, whatever they are spelled like and whatever name hides them."""

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import gevent

from app.outgoing import lookups
from app.outgoing.interfaces import Deadline, FetchRefused, Resolve, Unresolved

PORTS = {"http": 80, "https": 443}
LONGEST = 2083  # characters of a URL
MOST_ADDRESSES = 8

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")  # a last label like this makes the host an IPv4 address

_IPv6 = ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
# not for us, though Python calls some of them global
_CLOSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments, Oracle's metadata among them
        "192.88.99.0/24",  # relays of 6to4
        "168.63.129.16/32",  # Azure's own services
        "2001::/23",  # protocol assignments, Teredo among them
        "2002::/16",  # 6to4: hides an IPv4 address
        "3fff::/20",  # documentation
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart. ``host`` is canonical, ``spelled`` is the URL's own ``host:port``; ``path`` has the query."""

    scheme: str
    host: str
    port: int
    path: str
    spelled: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def parse(url: str) -> Target:
    """Raises ``FetchRefused`` for what is not a plain http or https URL."""
    if len(url) > LONGEST or _CONTROL.search(url):
        raise FetchRefused
    try:
        parts = urlsplit(url)
        port = PORTS[parts.scheme] if parts.port is None else parts.port
        host = _host(parts)
    except (ValueError, KeyError) as error:
        raise FetchRefused from error
    if "@" in parts.netloc or port == 0:
        raise FetchRefused
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (f"?{_query(parts)}" if parts.query else "")
    spelled = f"[{parts.hostname}]" if "[" in parts.netloc else parts.hostname
    return Target(parts.scheme, host, port, path, f"{spelled}:{port}")


def permitted(target: Target, allow: frozenset[str], deadline: Deadline, resolve: Resolve) -> Sequence[str]:
    """The addresses to connect to: all that the host has now. One that is not public refuses them all."""
    addresses = [target.host] if _is_literal(target.host) else _look_up(target.host, deadline, resolve)
    if target.spelled not in allow and not all(is_public(address) for address in addresses):
        raise FetchRefused
    return addresses[:MOST_ADDRESSES]


def is_public(address: str) -> bool:
    """For one address as text; an IPv6 address that carries an IPv4 address is as public as that."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, _IPv6):
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip.ipv4_mapped or ip
    if ip in _GLOBAL_IPV6 or ip.version == 4:
        return ip.is_global and not ip.is_multicast and not any(ip in network for network in _CLOSED)
    return False


def resolve(host: str) -> Sequence[str]:
    return lookups.strangers.addresses(host)


def _host(parts: SplitResult) -> str:
    if "[" in parts.netloc:
        address = _IPv6(parts.hostname or "")
        if address.scope_id is not None:
            raise ValueError("scoped")
        return str(address)
    name = (parts.hostname or "").encode("idna").decode("ascii").lower()
    if not _NAME.fullmatch(name):
        raise ValueError("not a host name")
    return _dotted(name) if _NUMBER.fullmatch(name.removesuffix(".").rpartition(".")[2]) else name


def _dotted(name: str) -> str:
    """``127.1``, ``0x7f000001`` and their like as ``127.0.0.1``."""
    try:
        return socket.inet_ntoa(socket.inet_aton(name.removesuffix(".")))
    except OSError as error:
        raise ValueError("not an address") from error


def _query(parts: SplitResult) -> str:
    return quote(parts.query, safe="/%:@!$&'()*+,;=~?[]{}|^")


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(host: str, deadline: Deadline, resolve: Resolve) -> Sequence[str]:
    try:
        with gevent.Timeout(deadline.left(), TimeoutError("no answer from the resolver")):
            addresses = resolve(host)
    except TimeoutError:
        raise
    except (OSError, UnicodeError):
        addresses = ()
    if not addresses:
        raise Unresolved
    return addresses
