"""What budgets count with: accounts, what is taken of them, and the minute, day and month it is taken in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from app.config.budgets import Bound, Period, Scope, smallest_parts
from app.core.ids import joined
from app.llm.budget import Charge

DAY = 86_400  # seconds


class Amounts(NamedTuple):
    """In the order and the names of ``Unit``."""

    calls: int = 0
    tokens: int = 0
    money: int = 0

    @classmethod
    def of(cls, charge: Charge) -> "Amounts":
        return cls(charge.calls, charge.tokens, smallest_parts(charge.money))

    def plus(self, other: "Amounts") -> "Amounts":
        return Amounts(self.calls + other.calls, self.tokens + other.tokens, self.money + other.money)

    def minus(self, other: "Amounts") -> "Amounts":
        return Amounts(self.calls - other.calls, self.tokens - other.tokens, self.money - other.money)


class Account(NamedTuple):
    """Whose calls are counted together: a person, a key, a tenant, or all who have not signed in."""

    scope: Scope
    tenant_id: str = ""
    subject: str = ""

    @property
    def key(self) -> str:
        """All accounts of a tenant lie at one place of a Redis of several."""
        return f"{{{joined(self.tenant_id)}}}:{joined(self.scope, self.subject)}"


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound of one account."""

    account: Account
    bound: Bound


@dataclass(frozen=True, slots=True)
class Refusal:
    """A bound that leaves no room. It may be had again when what is ``reserved`` only is given back."""

    limit: Limit
    reserved: bool


Spent = Mapping[Period, Amounts]
ReadSpent = Callable[[Account, Mapping[Period, datetime]], Spent]  # out of the ledger, from each moment on


class Counts(Protocol):
    """Where it is counted what is spent and reserved."""

    def take(self, limits: list[Limit], hold: str, amounts: Amounts) -> Refusal | None:
        """Reserves the amounts in all accounts, or in none; without a name to hold them by it only looks."""

    def settle(self, accounts: list[Account], hold: str, amounts: Amounts, spent: Amounts) -> None:
        """What was reserved is given back, and what was spent is counted. Must not raise."""


def accounts_of(limits: list[Limit]) -> list[Account]:
    return list(dict.fromkeys(limit.account for limit in limits))


def number(period: Period, moment: datetime) -> int:
    """Which minute, day or month it is; the next one has the next number."""
    if period is Period.MONTH:
        return moment.year * 12 + moment.month - 1
    return int(moment.timestamp()) // (60 if period is Period.MINUTE else DAY)


def begin(period: Period, which: int) -> datetime:
    if period is Period.MONTH:
        return datetime(which // 12, which % 12 + 1, 1, tzinfo=UTC)
    return datetime.fromtimestamp(which * (60 if period is Period.MINUTE else DAY), UTC)


def since_of(limits: list[Limit], account: Account, moment: datetime) -> dict[Period, datetime]:
    """When the periods began that an account's bounds are of."""
    periods = {limit.bound.period for limit in limits if limit.account == account}
    return {period: begin(period, number(period, moment)) for period in periods}


def seconds_left(period: Period, moment: datetime) -> float:
    return (begin(period, number(period, moment) + 1) - moment).total_seconds()
