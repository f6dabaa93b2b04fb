"""Operators say what tenants may spend, and see what they have spent."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.ledger import Ledger
from app.accounts.models import ModelCall
from app.core.clock import now
from app.db.session import db as database
from app.llm.interfaces import Caller as Asking
from app.llm.usage import UsageRecord
from app.web.container import resolve_from
from tests.conftest import Caller, sign_in
from tests.limits.conftest import COST, Spender, ask, spender, tenant

__all__ = ["spender", "tenant"]
BUDGETS, USAGE = "/api/v1/admin/budgets", "/api/v1/admin/usage"


@pytest.mark.parametrize("role", ["owner", "admin", "member"])
def test_operators_only(app: Flask, clean: None, role: str) -> None:
    caller = sign_in(app, "olivia", "acme", role)
    answers = [
        caller.get(f"{BUDGETS}/acme"), caller.put(f"{BUDGETS}/acme", json={"user_day": None}),
        caller.delete(f"{BUDGETS}/acme"), caller.get(USAGE),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {403}


def test_what_is_set_is_shown_and_can_be_taken_back(operator: Caller) -> None:
    usual = operator.get(f"{BUDGETS}/acme").json
    assert (usual["user_day"], usual["tenant_month"], usual["currency"], usual["own"]) == (None, None, "USD", [])
    body = {"user_day": 0.5, "tenant_month": None, "currency": "USD", "limits": {"key": "5 calls per minute"}}
    kept = operator.put(f"{BUDGETS}/acme", json=body).json
    assert operator.get(f"{BUDGETS}/acme").json == kept
    assert (kept["tenant"], kept["user_day"], kept["tenant_month"]) == ("acme", 0.5, None)
    assert kept["limits"] == usual["limits"] | {"key": "5 calls per minute"}
    assert kept["own"] == ["key", "tenant_month", "user_day"]
    assert operator.delete(f"{BUDGETS}/acme").json == usual == operator.get(f"{BUDGETS}/acme").json


@pytest.mark.parametrize(
    "body",
    [
        {"user_day": -1},
        {"user_day": True},
        {"currency": "EUR"},
        {"limits": {"user": "a few"}},
        {"tenant_month": "much"},
    ],
)
def test_nonsense_is_refused(operator: Caller, body: Any) -> None:
    refused = operator.put(f"{BUDGETS}/acme", json=body)
    assert (refused.status_code, refused.json["code"]) == (422, "VALIDATION_ERROR")
    assert operator.get(f"{BUDGETS}/acme").json["own"] == []


def test_a_tenants_own_budget_counts_instead_of_the_setting(spender: Spender, tenant: str) -> None:
    caller = spender(BUDGET_USER_DAY="100 USD")
    spender("opal", "operator").put(f"{BUDGETS}/{tenant}", json={"user_day": COST, "currency": "USD"})
    assert [ask(caller).status_code for _ in range(2)] == [200, 429]
    assert ask(spender("olivia", of="elsewhere")).status_code == 200


def test_null_lifts_a_budget(spender: Spender, tenant: str) -> None:
    caller = spender(BUDGET_USER_DAY="0 USD", BUDGET_TENANT="0 calls per day")
    body = {"user_day": None, "limits": {"tenant": None}}
    spender("opal", "operator").put(f"{BUDGETS}/{tenant}", json=body)
    assert ask(caller).status_code == 200
    assert ask(spender("olivia", of="elsewhere-too")).status_code == 429


@pytest.fixture
def spent(app: Flask, clean: None) -> None:
    """A day's calls of two tenants, and one of a month ago."""
    ledger = resolve_from(app, Ledger)
    for tenant_id, model, cost in (("acme", "gpt-5-mini", 0.25), ("acme", "unheard-of", None), ("other", "coach", 0.0)):
        ledger(UsageRecord(Asking("chat.turn", tenant_id, "u"), "openai", model, 100, 10, False, cost, 5, 1, "ok", 1))
    ledger.flush()
    with database.begin() as session:
        session.query(ModelCall).filter_by(tenant_id="other").update({"created_at": now() - timedelta(days=40)})


def test_spending_by_tenant_and_model(operator: Caller, spent: None) -> None:
    rows = operator.get(f"{USAGE}?by=tenant,model").json["rows"]
    found = [(row["tenant"], row["model"], row["calls"], row["cost_usd"], row["unpriced"]) for row in rows]
    assert found == [("acme", "openai:gpt-5-mini", 1, 0.25, 0), ("acme", "openai:unheard-of", 1, 0.0, 1)]
    assert (rows[0]["input_tokens"], rows[0]["output_tokens"]) == (100, 10)


def test_spending_of_a_span(operator: Caller, spent: None) -> None:
    today, then = now().date().isoformat(), (now() - timedelta(days=40)).date().isoformat()
    one = operator.get(f"{USAGE}?from={then}&to={then}&by=day,feature").json["rows"]
    assert [(row["day"], row["feature"], row["calls"]) for row in one] == [(then, "chat.turn", 1)]
    assert [row["calls"] for row in operator.get(f"{USAGE}?from={then}&to={today}&by=").json["rows"]] == [3]
    assert operator.get(f"{USAGE}?by=colour").status_code == operator.get(f"{USAGE}?to=soon").status_code == 422
