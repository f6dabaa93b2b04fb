"""What is spent and reserved, counted in Redis for all processes. The ledger is the truth: what Redis does not know, or
has not compared for a while, is read from there."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

import gevent
import redis
import structlog
from gevent.lock import BoundedSemaphore

from app.config.budgets import Period
from app.core.clock import now
from app.core.errors import Unavailable
from app.core.one_at_a_time import OneAtATime
from app.db.privacy import RedisKeys
from app.limits.spending import Account, Amounts, Limit, ReadSpent, Refusal, accounts_of, number, since_of

COMPARED = 300_000  # ms after which the ledger is read again
HELD = 600_000  # ms after which what nobody has settled is given back: its process is gone
KEPT = 3_600_000  # ms that an account is remembered
MOST_LOOKS = 3  # while Redis forgets what it was just told
AT_ONCE = 4  # accounts that a process reads from the ledger; a rush must not take all its connections
TAKEN, UNKNOWN = [1], [-1]

KEYS = RedisKeys(
    r"budget:\{\S*\}:(user|key|tenant|anonymous):\S*:(state|held)",
    "what a person, a key or a tenant has spent", "1 hour",
    of_owner="budget:{{{tenant}}}:user:{user}:*",
)  # fmt: skip

# Keys come in pairs, two for each account: a hash of what is spent by period and held in all, and a sorted set of what
# is held, ``name calls tokens money``, by the time at which it is given back.
RELEASE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function add(state, field, amounts, sign)
  for unit, amount in pairs(amounts) do
    if amount > 0 then redis.call('HINCRBY', state, field .. ':' .. unit, sign * amount) end
  end
end
local function parsed(member)
  local calls, tokens, money = string.match(member, ' (%d+) (%d+) (%d+)$')
  return {calls = tonumber(calls), tokens = tonumber(tokens), money = tonumber(money)}
end
local function release(state, held, member)
  if redis.call('ZREM', held, member) == 1 then add(state, 'held', parsed(member), -1) end
end
"""
# Answers {1} when it was taken, {0, bound, used up} when it was not, and {-1} when the ledger has to be asked first.
TAKE = (
    RELEASE
    + """
for i = 1, #KEYS, 2 do
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[i + 1], '-inf', now)) do
    release(KEYS[i], KEYS[i + 1], member)
  end
end
local waits = 0
for i = 2, #ARGV, 5 do
  local state, period, unit, amount = KEYS[2 * ARGV[i] - 1], ARGV[i + 1], ARGV[i + 3], tonumber(ARGV[i + 4])
  local known = redis.call(
    'HMGET', state, period .. ':read', period .. ':number', period .. ':' .. unit, 'held:' .. unit)
  if not known[1] or now - known[1] > COMPARED then return {-1} end
  local spent = known[2] == ARGV[i + 2] and tonumber(known[3]) or 0
  if spent >= amount then return {0, (i - 2) / 5, 1} end
  if spent + (known[4] or 0) >= amount and waits == 0 then waits = i end
end
if waits > 0 then return {0, (waits - 2) / 5, 0} end
for i = 1, ARGV[1] == '' and 0 or #KEYS, 2 do
  add(KEYS[i], 'held', parsed(ARGV[1]), 1)
  redis.call('ZADD', KEYS[i + 1], now + HELD, ARGV[1])
  redis.call('PEXPIRE', KEYS[i], KEPT)
  redis.call('PEXPIRE', KEYS[i + 1], KEPT)
end
return {1}
"""
)
# Whoever asked the ledger last knows less than Redis if calls have ended meanwhile: more is never turned into less.
LEARN = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for i = 1, #ARGV, 5 do
  local period, which = ARGV[i], ARGV[i + 1]
  local same = redis.call('HGET', KEYS[1], period .. ':number') == which
  for n, unit in ipairs({'calls', 'tokens', 'money'}) do
    local field = period .. ':' .. unit
    local known = same and tonumber(redis.call('HGET', KEYS[1], field)) or 0
    redis.call('HSET', KEYS[1], field, string.format('%.0f', math.max(known, tonumber(ARGV[i + 1 + n]))))
  end
  redis.call('HSET', KEYS[1], period .. ':number', which, period .. ':read', now)
end
redis.call('PEXPIRE', KEYS[1], KEPT)
"""
# Nothing is counted for an account that is not known: it will be read from the ledger.
SETTLE = (
    RELEASE
    + """
