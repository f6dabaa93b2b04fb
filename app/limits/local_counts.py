"""The same while Redis is away: each process counts for itself, and often reads the ledger, where all of them write."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.config.budgets import Period
from app.core.clock import now
from app.limits.spending import Account, Amounts, Limit, ReadSpent, Refusal, accounts_of, number, since_of

COMPARED = 5.0  # seconds after which the ledger is read again
MOST_ACCOUNTS = 10_000
NOTHING = Amounts()


@dataclass(slots=True)
class Book:
    """One account: what is spent in each period, by its number, and what is held by calls that run here."""

    read_at: float = 0.0
    spent: dict[Period, tuple[int, Amounts]] = field(default_factory=dict)
    held: Amounts = NOTHING

    def of(self, period: Period, which: int) -> Amounts:
        known, amounts = self.spent.get(period, (which, NOTHING))
        return amounts if known == which else NOTHING

    def add(self, amounts: Amounts, moment: datetime) -> None:
        for period in Period:
            which = number(period, moment)
            self.spent[period] = (which, self.of(period, which).plus(amounts))


class LocalCounts:
    def __init__(self, read: ReadSpent) -> None:
        self._read = read
        self._books: dict[Account, Book] = {}

    def take(self, limits: list[Limit], hold: str, amounts: Amounts) -> Refusal | None:
        books = {account: self._book(account, since_of(limits, account, now())) for account in accounts_of(limits)}
        refused = _refused(limits, books)
        if refused is None and hold:
            for book in books.values():
                book.held = book.held.plus(amounts)
        return refused

    def settle(self, accounts: list[Account], hold: str, amounts: Amounts, spent: Amounts) -> None:
        moment = now()
        for account in accounts:
            if book := self._books.get(account):
                book.held = book.held.minus(amounts)
                book.add(spent, moment)

    def _book(self, account: Account, since: dict[Period, datetime]) -> Book:
        if len(self._books) >= MOST_ACCOUNTS:
            self._books.clear()
        book = self._books.setdefault(account, Book())
        if time.monotonic() - book.read_at > COMPARED or not since.keys() <= book.spent.keys():
            spent = self._read(account, since)
            book.spent = {period: (number(period, begun), spent[period]) for period, begun in since.items()}
            book.read_at = time.monotonic()
        return book


def _refused(limits: Iterable[Limit], books: dict[Account, Book]) -> Refusal | None:
    moment, waits = now(), None
    for limit in limits:
        book, bound = books[limit.account], limit.bound
        spent = getattr(book.of(bound.period, number(bound.period, moment)), bound.unit)
        if spent >= bound.amount:
            return Refusal(limit, reserved=False)
        if spent + getattr(book.held, bound.unit) >= bound.amount:
            waits = waits or Refusal(limit, reserved=True)
    return waits
