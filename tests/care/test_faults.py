"""Whatever is used up, broken or said twice: somebody in a crisis is answered, and noted once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from uuid import uuid4

import gevent
import pytest
import redis
from flask import Flask

from app.care.service import Care
from app.care.words import Words
from app.streams.signals import signals
from app.web.container import resolve_from
from tests.care.crises import CRISIS, WAYS, Way, chat, events, seen
from tests.chat.conftest import ask, stream
from tests.coaching import conftest as coaching
from tests.coaching.test_faults import database_away
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.waiting import until

CONCERN = "Sometimes I wish I was dead"
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@contextmanager
def redis_away() -> Iterator[None]:
    """Connections to Redis end, and nobody gets a new one."""
    with mock.patch.object(redis.connection.AbstractConnection, "connect", side_effect=redis.ConnectionError):
        signals.redis.connection_pool.disconnect()
        yield


def noted(caller: Caller) -> list[tuple[str, str]]:
    return [(event.level, event.shown) for event in events(caller)]


@each_way
def test_when_no_model_can_be_had(owner: Caller, double: Double, way: Way) -> None:
    say = way(owner, double)
    double.default(status=503)
    assert say(CRISIS)[0]["safety"]["level"] == "crisis" and noted(owner) == [("crisis", "text")]


@each_way
def test_when_redis_is_away(owner: Caller, double: Double, way: Way) -> None:
    say = way(owner, double)
    with redis_away():
        assert say(CRISIS)[0]["safety"]["level"] == "crisis"
    assert noted(owner) == [("crisis", "text")]


@each_way
def test_when_the_budget_is_used_up(make_app: Callable[..., Flask], clean: None, double: Double, way: Way) -> None:
    caller = sign_in(make_app(BUDGET_USER="1 call per day"), f"user-{uuid4().hex}", "acme")
    say = way(caller, double)
    ask(caller, "Hello")
    assert say(CRISIS)[0]["safety"]["level"] == "crisis"
    refused = ask(caller, CONCERN)
    assert refused.status_code == 429 and refused.json["safety"]["level"] == "concern" and refused.json["resources"]


@pytest.mark.parametrize("form", ["message", "message/stream"])
def test_when_the_rate_is_used_up(make_app: Callable[..., Flask], clean: None, double: Double, form: str) -> None:
    caller = sign_in(make_app(RATE_LIMIT_MESSAGES="1 per minute"), f"user-{uuid4().hex}", "acme")
    ask(caller, "Hello")
    answer = caller.post(f"/api/v1/chat/{form}", json={"message": CRISIS})
    assert answer.status_code == 200 and "112" in answer.get_data(as_text=True)
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    refused = ask(caller, CONCERN)
    assert refused.status_code == 429 and refused.json["safety"]["level"] == "concern"
    assert noted(caller) == [("crisis", "text")]  # the refusal came within the moment of that turn


def test_when_the_rate_of_coaching_is_used_up(make_app: Callable[..., Flask], clean: None, double: Double) -> None:
    caller = sign_in(make_app(RATE_LIMIT_AI="1 per minute"), f"user-{uuid4().hex}", "acme")
    session_id = coaching.begun(caller, double)
    assert coaching.say(caller, session_id).status_code == 429
    assert coaching.say(caller, session_id, CRISIS).json["metadata"]["model"] == "care"


def test_a_crisis_while_a_turn_runs_is_told_of_help(owner: Caller, session_id: str, double: Double) -> None:
    double.script({"text": ["You ", "wrote"], "hold": 1})
    asking = gevent.spawn(stream, owner, "How am I doing?", sessionId=session_id)
    until(double.holds)
    refused = ask(owner, CRISIS, sessionId=session_id)
    double.release()
    asking.get()
    assert refused.status_code == 409 and refused.json["safety"]["level"] == "crisis" and refused.json["resources"]
    assert noted(owner) == [("crisis", "refusal")]


def test_also_when_that_turn_is_about_a_concern(owner: Caller, session_id: str, double: Double) -> None:
    double.script({"text": ["You ", "wrote"], "hold": 1})
    asking = gevent.spawn(stream, owner, CONCERN, sessionId=session_id)
    until(double.holds)
    ask(owner, CRISIS, sessionId=session_id)
    double.release()
    asking.get()
    assert noted(owner) == [("concern", "check_in"), ("crisis", "refusal")]


@pytest.fixture
def owner(app: Flask, clean: None) -> Caller:
    """Of whom nothing was noted a moment ago."""
    return sign_in(app, f"user-{uuid4().hex[:12]}", "acme")


@pytest.fixture
def session_id(owner: Caller) -> str:
    made: str = owner.post("/api/v1/chat/session").json["id"]
    return made


def test_a_double_click_is_noted_once(owner: Caller, session_id: str) -> None:
    clicks = [gevent.spawn(ask, owner, CRISIS, sessionId=session_id) for _ in range(2)]
    gevent.joinall(clicks)
    ask(owner, CRISIS, sessionId=session_id)
    assert noted(owner) == [("crisis", "text")]


def test_a_double_click_without_a_session_is_one_turn(owner: Caller) -> None:
    first, second = ask(owner, CRISIS).json, ask(owner, CRISIS).json
    assert first["response"] == second["response"] and first["sessionId"] == second["sessionId"]
    assert second["metadata"]["safety"]["level"] == "crisis" and noted(owner) == [("crisis", "text")]


def test_two_processes_note_it_once(make_app: Callable[..., Flask], owner: Caller) -> None:
    words = Words("acme", owner.user, "chat.turn", CRISIS)
    here, there = (resolve_from(app, Care) for app in (owner.client.application, make_app()))
    gevent.joinall([gevent.spawn(care.judge, words) for care in (here, there)])
    there.note_refusal(words, there.look(words))
    assert noted(owner) == [("crisis", "text")]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/chat/message", {"message": CRISIS}),
        ("/ai/execute", {"topic_id": "niche_review", "parameters": {"current_value": CRISIS}}),
        ("/coaching/onboarding", {"topic": "purpose", "message": CRISIS}),
        ("/conversations/initiate", {"topic": "retention", "initialMessage": CRISIS}),
        ("/ai/coaching/start", {"topic_id": "core_values", "context": {"why": CRISIS}}),
    ],
)
def test_a_key_gives_the_same_answer_again(owner: Caller, double: Double, path: str, body: Any) -> None:
    key = {"Idempotency-Key": "once"}
    first, second = (owner.post(path, json=body, headers=key) for _ in range(2))
    assert first.status_code == second.status_code and told(first.json) == told(second.json)
    assert noted(owner) == [("crisis", "text")] and double.requests() == []


def told(body: Any) -> Any:
    """Without what differs between two answers."""
    differing = {"usageInfo", "timestamp", "message", "resumed", "safety"}
    return {name: part for name, part in body.items() if name not in differing}


def test_while_the_database_is_away_it_is_noted_later(owner: Caller, double: Double) -> None:
    ask(owner, "Hello")
    with database_away():
        refused = ask(owner, CRISIS)
        assert refused.status_code == 503 and refused.json["safety"]["level"] == "crisis" and refused.json["resources"]
    until(lambda: noted(owner) == [("crisis", "refusal")])


def test_topics_are_looked_at_without_a_database(owner: Caller, double: Double) -> None:
    body = {"topic_id": "niche_review", "parameters": {"current_value": CRISIS}}
    with database_away():
        answer = owner.post("/ai/execute", json=body)
        assert answer.json["safety"]["level"] == "crisis" and double.requests() == []
    until(lambda: len(noted(owner)) == 1)


def test_the_counts_are_of_what_is_stored(owner: Caller, double: Double, session_id: str) -> None:
    ask(owner, CRISIS, sessionId=session_id)
    ask(owner, "And now?", sessionId=session_id)
    found = owner.get(f"/api/v1/chat/session/{session_id}").json
    assert len(found["messages"]) == 4
    assert not seen(double)


def test_chat_says_it_to_the_person_in_their_history(owner: Caller, double: Double) -> None:
    say = chat(owner, double)
    _, text = say(CRISIS)
    [session] = owner.get("/api/v1/chat/sessions").json["sessions"]
    messages = owner.get(f"/api/v1/chat/session/{session['id']}").json["messages"]
    assert [message["content"] for message in messages] == [CRISIS, text]
