"""People whose calls cost something, in tenants that no other test has set anything for."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import gevent
import pytest
from flask import Flask

from app.accounts.ledger import Ledger
from app.traces.book import TraceBook
from app.web.container import resolve_from
from tests.chat import conftest as chat
from tests.conftest import Caller, sign_in
from tests.double.client import Double

USAGE = [1000, 1000]  # tokens of a call, as its vendor counts them
COST = 0.00075  # of such a call of gpt-4o-mini, in US dollars
UNLIMITED = {
    "LLM_MODELS": "openai:gpt-4o-mini", "RATE_LIMIT_MESSAGES": "off", "RATE_LIMIT_INSIGHTS": "off",
    "RATE_LIMIT_AI": "off", "RATE_LIMIT_INTERVIEWS": "off", "INTERVIEW_DELAY": "0",
}  # fmt: skip

Spender = Callable[..., Caller]


@pytest.fixture
def tenant() -> str:
    return f"tenant-{uuid4().hex}"


@pytest.fixture
def spender(make_app: Callable[..., Flask], app: Flask, clean: None, tenant: str, double: Double) -> Iterator[Spender]:
    """Signs somebody in where the given budgets hold."""
    double.default(usage=USAGE)
    made: list[Flask] = []

    def sign(user: str = "olivia", role: str = "member", of: str = tenant, **budgets: str) -> Caller:
        if budgets or not made:
            made.append(make_app(**UNLIMITED | budgets))
        return sign_in(made[-1], user, of, role)

    yield sign
    for one in made:
        resolve_from(one, Ledger).flush()
        resolve_from(one, TraceBook).flush()


def words() -> str:
    """What nobody has said before: the same words within a moment are the same request.

    Letters by chance would have care ask a model about them now and then.
    """
    return f"How do I plan week {uuid4().int % 10**9}?"


def ask(caller: Caller) -> Any:
    return chat.ask(caller, words())


def stream(caller: Caller) -> chat.Events:
    return chat.stream(caller, words())


def together(count: int, ask: Callable[[], Any]) -> list[Any]:
    asking = [gevent.spawn(ask) for _ in range(count)]
    return [one.get() for one in asking]


def written(caller: Caller) -> None:
    """What has been spent is in the ledger."""
    resolve_from(caller.client.application, Ledger).flush()
