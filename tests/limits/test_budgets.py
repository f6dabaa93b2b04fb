"""Budgets hold under any rush, are given back what was not used, and are the ledger's."""

from collections.abc import Callable
from typing import Any

import gevent
import pytest
from flask import Flask

from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from tests.conftest import sign_in
from tests.double.client import Double
from tests.gunicorn import Web
from tests.limits.conftest import COST, UNLIMITED, USAGE, Spender, ask, stream, together, written
from tests.topics.conftest import answer_of
from tests.waiting import until


def statuses(answers: list[Any]) -> tuple[int, int]:
    """How many were answered, and how many refused."""
    found = [answer.status_code for answer in answers]
    assert set(found) <= {200, 429}, found
    return found.count(200), found.count(429)


@pytest.mark.parametrize(
    "budget",
    [
        {"BUDGET_USER": "10 calls per day"},
        {"BUDGET_TENANT": "10 calls per month; 1000000 tokens per minute"},
        {"BUDGET_USER_DAY": f"{10 * COST} USD"},
        {"BUDGET_TENANT_MONTH": f"{10 * COST} USD"},
    ],
)
def test_a_hundred_at_once_with_a_budget_for_ten(spender: Spender, double: Double, budget: dict[str, str]) -> None:
    caller = spender(**budget)
    assert statuses(together(100, lambda: ask(caller))) == (10, 90)
    assert len(double.requests()) == 10


def test_streams_are_refused_as_a_status_too(spender: Spender, double: Double) -> None:
    caller = spender(BUDGET_USER="10 calls per day")
    streams = together(100, lambda: stream(caller))
    assert sorted(one.status for one in streams) == [200] * 10 + [429] * 90
    assert len(double.requests()) == 10


def test_a_refusal_says_so_and_when_to_come_back(spender: Spender) -> None:
    caller = spender(BUDGET_USER_DAY="0 USD")
    refused = ask(caller)
    assert (refused.status_code, refused.json["code"]) == (429, "BUDGET_EXCEEDED")
    assert refused.json["error"] == "Too Many Requests" and "usageInfo" not in refused.json
    assert 1 <= int(refused.headers["Retry-After"]) <= 86_401


@pytest.mark.parametrize(
    "path",
    ["/api/v1/chat/message/stream", "/ai/execute", "/ai/execute-async", "/ai/coaching/start", "/api/v1/chat/message"],
)
def test_each_contract_refuses_in_its_own_form(spender: Spender, double: Double, path: str) -> None:
    caller = spender(BUDGET_TENANT="0 calls per minute")
    body = {"message": "Hi", "topic_id": "core_values" if "coaching" in path else "swot_analysis"}
    refused = caller.post(path, json=body)
    assert (refused.status_code, refused.json["code"]) == (429, "BUDGET_EXCEEDED")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert double.requests() == []


def test_what_was_reserved_and_not_used_is_given_back(spender: Spender, double: Double) -> None:
    double.default(usage=[12, 7])
    caller = spender(BUDGET_USER="2500 tokens per day")  # a call reserves more than two thousand
    assert [ask(caller).status_code for _ in range(8)] == [200] * 8


def test_calls_wait_for_each_other_where_only_reservations_are_in_the_way(spender: Spender, double: Double) -> None:
    double.default(usage=[12, 7])
    caller = spender(BUDGET_USER="500 tokens per day")
    assert statuses(together(8, lambda: ask(caller))) == (8, 0)


def test_a_call_that_failed_costs_nothing(spender: Spender, double: Double) -> None:
    caller = spender(BUDGET_USER="1 calls per day", BUDGET_USER_DAY=f"{COST} USD")
    double.script({"status": 400}, {"status": 400})
    assert [ask(caller).status_code for _ in range(2)] == [500, 500]
    assert [ask(caller).status_code for _ in range(2)] == [200, 429]


def test_a_call_that_was_left_before_its_first_word_counts(spender: Spender, double: Double) -> None:
    caller = spender(BUDGET_USER="1 calls per day")
    double.script({"silence": "headers"})
    reading = gevent.spawn(stream, caller)
    until(double.requests)
    session = caller.get("/api/v1/chat/sessions").json["sessions"][0]["id"]
    caller.post(f"/api/v1/chat/session/{session}/cancel")
    reading.get()
    assert ask(caller).status_code == 429


