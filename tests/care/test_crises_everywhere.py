"""No request to a model holds a word of what somebody said in a crisis: not then, not later, on no way in."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.care import texts
from app.care.safety import WITHHELD
from app.chat.models import UNTITLED, ChatMessage, ChatSession
from app.core.clock import now
from app.db.session import db
from app.topics.business.endpoints import ENDPOINTS
from tests.care.crises import CRISIS, LANGUAGES, WAYS, Way, chat, coaching, crisis_in, events, seen
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.jobs.test_jobs import burst
from tests.topics.business.conftest import BODIES

each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@pytest.fixture
def somebody(app: Flask, clean: None) -> Caller:
    """Whom nobody has had to follow up."""
    return sign_in(app, f"user-{uuid4().hex[:12]}", "acme")


@each_way
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_model_sees_a_word_then_or_later(somebody: Caller, double: Double, way: Way, language: str) -> None:
    say = way(somebody, double)
    asked, told = len(double.requests()), texts.of_language(language)
    metadata, said = say(crisis_in(language))
    assert metadata["safety"]["level"] == "crisis" and metadata["model"] == "care"
    assert said.partition("\n")[0].startswith(told.crisis[metadata["safety"]["category"]].partition("{")[0][:20])
    assert len(double.requests()) == asked
    for text in ("Go on", "What else?"):
        metadata, said = say(text)
        assert metadata["safety"]["follow_up"] is True and said.startswith(told.follow_up)
    assert len(double.requests()) == asked + 2 and not seen(double)


def test_no_summary_is_made_of_it(somebody: Caller, double: Double, app: Flask) -> None:
    say = chat(somebody, double)
    say(CRISIS)
    fill(somebody)
    say("And now?")
    double.script({"text": "They spoke."})
    asked = len(double.requests())
    burst(app)
    say("Two")
    assert len(double.requests()) == asked + 2 and not seen(double)
    assert WITHHELD["user"] in str(double.requests()[asked]["body"])


def fill(caller: Caller, count: int = 30) -> None:
    """The conversation goes on for long."""
    with db.begin() as session:
        row = session.scalars(select(ChatSession).where(ChatSession.user_id == caller.user)).one()
        session.add_all(
            ChatMessage(
                id=f"{row.id}-{place}", session_id=row.id, position=place, role=("user", "assistant")[(place + 1) % 2],
                content="word " * 1000, context=[], created_at=now(),
            )
            for place in range(3, count + 1)
        )  # fmt: skip
        session.execute(update(ChatSession).where(ChatSession.id == row.id).values(message_count=count))


@pytest.mark.parametrize("form", ["message", "message/stream"])
def test_no_title_has_its_words(somebody: Caller, form: str) -> None:
    somebody.post(f"/api/v1/chat/{form}", json={"message": CRISIS}).get_data()
    assert [one["title"] for one in somebody.get("/api/v1/chat/sessions").json["sessions"]] == [UNTITLED]


@pytest.mark.parametrize(
    "endpoint", [one for one in ENDPOINTS if one.path != "/website/scan"], ids=lambda one: one.path
)
def test_no_business_endpoint_shows_it(somebody: Caller, double: Double, endpoint: Any) -> None:
    answer = somebody.post(endpoint.path, json=with_words(BODIES[endpoint.path]))
    assert answer.status_code == (200 if endpoint.speaks else 422) and double.requests() == []
    assert answer.json["metadata" if endpoint.speaks else "safety"]
    assert [event.shown for event in events(somebody)] == ["text"]


def with_words(value: Any) -> Any:
    """A body with a crisis in every place that has room for one."""
    if isinstance(value, dict):
        return {name: with_words(part) for name, part in value.items()}
    if isinstance(value, list):
        return [with_words(part) for part in value]
    return CRISIS if isinstance(value, str) and value[:1].isupper() else value


def test_a_worker_shows_it_to_nobody(somebody: Caller, double: Double, app: Flask) -> None:
    body = {"topic_id": "niche_review", "parameters": {"current_value": CRISIS}}
    job_id = somebody.post("/ai/execute-async", json=body).json["data"]["jobId"]
    burst(app)
    job = somebody.get(f"/ai/jobs/{job_id}").json["data"]
    assert (job["status"], job["errorCode"], job["safety"]["level"]) == ("failed", "CARE", "crisis")
    assert job["resources"]
    assert double.requests() == [] and [event.shown for event in events(somebody)] == ["text"]


def test_a_session_that_began_with_it_shows_it_to_nobody(somebody: Caller, double: Double) -> None:
    double.default(json={"message": "Go on", "is_final": False, "result": None})
    begun = somebody.post("/ai/coaching/start", json={"topic_id": "core_values", "context": {"why": CRISIS}}).json
    assert begun["metadata"]["model"] == "care"
    for action in ("pause", "resume"):
        somebody.post(f"/ai/coaching/{action}", json={"session_id": begun["session_id"]})
    somebody.post("/ai/coaching/message", json={"session_id": begun["session_id"], "message": "Honesty"})
    double.default(json={"values": []})
    somebody.post("/ai/coaching/complete", json={"session_id": begun["session_id"]})
    assert len(double.requests()) >= 3 and not seen(double)


def test_results_are_not_made_of_it(somebody: Caller, double: Double) -> None:
    say = coaching(somebody, double)
    say(CRISIS)
    [session] = somebody.get("/ai/coaching/sessions").json["data"]
    somebody.post("/ai/coaching/complete", json={"session_id": session["session_id"]})
    assert len(double.requests()) >= 2 and not seen(double)
