"""A permit is one unit of a rate, held for one piece of work: shown in headers, given back when the work fails."""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import redis

from app.core.clock import iso
from app.core.errors import RateLimited
from app.limits.windows import Verdict, Windows

WARN_AT = 2  # units left when the client is told


@dataclass(slots=True)
class Permit:
    """Leave to do one thing. ``refund`` may be called more than once; it works once."""

    name: str
    verdict: Verdict
    windows: Windows | None
    key: str = ""
    unit: str = ""
    taken_at: float = field(default_factory=time.time)

    def take(self) -> None:
        """Counts the work that begins now, unless it is counted. Raises ``RateLimited`` with the time to wait."""
        if self.windows is None or self.unit:
            return
        self.verdict, unit = self.windows.take(self.key)
        if not self.verdict.allowed:
            info = self.usage_info
            raise RateLimited(retry_after=int(self.verdict.reset_in) + 1, usageInfo=info, headers=self.headers)
        self.unit = unit

    def refund(self) -> None:
        if self.windows is not None and self.unit:
            self.windows.refund(self.key, self.unit)
            self.unit = ""
            self.verdict = replace(self.verdict, remaining=self.verdict.remaining + 1)

    @property
    def usage_info(self) -> dict[str, Any]:
        """``{allowed, remaining, limit, resetsAt, warning?}`` as chat clients read it."""
        verdict = self.verdict
        resets = datetime.fromtimestamp(self.taken_at + verdict.reset_in, UTC)
        info = {
            "allowed": verdict.allowed,
            "remaining": verdict.remaining,
            "limit": verdict.limit,
            "resetsAt": iso(resets),
        }
        if verdict.remaining <= WARN_AT:
            info["warning"] = f"You have {verdict.remaining} of {verdict.limit} {self.name} left for now."
        return info

    @property
    def headers(self) -> dict[str, str]:
        verdict = self.verdict
        return {
            "X-RateLimit-Limit": str(verdict.limit),
            "X-RateLimit-Remaining": str(verdict.remaining),
            "X-RateLimit-Reset": str(round(self.taken_at + verdict.reset_in)),
        }


UNLIMITED = Verdict(True, 1_000_000, 1_000_000, 0.0)


class Limits:
    """The configured rates by name; one that is ``off`` always permits."""

    def __init__(self, server: redis.Redis, rates: dict[str, str]) -> None:
        self._windows = {name: Windows(server, name, rate) if rate else None for name, rate in rates.items()}

    def look(self, name: str, key: str) -> Permit:
        """A permit that nothing was taken for yet; ``take`` does."""
        windows = self._windows[name]
        if windows is None:
            return Permit(name, UNLIMITED, None)
        return Permit(name, windows.look(key), windows, key)

    def acquire(self, name: str, key: str) -> Permit:
        """Raises ``RateLimited``, with the time to wait, when the rate of ``key`` is used up."""
        windows = self._windows[name]
        permit = Permit(name, UNLIMITED, windows, key)
        permit.take()
        return permit

    @property
    def names(self) -> list[str]:
        return list(self._windows)


def unlimited(name: str) -> Permit:
    """For work that nobody asked for."""
    return Permit(name, UNLIMITED, None)
