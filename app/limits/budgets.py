"""Budgets of calls, tokens and money: reserved before a model is asked, settled when its call has ended.

A call is let in while what its accounts have spent and reserved stays below each of their bounds.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import uniform
from secrets import token_hex

import redis
import structlog
from gevent import GreenletExit
from prometheus_client import Counter

from app.config.budgets import Bounds, Period, Scope, scope_of
from app.core.clock import now
from app.core.errors import BudgetExceeded, Unavailable
from app.limits.local_counts import LocalCounts
from app.limits.shared_counts import SharedCounts
from app.limits.spending import Account, Amounts, Counts, Limit, Refusal, accounts_of, seconds_left
from app.llm.budget import UNLIMITED, Charge, Reservation
from app.llm.interfaces import Caller

PATIENCE = 5.0  # seconds that a call waits for others to end, where only their reservations are in its way
PAUSE = (0.1, 0.3)  # seconds between looks
SOON = 5  # seconds after which reservations may be given back
LONGEST_FIRST = (Period.MONTH, Period.DAY, Period.MINUTE)
REFUSED = Counter("coachhouse_budget_refusals_total", "Calls over a budget", ["scope", "unit", "period"])

Overrides = Callable[[str], Mapping[str, Bounds]]  # a tenant's own budgets by name

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """A ``Reservation`` that something has to be given back of."""

    counts: Counts
    accounts: list[Account]
    name: str
    amounts: Amounts

    def settle(self, charge: Charge, /) -> None:
        self.counts.settle(self.accounts, self.name, self.amounts, Amounts.of(charge))


class Budgets:
    """A ``Budget`` for the models. One per process."""

    def __init__(
        self, shared: SharedCounts, local: LocalCounts, usual: Mapping[str, Bounds], overrides: Overrides
    ) -> None:
        self._shared = shared
        self._local = local
        self._usual = usual
        self._overrides = overrides

    def reserve(self, caller: Caller, estimate: Callable[[], Charge], /) -> Reservation:
        """Raises ``BudgetExceeded`` with the time to wait."""
        limits = self._limits_of(caller)
        if not limits:
            return UNLIMITED
        name, amounts = token_hex(8), Amounts.of(estimate())
        counts, refusal = self._take(limits, name, amounts)
        give_up = time.monotonic() + PATIENCE
        while refusal is not None and refusal.reserved and time.monotonic() < give_up:
            time.sleep(uniform(*PAUSE))  # noqa: S311
            counts, refusal = self._take(limits, name, amounts)
        if refusal is not None:
            raise _exceeded(refusal)
        return Held(counts, accounts_of(limits), name, amounts)

    def spend(self, caller: Caller, charge: Charge, /) -> None:
        """The database may be away: then the ledger tells it later."""
        with suppress(Unavailable):
            if limits := self._limits_of(caller):
                self._shared.settle(accounts_of(limits), token_hex(8), Amounts(), Amounts.of(charge))

    def check(self, caller: Caller) -> None:
        """For work that is done later: raises ``BudgetExceeded`` when nothing is left for it."""
        limits = self._limits_of(caller)
        _, refusal = self._take(limits, "", Amounts()) if limits else (None, None)
        if refusal is not None and not refusal.reserved:
            raise _exceeded(refusal)

    def _take(self, limits: list[Limit], name: str, amounts: Amounts) -> tuple[Counts, Refusal | None]:
        try:
            return self._shared, self._shared.take(limits, name, amounts)
        except GreenletExit:  # who is stopped here can't tell whether Redis has heard
            self._shared.settle(accounts_of(limits), name, amounts, Amounts())
            raise
        except redis.RedisError as error:
            log.warning("budget_local", reason=type(error).__name__)
            return self._local, self._local.take(limits, name, amounts)

    def _limits_of(self, caller: Caller) -> list[Limit]:
        """Those that are longest in force come first: the first that is used up says how long to wait."""
        accounts = _accounts(caller)
        budgets = {**self._usual, **(self._overrides(caller.tenant_id) if caller.tenant_id else {})}
        found = [
            Limit(accounts[scope_of(name)], bound)
            for name, bounds in budgets.items()
            if scope_of(name) in accounts
            for bound in bounds
        ]
        return sorted(found, key=lambda limit: LONGEST_FIRST.index(limit.bound.period))


def _accounts(caller: Caller) -> dict[Scope, Account]:
    if not caller.tenant_id:
        return {Scope.ANONYMOUS: Account(Scope.ANONYMOUS)}
    subjects = {Scope.USER: caller.user_id, Scope.KEY: caller.key_id}
    own = {scope: Account(scope, caller.tenant_id, subject) for scope, subject in subjects.items() if subject}
    return {**own, Scope.TENANT: Account(Scope.TENANT, caller.tenant_id)}


def _exceeded(refusal: Refusal) -> BudgetExceeded:
    scope, bound = refusal.limit.account.scope, refusal.limit.bound
    REFUSED.labels(scope, bound.unit, bound.period).inc()
    log.info(
        "budget_exceeded", scope=scope, unit=bound.unit, period=bound.period, tenant=refusal.limit.account.tenant_id
    )
    wait = SOON if refusal.reserved else int(seconds_left(bound.period, now())) + 1
    return BudgetExceeded(retry_after=wait)
