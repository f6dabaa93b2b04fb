"""Budgets as they are written: ``60 calls per minute; 200000 tokens per day; 5 USD per month``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.config.environment import ConfigError, Reader

CURRENCY = "USD"  # that of the prices
SMALLEST = Decimal("0.00000001")  # of money: what the ledger keeps
_AMOUNT = r"(?P<amount>\d{1,12}(?:\.\d{1,30})?(?:e-?\d{1,2})?)"
MONEY = re.compile(rf"{_AMOUNT} ?{CURRENCY}", re.IGNORECASE)
BOUND = re.compile(rf"{_AMOUNT} ?(?P<unit>calls?|tokens?|{CURRENCY}) per (?P<period>minute|day|month)", re.IGNORECASE)


class Unit(StrEnum):
    CALLS = "calls"
    TOKENS = "tokens"
    MONEY = "money"


class Period(StrEnum):
    """Of the calendar, in UTC."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


class Scope(StrEnum):
    """Whose calls are counted together. Nobody has signed in for anonymous ones."""

    USER = "user"
    KEY = "key"
    TENANT = "tenant"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Bound:
    """``amount`` counts calls, tokens, or the smallest part of money."""

    amount: int
    unit: Unit
    period: Period

    def __str__(self) -> str:
        amount = f"{self.amount * SMALLEST:f}".rstrip("0").rstrip(".") if self.unit is Unit.MONEY else self.amount
        return f"{amount} {CURRENCY if self.unit is Unit.MONEY else self.unit} per {self.period}"


Bounds = tuple[Bound, ...]  # each of which holds

# A budget's name, which begins with its scope, and what it is when nobody says otherwise.
DEFAULTS: Mapping[str, str] = {
    "user": "50000 calls per day; 50000000 tokens per day",
    "user_day": "",
    "key": "200000 calls per day; 200000000 tokens per day",
    "tenant": "",
    "tenant_month": "",
    "anonymous": "20000 calls per day",
    "anonymous_day": "",
}
PERIODS = {"user_day": Period.DAY, "tenant_month": Period.MONTH, "anonymous_day": Period.DAY}  # of those of money


def scope_of(name: str) -> Scope:
    return Scope(name.partition("_")[0])


def parse(name: str, text: str) -> Bounds:
    """Raises ``ValueError`` with the form that the budget of this name must have."""
    if text.lower() in {"", "off"}:
        return ()
    return (money(text, PERIODS[name]),) if name in PERIODS else bounds(text)


def bounds(text: str) -> Bounds:
    found = [BOUND.fullmatch(part.strip()) for part in text.split(";") if part.strip()]
    if not all(found):
        raise ValueError("must look like '60 calls per minute; 200000 tokens per day; 5 USD per month' or be 'off'")
    return tuple(_bound(one["amount"], one["unit"].lower(), one["period"].lower()) for one in found if one)


def money(text: str, period: Period) -> Bound:
    found = MONEY.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"must look like '0.50 {CURRENCY}' or be 'off'")
    return Bound(smallest_parts(Decimal(found["amount"])), Unit.MONEY, period)


def smallest_parts(amount: Decimal | float) -> int:
    return int((Decimal(str(amount)) / SMALLEST).to_integral_value())


def read_budgets(read: Reader) -> dict[str, Bounds]:
    return {name: _read(read, f"BUDGET_{name.upper()}", name) for name in DEFAULTS}


def _read(read: Reader, variable: str, name: str) -> Bounds:
    text = read.text(variable, DEFAULTS[name])
    try:
        return parse(name, text)
    except ValueError as error:
        raise ConfigError(f"{variable} {error}, not {text!r}.") from None


def _bound(amount: str, unit: str, period: str) -> Bound:
    if unit == CURRENCY.lower():
        return Bound(smallest_parts(Decimal(amount)), Unit.MONEY, Period(period))
    return Bound(int(Decimal(amount)), Unit(f"{unit.rstrip('s')}s"), Period(period))
