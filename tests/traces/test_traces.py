"""What is told of how an answer was made, and to whom."""

from typing import Any

import pytest
from flask import Flask

from app.traces.book import TraceBook
from app.web.container import resolve_from
from tests.chat.conftest import aim, ask, stream, write
from tests.conftest import Caller, sign_in
from tests.double.client import Double

TRACES, ALL, SETTINGS = "/api/v1/traces", "/api/v1/admin/traces", "/api/v1/admin/traces/settings"
STAGES = ["admission", "care", "context", "prompt", "generation", "check"]


def trace(caller: Caller, which: str = "", path: str = TRACES) -> Any:
    resolve_from(caller.client.application, TraceBook).flush()
    answer = caller.get(f"{path}/{which}" if which else path)
    assert answer.status_code == 200, answer.json
    return answer.json


def asked_by(caller: Caller, message: str = "How do I go on with the marathon?") -> str:
    answer = ask(caller, message)
    assert answer.status_code == 200, answer.json
    return str(answer.json["messageId"])


def test_an_answer_tells_what_it_was_made_of(owner: Caller, double: Double) -> None:
    goal, _ = aim(owner, "Run a marathon"), write(owner, "A slow day", "The marathon is far away")
    double.script({"usage": [120, 30]})
    found = trace(owner, asked_by(owner))
    assert (found["feature"], found["outcome"]) == ("chat.turn", "completed")
    assert [stage["name"] for stage in found["stages"]] == STAGES
    assert all(stage["ms"] >= 0 for stage in found["stages"])
    scored = {one["id"]: one for one in found["retrieved"] if one["score"]}
    assert scored[goal["id"]] | {"score": 0} == {
        "kind": "goal", "id": goal["id"], "title": "Run a marathon", "score": 0, "matched": True,
    }  # fmt: skip
    assert {one["kind"] for one in scored.values()} == {"goal", "journal"}
    assert (found["usage"]["input_tokens"], found["usage"]["output_tokens"]) == (120, 30)


def test_it_tells_models_tokens_and_that_a_price_is_not_known(owner: Caller, double: Double) -> None:
    double.script({"usage": [120, 30]})
    found = trace(owner, asked_by(owner))
    [call] = found["calls"]
    assert (call["provider"], call["model"], call["outcome"], call["attempts"]) == ("openai", "coach-1", "ok", 1)
    assert (call["cost_usd"], found["usage"]["unpriced"]) == (None, 1)
    assert call["first_token_ms"] <= call["ms"] <= found["ms"]
    assert found["overhead_ms"] <= found["ms"]


def test_it_tells_retries_and_failover(owner: Caller, double: Double) -> None:
    double.script({"status": 500})
    found = trace(owner, asked_by(owner))
    assert (found["usage"]["retries"], found["usage"]["failovers"]) == (1, 0)
    assert found["calls"][0]["faults"] == [{"provider": "openai", "model": "coach-1", "kind": "overloaded"}]


def test_words_are_for_the_person_and_not_in_lists(owner: Caller, double: Double) -> None:
    double.script({"text": "Begin with the shoes."})
    answer_id = asked_by(owner, "Where do I begin?")
    assert trace(owner, answer_id)["words"] == {"asked": "Where do I begin?", "answered": "Begin with the shoes."}
    [listed] = trace(owner)["traces"]
    assert listed["answer_id"] == answer_id and "shoes" not in str(listed) and "begin?" not in str(listed)


def test_words_that_are_deleted_are_gone_here_too(owner: Caller, double: Double) -> None:
    goal, entry = aim(owner, "Run a marathon"), write(owner, "A slow day", "The marathon is far away")
    answer = ask(owner, "How do I go on with the marathon?").json
    owner.delete(f"/api/v1/goals/{goal['id']}")
    owner.delete(f"/api/v1/journal/{entry['id']}")
    owner.delete(f"/api/v1/chat/session/{answer['sessionId']}")
    found = trace(owner, answer["messageId"])
    assert found["words"] == {"asked": None, "answered": None}
    assert {one["title"] for one in found["retrieved"]} == {None}


def test_it_is_found_by_the_answers_header_too(owner: Caller) -> None:
    answer = ask(owner)
    assert trace(owner, answer.headers["X-Coachhouse-Trace"])["answer_id"] == answer.json["messageId"]
    assert trace(owner, answer.json["messageId"])["request_id"] == answer.headers["X-Request-Id"]