for i = 1, #KEYS, 2 do
  local state = KEYS[i]
  release(state, KEYS[i + 1], ARGV[1])
  for n = 3, #ARGV, 2 do
    local period, which = ARGV[n], ARGV[n + 1]
    local known = redis.call('HMGET', state, period .. ':read', period .. ':number')
    if known[1] and tonumber(known[2]) < tonumber(which) then
      redis.call('HSET', state, period .. ':number', which, period .. ':calls', 0, period .. ':tokens', 0,
        period .. ':money', 0)
    end
    if known[1] and tonumber(known[2]) <= tonumber(which) then add(state, period, parsed(ARGV[2]), 1) end
  end
end
"""
)
TIMES = {"COMPARED": COMPARED, "HELD": HELD, "KEPT": KEPT}

log = structlog.get_logger()


class SharedCounts:
    """Raises ``redis.RedisError`` where Redis is needed for the answer."""

    def __init__(self, server: redis.Redis, read: ReadSpent) -> None:
        self._server = server
        self._read = read
        self._take, self._learn, self._settle = (
            server.register_script(_with_times(script)) for script in (TAKE, LEARN, SETTLE)
        )
        self._one_for = OneAtATime()
        self._readers = BoundedSemaphore(AT_ONCE)
        self._ended: deque[tuple[list[str], list[str]]] = deque()
        self._settling: gevent.Greenlet | None = None

    def take(self, limits: list[Limit], hold: str, amounts: Amounts) -> Refusal | None:
        for _ in range(MOST_LOOKS):
            answer = self._asked(limits, _member(hold, amounts) if hold else "")
            if answer == TAKEN:
                return None
            if answer != UNKNOWN:
                return Refusal(limits[answer[1]], reserved=not answer[2])
            self._compare(limits)
        raise Unavailable

    def settle(self, accounts: list[Account], hold: str, amounts: Amounts, spent: Amounts) -> None:
        """At once, but beside what the caller does next: those that end together are settled together."""
        moment = now()
        numbers = [str(one) for period in Period for one in (period, number(period, moment))]
        self._ended.append((_keys(accounts), [_member(hold, amounts), _member("spent", spent), *numbers]))
        if self._settling is None or self._settling.dead:
            self._settling = gevent.spawn(self._settle_all)

    def _settle_all(self) -> None:
        while self._ended:
            ended = [self._ended.popleft() for _ in range(len(self._ended))]
            pipeline = self._server.pipeline(transaction=False)
            for keys, arguments in ended:
                self._settle(keys=keys, args=arguments, client=pipeline)
            try:
                pipeline.execute()
            except redis.RedisError as error:
                log.warning("budget_not_settled", calls=len(ended), reason=type(error).__name__)

    def _asked(self, limits: list[Limit], member: str) -> list[int]:
        accounts = accounts_of(limits)
        answer: list[int] = self._take(keys=_keys(accounts), args=[member, *_bounds(limits, accounts)])
        return answer

    def _compare(self, limits: list[Limit]) -> None:
        """With the ledger; one look serves all who wait for the same account."""
        moment = now()
        for account in accounts_of(limits):
            own = [limit for limit in limits if limit.account == account]
            with self._one_for(account), self._readers:
                self._read_again(account, own, moment)

    def _read_again(self, account: Account, own: list[Limit], moment: datetime) -> None:
        if self._asked(own, "") != UNKNOWN:
            return
        since = since_of(own, account, moment)
        spent = self._read(account, since)
        rows = ((period, number(period, moment), *spent[period]) for period in since)
        self._learn(keys=_keys([account])[:1], args=[value for row in rows for value in row])


def _with_times(script: str) -> str:
    for name, value in TIMES.items():
        script = script.replace(name, str(value))
    return script


def _keys(accounts: list[Account]) -> list[str]:
    return [f"budget:{account.key}:{part}" for account in accounts for part in ("state", "held")]


def _member(name: str, amounts: Amounts) -> str:
    return " ".join(map(str, (name, *amounts)))


def _bounds(limits: list[Limit], accounts: list[Account]) -> Iterator[str | int]:
    moment = now()
    for limit in limits:
        bound = limit.bound
        yield from (accounts.index(limit.account) + 1, bound.period, number(bound.period, moment))
        yield from (bound.unit, bound.amount)
