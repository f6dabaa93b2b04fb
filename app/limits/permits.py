"""A permit is one unit of a rate, held for one piece of work: shown in headers, given back when the work fails."""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import NotRequired, TypedDict

import redis

from app.core.clock import iso
from app.core.errors import RateLimited
from app.limits.sliding_window import SlidingWindow, WindowStatus

MOST_OWN_RATES = 1000  # that are remembered
WARN_AT = 2  # units left when the client is told


class UsageInfo(TypedDict):
    """As chat clients read it."""

    allowed: bool
    remaining: int
    limit: int
    resetsAt: str
    warning: NotRequired[str]


@dataclass(slots=True)
class Permit:
    """Leave to do one thing. ``refund`` may be called more than once; it works once. A free one takes no unit."""

    name: str
    status: WindowStatus
    window: SlidingWindow | None
    key: str = ""
    unit: str = ""
    is_free: bool = False
    taken_at: float = field(default_factory=time.time)

    def acquire(self) -> None:
        """Counts the work that begins now, unless it is counted. Raises ``RateLimited`` with the time to wait."""
        if self.window is None or self.unit or self.is_free:
            return
        self.status, unit = self.window.acquire(self.key)
        if not self.status.allowed:
            info = self.usage_info
            raise RateLimited(retry_after=int(self.status.reset_in) + 1, usageInfo=info, headers=self.headers)
        self.unit = unit

    def refund(self) -> None:
        if self.window is not None and self.unit:
            self.window.refund(self.key, self.unit)
            self.unit = ""
            self.status = replace(self.status, remaining=self.status.remaining + 1)

    @property
    def usage_info(self) -> UsageInfo:
        resets = iso(datetime.fromtimestamp(self.taken_at + self.status.reset_in, UTC))
        left, limit = self.status.remaining, self.status.limit
        info = UsageInfo(allowed=self.status.allowed, remaining=left, limit=limit, resetsAt=resets)
        if left <= WARN_AT:
            info["warning"] = f"You have {left} of {limit} {self.name} left for now."
        return info

    @property
    def headers(self) -> dict[str, str]:
        status = self.status
        return {
            "X-RateLimit-Limit": str(status.limit),
            "X-RateLimit-Remaining": str(status.remaining),
            "X-RateLimit-Reset": str(round(self.taken_at + status.reset_in)),
        }


UNLIMITED = WindowStatus(True, 1_000_000, 1_000_000, 0.0)


class Limits:
    """The configured rates by name; one that is ``off`` always permits."""

    def __init__(self, server: redis.Redis, rates: dict[str, str]) -> None:
        self._own = lru_cache(MOST_OWN_RATES)(partial(SlidingWindow, server, "own"))
        self._windows = {name: SlidingWindow(server, name, rate) if rate else None for name, rate in rates.items()}

    def peek(self, name: str, key: str) -> Permit:
        """A permit that nothing was taken for yet; ``acquire`` does."""
        window = self._windows[name]
        if window is None:
            return Permit(name, UNLIMITED, None)
        return Permit(name, window.peek(key), window, key)

    def acquire(self, name: str, key: str) -> Permit:
        """Raises ``RateLimited``, with the time to wait, when the rate of ``key`` is used up."""
        window = self._windows[name]
        permit = Permit(name, UNLIMITED, window, key)
        permit.acquire()
        return permit

    def spare(self, name: str, key: str, instead: str) -> Permit:
        """Takes a unit of another rate: the permit is shown as it stands, and never takes one of its own."""
        self.acquire(instead, key)
        window = self._windows[name]
        return Permit(name, window.peek(key) if window else UNLIMITED, window, key, is_free=True)

    def acquire_own(self, rate: str, key: str) -> Permit:
        """The same for a rate that ``key`` alone has; none (``""``) always permits."""
        permit = Permit("requests", UNLIMITED, self._own(rate) if rate else None, key)
        permit.acquire()
        return permit


def unlimited(name: str) -> Permit:
    """For work that nobody asked for."""
    return Permit(name, UNLIMITED, None)