def test_it_is_nobody_elses(app: Flask, owner: Caller) -> None:
    answer_id = asked_by(owner)
    teammate, stranger = sign_in(app, "theo", "acme"), sign_in(app, "olivia", "elsewhere")
    resolve_from(app, TraceBook).flush()
    assert [one.get(f"{TRACES}/{answer_id}").status_code for one in (teammate, stranger)] == [404, 404]
    assert [trace(one)["traces"] for one in (teammate, stranger)] == [[], []]
    assert {one.get(ALL).status_code for one in (owner, teammate)} == {403}


def test_a_list_has_pages_and_conversations(owner: Caller) -> None:
    ids = [asked_by(owner, f"Question {n}?") for n in range(3)]
    first = trace(owner)
    assert [one["answer_id"] for one in first["traces"]] == ids[::-1]
    page = owner.get(f"{TRACES}?limit=2").json
    assert page["has_more"] and [one["answer_id"] for one in page["traces"]] == ids[:0:-1]
    rest = owner.get(f"{TRACES}?limit=2&cursor={page['next_cursor']}").json
    assert [one["answer_id"] for one in rest["traces"]] == ids[:1] and not rest["has_more"]
    conversation = first["traces"][0]["conversation_id"]
    only = owner.get(f"{TRACES}?conversation_id={conversation}").json["traces"]
    assert [one["answer_id"] for one in only] == ids[-1:]


def test_operators_read_words_where_the_tenant_lets_them(owner: Caller, operator: Caller, boss: Caller) -> None:
    answer_id = asked_by(owner, "Where do I begin?")
    shut = trace(operator, answer_id, ALL)
    assert (shut["tenant"], shut["user"], shut["words_allowed"]) == ("acme", "olivia", False)
    assert "words" not in shut and "begin" not in str(shut)
    assert boss.put(SETTINGS, json={"operators_read_words": True}).status_code == 200
    assert trace(operator, answer_id, ALL)["words"]["asked"] == "Where do I begin?"
    assert boss.put(SETTINGS, json={"operators_read_words": False}).json == {"operators_read_words": False}
    assert "words" not in trace(operator, answer_id, ALL)


def test_that_words_were_read_is_in_the_tenants_audit_log(owner: Caller, operator: Caller, boss: Caller) -> None:
    boss.put(SETTINGS, json={"operators_read_words": True})
    found = trace(operator, asked_by(owner), ALL)
    entries = boss.get("/api/v1/admin/audit").json["entries"]
    assert [(one["action"], one["target"], one["actor"]) for one in entries] == [
        ("trace.read_words", found["id"], operator.user), ("traces.settings", "", boss.user),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["member", "manager", "viewer", "coach"])
def test_not_everybody_lets_operators_read(app: Flask, clean: None, role: str) -> None:
    caller = sign_in(app, "mia", "acme", role)
    assert caller.put(SETTINGS, json={"operators_read_words": True}).status_code == 403
    assert caller.get(SETTINGS).status_code == 403


def test_operators_search(owner: Caller, operator: Caller) -> None:
    asked_by(owner)
    trace(operator, "", ALL)
    found = {
        query: len(operator.get(f"{ALL}?{query}").json["traces"])
        for query in (
            "tenant=acme", "tenant=other", "user=olivia&feature=chat.turn", "outcome=completed", "outcome=failed",
            "from=2020-01-01", "to=2020-01-01",
        )
    }  # fmt: skip
    assert list(found.values()) == [1, 0, 1, 1, 0, 1, 0]


def test_a_turn_that_failed_says_how(owner: Caller, double: Double) -> None:
    double.default(status=400)
    ask(owner)
    [found] = trace(owner)["traces"]
    assert found["outcome"] == "AI_SERVICE_UNAVAILABLE"
    assert [call["outcome"] for call in found["calls"]] == ["refused"]


def test_in_a_crisis_no_model_is_asked(owner: Caller) -> None:
    stream(owner, "I want to kill myself tonight")
    [found] = trace(owner)["traces"]
    assert (found["outcome"], found["calls"]) == ("crisis", [])
    assert [stage["name"] for stage in found["stages"]] == ["admission", "care"]


@pytest.fixture
def boss(app: Flask, clean: None) -> Caller:
    return sign_in(app, "bo", "acme", "owner")
