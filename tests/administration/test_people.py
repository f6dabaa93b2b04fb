"""Tenants and people as operators see them."""

from typing import Any

import pytest
from flask import Flask

from app.accounts.ledger import Ledger
from app.accounts.models import ModelCall
from app.auth.principals import Role
from app.core.clock import now
from app.db.session import db as database
from app.identity import people, tenants
from app.web.container import resolve_from
from tests.conftest import Caller

CALL: dict[str, Any] = {
    "feature": "chat.turn", "provider": "openai", "model": "gpt-5-mini", "input_tokens": 900, "output_tokens": 100,
    "estimated": False, "latency_ms": 900, "outcome": "ok", "attempts": 1,
}  # fmt: skip


@pytest.fixture
def house(app: Flask, clean: None) -> None:
    """Olivia has an account in acme, Theo only a token; a machine of other asks without anybody."""
    resolve_from(app, Ledger).flush()
    with database.begin() as session:
        user = people.make(session, "olivia@acme.example", "Olivia", None)
        tenants.enrol(session, "acme", user, Role.OWNER)
        for tenant, who, cost in (("acme", user.user_id, 0.5), ("acme", "theo", 0.25), ("other", "", None)):
            row = {"tenant_id": tenant, "user_id": who, "cost": cost, "created_at": now()}
            session.add(ModelCall(**CALL, **row))


def test_tenants_with_their_figures(operator: Caller, house: None) -> None:
    found = operator.get("/api/v1/admin/tenants").json
    rows = {one["id"]: (one["members"], one["people"], one["calls"], one["cost_usd"]) for one in found["tenants"]}
    assert rows == {"acme": (1, 2, 2, 0.75), "other": (0, 0, 1, 0.0)}
    assert {one["id"]: one["unpriced"] for one in found["tenants"]} == {"acme": 0, "other": 1}
    assert (found["total"], found["has_more"]) == (2, False)


def test_tenants_in_pages_and_by_search(operator: Caller, house: None) -> None:
    pages = [operator.get(f"/api/v1/admin/tenants?limit=1&offset={number}").json for number in (0, 1, 2)]
    assert [(len(page["tenants"]), page["has_more"]) for page in pages] == [(1, True), (1, False), (0, False)]
    assert [one["id"] for one in operator.get("/api/v1/admin/tenants?search=THE").json["tenants"]] == ["other"]
    assert operator.get("/api/v1/admin/tenants?search=%25").json["total"] == 0


def test_people_with_an_account_and_with_a_token(operator: Caller, house: None) -> None:
    found = operator.get("/api/v1/admin/people?tenant=acme").json["people"]
    rows = {(one["name"], one["email"], one["role"], one["calls"], one["cost_usd"]) for one in found}
    assert rows == {("Olivia", "olivia@acme.example", "owner", 1, 0.5), ("", "", "", 1, 0.25)}
    assert [one["unpriced"] for one in found] == [0, 0]
    assert operator.get("/api/v1/admin/people?tenant=other").json["total"] == 0
    assert [one["name"] for one in operator.get("/api/v1/admin/people?search=olivia@").json["people"]] == ["Olivia"]


def test_that_people_were_looked_at_is_in_the_audit_log(operator: Caller, house: None) -> None:
    operator.get("/api/v1/admin/people?tenant=acme")
    entry = operator.get("/api/v1/admin/audit?action=people.list").json["entries"][0]
    assert (entry["actor"], entry["tenant"]) == ("opal", "acme")


def test_nobody_is_known_yet(operator: Caller) -> None:
    assert operator.get("/api/v1/admin/tenants").json == {"tenants": [], "total": 0, "has_more": False}
    assert operator.get("/api/v1/admin/people").json == {"people": [], "total": 0, "has_more": False}
