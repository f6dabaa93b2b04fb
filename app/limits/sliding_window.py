"""Sliding windows in Redis that can give a unit back. (``limits`` parses the rates; its windows only ever fill up.)"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

import redis
import structlog
from limits import RateLimitItem, parse_many

from app.db.privacy import RedisKeys

KEYS = RedisKeys(
    r"rate:\{[a-z_]+:\S+\}:\d+",
    "when a person, an address or a key asked for something", "as long as the rate counts",
    of_owner="rate:{{*:{owner}}}:*",
)  # fmt: skip

log = structlog.get_logger()

# Takes one unit of every window, or of none; without a unit's name it only looks. All clocks are Redis' own.
# Answers {whether there is room, how many are left, ms until a unit frees}.
SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local taken = ARGV[1] == '' and 0 or 1
local left, wait, full = -1, 0, 0
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local used = redis.call('ZCARD', key)
  local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  local frees = oldest[2] and (tonumber(oldest[2]) + window - now) or window
  if used >= limit then full, wait = 1, math.max(wait, frees) end
  local rest = math.max(0, limit - used - taken)
  if left < 0 or rest < left then
    left = rest
    if full == 0 then wait = frees end
  end
end
if full == 1 then return {0, 0, wait} end
for i, key in ipairs(taken == 1 and KEYS or {}) do
  redis.call('ZADD', key, now, ARGV[1])
  redis.call('PEXPIRE', key, tonumber(ARGV[2 * i + 1]))
end
return {1, left, wait}
"""


@dataclass(frozen=True, slots=True)
class WindowStatus:
    """Whether a unit was had, how many are left, and in how many seconds the next one frees."""

    allowed: bool
    remaining: int
    limit: int
    reset_in: float


class SlidingWindow:
    """One rate (``20 per minute``, or several joined by ``;``) counted per key, across all processes.

    While Redis is away each process counts for itself: a shared limit is then at most the number of processes times
    too generous, and nobody is locked out.
    """

    def __init__(self, server: redis.Redis, name: str, rate: str) -> None:
        self._server = server
        self._name = name
        self._rates: Sequence[RateLimitItem] = parse_many(rate)
        self._script = server.register_script(SCRIPT)
        self._local: dict[str, list[float]] = {}
        self.limit = min(item.amount for item in self._rates)

    def acquire(self, key: str) -> tuple[WindowStatus, str]:
        """The verdict, and the unit's name for ``refund``."""
        unit = token_hex(8)
        try:
            taken, left, wait = self._script(keys=self._keys(key), args=[unit, *self._bounds()])
        except redis.RedisError as error:
            log.warning("rate_limit_local", name=self._name, reason=type(error).__name__)
            return self._acquire_locally(key), unit
        return WindowStatus(bool(taken), left, self.limit, wait / 1000), unit

    def peek(self, key: str) -> WindowStatus:
        """What a unit taken now would find."""
        try:
            has_room, left, wait = self._script(keys=self._keys(key), args=["", *self._bounds()])
        except redis.RedisError as error:
            log.warning("rate_limit_unknown", name=self._name, reason=type(error).__name__)
            return WindowStatus(True, self.limit, self.limit, 0.0)
        return WindowStatus(bool(has_room), left, self.limit, wait / 1000)

    def refund(self, key: str, unit: str) -> None:
        """For work that was refused or failed: it does not count."""
        try:
            pipeline = self._server.pipeline(transaction=False)
            for name in self._keys(key):
                pipeline.zrem(name, unit)
            pipeline.execute()
        except redis.RedisError as error:
            log.warning("rate_limit_kept", name=self._name, reason=type(error).__name__)

    def _bounds(self) -> list[int]:
        return [number for item in self._rates for number in (item.amount, item.get_expiry() * 1000)]

    def _keys(self, key: str) -> list[str]:
        return [f"rate:{{{self._name}:{key}}}:{item.get_expiry()}" for item in self._rates]

    def _acquire_locally(self, key: str) -> WindowStatus:
        tightest = min(self._rates, key=lambda item: item.amount)
        now, window = time.monotonic(), tightest.get_expiry()
        if len(self._local) > 10_000:
            self._local.clear()
        taken = [moment for moment in self._local.get(key, ()) if moment > now - window]
        self._local[key] = taken
        wait = taken[0] + window - now if taken else window
        if len(taken) >= tightest.amount:
            return WindowStatus(False, 0, self.limit, wait)
        taken.append(now)
        return WindowStatus(True, tightest.amount - len(taken), self.limit, wait)
