"""Whose request it is, where nobody signs in: an address, or the network that one customer has of IPv6."""

import ipaddress

from flask import request

CUSTOMER = 64  # bits of an IPv6 address that a provider gives away together


def network_of(address: str) -> str:
    """The address, or the /64 network of an IPv6 address; nothing for what is no address, such as a Unix socket's."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, CUSTOMER), strict=False))


def client_network() -> str:
    """The current request's; the proxy handling before us has settled the address."""
    return network_of(request.remote_addr or "")