def test_each_person_and_each_tenant_has_a_budget_of_their_own(spender: Spender) -> None:
    caller = spender(BUDGET_USER="1 calls per day", BUDGET_TENANT="2 calls per day")
    assert [ask(caller).status_code for _ in range(2)] == [200, 429]
    assert [ask(spender("theo")).status_code for _ in range(2)] == [200, 429]
    assert ask(spender("nora")).status_code == 429
    assert ask(spender("olivia", of="another-tenant")).status_code == 200


def test_what_redis_forgets_is_read_from_the_ledger(spender: Spender) -> None:
    caller = spender(BUDGET_USER_DAY=f"{3 * COST} USD")
    assert [ask(caller).status_code for _ in range(2)] == [200, 200]
    written(caller)
    signals.redis.flushdb()
    assert [ask(caller).status_code for _ in range(2)] == [200, 429]


def test_an_unpriced_model_is_not_free(spender: Spender) -> None:
    caller = spender(LLM_MODELS="openai:unheard-of", BUDGET_USER_DAY="0.0001 USD")
    assert [ask(caller).status_code for _ in range(2)] == [200, 429]


def test_the_offline_coach_costs_nothing(spender: Spender) -> None:
    caller = spender(LLM_MODELS="offline:coach", BUDGET_USER_DAY="0.0001 USD")
    assert [ask(caller).status_code for _ in range(3)] == [200] * 3


def test_without_a_budget_redis_is_not_asked(spender: Spender) -> None:
    caller = spender(BUDGET_USER="off")
    assert ask(caller).status_code == 200
    assert signals.redis.keys("budget:*") == []


def test_a_turn_that_was_refused_is_told_so_later(spender: Spender) -> None:
    caller = spender(BUDGET_USER="0 calls per day")
    ask(caller)
    session = caller.get("/api/v1/chat/sessions").json["sessions"][0]["id"]
    last = caller.get(f"/api/v1/chat/session/{session}/stream").data.decode().rstrip().splitlines()[-1]
    assert '"code":"BUDGET_EXCEEDED"' in last and '"retryable":true' in last


def test_spending_is_the_ledger_and_the_ledger_what_the_vendor_was_asked(spender: Spender, double: Double) -> None:
    caller = spender(BUDGET_USER="off")
    double.script({"status": 500}, *[{"usage": [900 + n, 100 * n]} for n in range(4)])
    together(4, lambda: ask(caller))
    written(caller)
    operator = sign_in(caller.client.application, "opal", "house", "operator")
    [row] = operator.get("/api/v1/admin/usage?by=tenant,model").json["rows"]
    assert row["attempts"] == len(double.requests()) == 5
    assert (row["calls"], row["input_tokens"], row["output_tokens"]) == (4, 3606, 600)
    assert row["cost_usd"] == round((3606 * 0.15 + 600 * 0.6) / 1e6, 8) and row["unpriced"] == 0
    assert (row["tenant"], row["model"]) == (caller.tenant, "openai:gpt-4o-mini")


def test_a_job_ends_with_a_typed_error_and_is_not_tried_again(spender: Spender, double: Double) -> None:
    caller = spender(BUDGET_USER="1 calls per day")
    double.default(json=answer_of("niche_review"), usage=USAGE)
    body = {"topic_id": "niche_review", "parameters": {"current_value": "We help small businesses"}}
    accepted = [caller.post("/ai/execute-async", json=body).json["data"]["jobId"] for _ in range(2)]
    work(caller.client.application, redis_store.blocking_client(signals.url), 50, burst=True)
    ended = [caller.get(f"/ai/jobs/{job}").json["data"] for job in accepted]
    assert sorted(job["status"] for job in ended) == ["completed", "failed"]
    assert {job["errorCode"] for job in ended} == {None, "BUDGET_EXCEEDED"}
    assert len(double.requests()) == 1


def test_all_processes_count_together(start_web: Callable[..., Web], app: Flask, tenant: str, double: Double) -> None:
    budget = UNLIMITED | {"BUDGET_TENANT": "10 calls per day"}
    webs = [start_web(**budget) for _ in range(2)]
    token = sign_in(app, "olivia", tenant).token
    asking = [gevent.spawn(webs[n % 2].post, token, "/api/v1/chat/message", message=f"Question {n}") for n in range(40)]
    answered = [one.get().get("statusCode", 200) for one in asking]
    assert sorted(answered) == [200] * 10 + [429] * 30
    assert len(double.requests()) == 10
