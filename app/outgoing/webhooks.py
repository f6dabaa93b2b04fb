"""Deliveries to the addresses that customers gave us, signed so that they know who sent them."""

import hashlib
import hmac
import time

from uuid_utils import uuid7

from app.outgoing import addresses
from app.outgoing.interfaces import Deadline, DeliveryFailed, FetchRefused, Resolve, Unresolved
from app.outgoing.pinned import FAULTS, exchange

__all__ = ["DeliveryFailed", "FetchRefused", "check", "send", "signature"]

SECONDS = 10.0
MAY_PASS = frozenset({408, 429})  # refusals that another time may not meet; so may every 5xx
REFUSAL = "This address can't be used"


def check(url: str, *, allow: frozenset[str], seconds: float = SECONDS, resolve: Resolve = addresses.resolve) -> None:
    """Raises ``FetchRefused`` for an address that nothing would be sent to. Whether anybody listens is not asked."""
    try:
        addresses.permitted(addresses.parse(url), allow, Deadline(seconds), resolve)
    except (FetchRefused, TimeoutError) as error:
        raise FetchRefused(REFUSAL) from error


def send(
    url: str,
    body: bytes,
    secret: str,
    *,
    allow: frozenset[str],
    next_secret: str = "",
    delivery: str = "",
    seconds: float = SECONDS,
    resolve: Resolve = addresses.resolve,
) -> None:
    """Posts JSON once, signed with ``secret``, and beside it with the one that comes after it.

    ``delivery`` names it, the same at each attempt. Raises ``DeliveryFailed``, ``FetchRefused``.
    """
    try:
        target, deadline = addresses.parse(url), Deadline(seconds)
        headers = _headers(delivery) | _signatures(body, secret, next_secret)
        with exchange("POST", target, headers, body, allow, deadline, resolve) as response:
            status = response.status_code
    except (Unresolved, *FAULTS) as error:
        raise DeliveryFailed(retryable=True) from error
    except FetchRefused as error:
        raise FetchRefused(REFUSAL) from error
    if not 200 <= status < 300:
        raise DeliveryFailed(retryable=status in MAY_PASS or status >= 500)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """``sha256=`` and the HMAC of ``<timestamp>.<body>``: an old delivery can't be sent again as a new one."""
    return "sha256=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def _headers(delivery: str) -> dict[str, str]:
    return {
        "User-Agent": "Coachhouse/1.0",
        "Content-Type": "application/json",
        "X-Coachhouse-Delivery": delivery or str(uuid7()),
    }


def _signatures(body: bytes, secret: str, next_secret: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    signed = {"X-Coachhouse-Timestamp": timestamp, "X-Coachhouse-Signature": signature(secret, timestamp, body)}
    return signed | ({"X-Coachhouse-Signature-Next": signature(next_secret, timestamp, body)} if next_secret else {})
