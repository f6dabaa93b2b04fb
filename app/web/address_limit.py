"""How many connections an address may have to this process."""

import ipaddress
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from app.web.client_address import network_of


class TrustedNetworks:
    """The proxies that we were told of."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(entry, strict=False) for entry in networks]

    def __contains__(self, address: str) -> bool:
        try:
            hop = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(hop in network for network in self._networks)


class AddressLimit:
    """At most ``limit`` of one address; one customer has a whole /64 of IPv6. Trusted proxies have no limit."""

    def __init__(self, limit: int, trusted: TrustedNetworks) -> None:
        self._limit = limit
        self._trusted = trusted
        self._open: Counter[str] = Counter()

    @contextmanager
    def counted(self, address: str) -> Iterator[bool]:
        """Whether there is room for one more; it counts while the block runs."""
        key = network_of(address)
        if not key or address in self._trusted:
            yield True
            return
        if self._open[key] >= self._limit:
            yield False
            return
        self._open[key] += 1
        try:
            yield True
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]
