"""Answers of every contract have their traces."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from app.traces.book import TraceBook
from app.web.container import resolve_from
from tests.chat.conftest import read, write
from tests.coaching.conftest import begun as session_begun
from tests.coaching.conftest import reply, say
from tests.conftest import Caller
from tests.double.client import Double
from tests.interviews.conftest import begun, script
from tests.topics.conftest import answer_of, execute

Given = dict[str, Any]
NICHE: Given = {"current_value": "We help small businesses"}


def trace(caller: Caller, which: str, path: str = "/api/v1/traces") -> Any:
    resolve_from(caller.client.application, TraceBook).flush()
    answer = caller.get(f"{path}/{which}")
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.fixture
def work_off(app: Flask) -> Callable[[], None]:
    def run() -> None:
        work(app, redis_store.blocking_client(signals.url), 50, burst=True)
        resolve_from(app, TraceBook).flush()

    return run


def test_a_topic_at_once(owner: Caller, double: Double) -> None:
    double.script({"json": answer_of("niche_review"), "usage": [50, 20]})
    found = trace(owner, execute(owner, "niche_review", NICHE).headers["X-Coachhouse-Trace"])
    assert (found["feature"], found["outcome"]) == ("topics.niche_review", "completed")
    assert {"kind": "fact", "id": "current_value", "score": None, "matched": None, "title": None} in found["retrieved"]
    assert found["usage"]["output_tokens"] == 20 and "small businesses" not in str(found)


def test_a_topic_in_the_background(owner: Caller, double: Double, work_off: Callable[[], None]) -> None:
    double.script({"json": answer_of("niche_review")})
    accepted = owner.post("/ai/execute-async", json={"topic_id": "niche_review", "parameters": NICHE}).json
    work_off()
    found = trace(owner, accepted["data"]["jobId"])
    assert (found["feature"], found["request_id"]) == ("topics.niche_review", None)
    assert "small businesses" in found["words"]["asked"] and found["words"]["answered"]


def test_a_coaching_session(owner: Caller, double: Double) -> None:
    session_id = session_begun(owner, double)
    double.script(reply("What does integrity mean?"))
    answer = say(owner, session_id, "Integrity matters to me")
    found = trace(owner, answer.headers["X-Coachhouse-Trace"])
    assert (found["feature"], found["conversation_id"]) == ("coaching.core_values", session_id)
    assert found["words"] == {"asked": "Integrity matters to me", "answered": "What does integrity mean?"}


def test_a_coaching_turn_that_is_streamed(owner: Caller, double: Double) -> None:
    session_id = session_begun(owner, double)
    double.script(reply())
    body = {"session_id": session_id, "message": "Integrity matters to me"}
    events = read(owner.post("/ai/coaching/message/stream", json=body))
    assert trace(owner, events.start["turnId"])["conversation_id"] == session_id


def test_a_conversation_about_the_business(owner: Caller, double: Double) -> None:
    data = owner.post("/conversations/initiate", json={"topic": "retention"}).json["data"]
    double.script({"json": {"response": "And then?", "suggestions": [], "relatedInsights": []}})
    answer = owner.post(f"/conversations/{data['id']}/message", json={"message": "Clinics leave"})
    found = trace(owner, answer.headers["X-Coachhouse-Trace"])
    assert found["words"] == {"asked": "Clinics leave", "answered": "And then?"}


def test_a_weekly_review(owner: Caller, double: Double) -> None:
    entry = write(owner)
    double.script({"text": "## Your Week in Review\n\nThis week showed…"})
    insight = owner.post("/api/v1/chat/weekly-insights/generate", json={}).json["insight"]
    found = trace(owner, insight["id"])
    assert entry["id"] in {one["id"] for one in found["retrieved"]}
    assert found["words"]["answered"] == insight["content"]


def test_each_message_of_an_interview(
    app: Flask, operator: Caller, anonymous: Caller, double: Double, work_off: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("app.interviews.service.LENGTHS", (2,))
    monkeypatch.setattr("app.interviews.jobs.random.uniform", lambda *_: 0.0)
    script(double, 2)
    interview_id = begun(anonymous)
    work_off()
    listed = operator.get(f"/api/v1/admin/traces?conversation_id={interview_id}").json["traces"]
    features = ["interviews.insights", "interviews.customer", "interviews.interviewer"]
    assert [one["feature"] for one in listed] == features
    found = trace(operator, listed[1]["answer_id"], "/api/v1/admin/traces")
    assert found["words"]["answered"] == "Answer 2"
