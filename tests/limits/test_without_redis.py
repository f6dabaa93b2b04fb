"""While Redis is away each process counts for itself, beside what the ledger says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pytest

from app.config.budgets import Period, parse
from app.core.errors import BudgetExceeded
from app.limits.budgets import Budgets
from app.limits.local_counts import LocalCounts
from app.limits.shared_counts import SharedCounts
from app.limits.spending import Account, Amounts
from app.llm.budget import Charge, Reservation
from app.llm.interfaces import Caller
from app.streams import redis_store

OLIVIA, THEO = Caller("chat.turn", "acme", "olivia"), Caller("chat.turn", "acme", "theo")
CALL, FAILED = Charge(1, 100, 0.01), Charge(0, 0, 0.0)


@dataclass
class Kept:
    """What the other processes have written."""

    spent: Amounts = Amounts()  # noqa: RUF009 - a named tuple never changes

    def __call__(self, _: Account, since: Mapping[Period, datetime]) -> dict[Period, Amounts]:
        return dict.fromkeys(since, self.spent)


def budgets_of(ledger: Kept, user: str) -> Budgets:
    nowhere = SharedCounts(redis_store.client("redis://127.0.0.1:9"), ledger)
    return Budgets(nowhere, LocalCounts(ledger), {"user": parse("user", user)}, lambda _: {})


def reserve(budgets: Budgets, caller: Caller = OLIVIA) -> Reservation:
    return budgets.reserve(caller, lambda: CALL)


def test_a_budget_still_holds() -> None:
    budgets = budgets_of(Kept(), "2 calls per day")
    for _ in range(2):
        reserve(budgets).settle(CALL)
    with pytest.raises(BudgetExceeded):
        reserve(budgets)
    reserve(budgets, THEO)


def test_what_others_have_written_counts() -> None:
    budgets = budgets_of(Kept(Amounts(calls=3, tokens=300, money=5)), "1000 calls per day; 400 tokens per month")
    reserve(budgets).settle(CALL)
    with pytest.raises(BudgetExceeded):
        reserve(budgets)


def test_what_failed_is_given_back() -> None:
    budgets = budgets_of(Kept(), "1 calls per minute; 0.01 USD per month")
    reserve(budgets).settle(FAILED)
    reserve(budgets).settle(CALL)
    with pytest.raises(BudgetExceeded):
        budgets.check(OLIVIA)
