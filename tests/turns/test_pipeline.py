"""Care is asked on every way to a model: here one that lets nothing through."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.care.safety import UNHARMED, Safety
from app.care.service import Care
from app.care.words import Words
from app.core.errors import AppError
from app.interviews.jobs import run as interview
from app.realtime.live.conversation import AgentProfile, Query, Thread
from app.realtime.live.turn import RealtimeServices, RealtimeTurn
from app.turns.pipeline import Pipeline
from app.web.container import resolve_from
from tests.chat.conftest import write
from tests.conftest import Caller
from tests.double.client import Double
from tests.interviews.conftest import SARAH
from tests.topics.business.conftest import BODIES

SECRET = "the words that care must see"


class Stopped(AppError):
    text = "Stopped by care"


@dataclass(frozen=True, slots=True)
class Refusing:
    """In the place of care; ``asked`` are the words that it was asked about."""

    asked: list[Words]

    def look(self, _words: Words) -> Safety:
        return UNHARMED

    def judge(self, words: Words, _shown: object) -> None:
        self.asked.append(words)
        raise Stopped


@pytest.fixture
def seen(app: Flask) -> Iterator[list[Words]]:
    """What care was asked about."""
    pipeline, refusing = resolve_from(app, Pipeline), Refusing([])
    care, pipeline.care = pipeline.care, refusing  # type: ignore[assignment]
    yield refusing.asked
    pipeline.care = care


def chat(caller: Caller) -> Any:
    return caller.post("/api/v1/chat/message", json={"message": SECRET})


def chat_stream(caller: Caller) -> Any:
    return caller.post("/api/v1/chat/message/stream", json={"message": SECRET}).data


def topic(caller: Caller) -> Any:
    return caller.post("/ai/execute", json={"topic_id": "niche_review", "parameters": {"current_value": SECRET}})


def conversation(caller: Caller) -> Any:
    return caller.post("/conversations/initiate", json={"topic": "x", "initialMessage": SECRET})


def coaching(caller: Caller) -> Any:
    return caller.post("/ai/coaching/start", json={"topic_id": "core_values"})


def alignment(caller: Caller) -> Any:
    return caller.post("/coaching/alignment-check", json=BODIES["/coaching/alignment-check"])


def insights(caller: Caller) -> Any:
    write(caller)
    return caller.get("/api/v1/chat/insights")


def interviews(caller: Caller) -> Any:
    started = caller.post("/api/interviews/start", json={"persona": SARAH, "problem": SECRET})
    with caller.client.application.app_context(), pytest.raises(Stopped):
        interview(started.json["interviewId"])
    return started


def realtime(caller: Caller) -> Any:
    sent: list[bytes] = []
    services = resolve_from(caller.client.application, RealtimeServices)
    thread = Thread(1, "acme", "user_00112233445566aa", AgentProfile(1, "", "Mira", "", "", 300, ""))
    RealtimeTurn(services, thread, Query(SECRET, ""), sent.append, muted=True).run()
    return sent


@pytest.mark.parametrize(
    ("way", "feature", "words"),
    [
        (chat, "chat.turn", SECRET),
        (chat_stream, "chat.turn", SECRET),
        (topic, "topics.niche_review", SECRET),
        (conversation, "topics.conversation", SECRET),
        (coaching, "coaching.core_values", ""),
        (alignment, "topics.", ""),
        (insights, "chat.insights", ""),
        (interviews, "interviews.interviewer", ""),
        (realtime, "realtime.turn", SECRET),
    ],
)
def test_care_is_asked_before_any_model(
    owner: Caller, double: Double, seen: list[Words], way: Callable[[Caller], Any], feature: str, words: str
) -> None:
    way(owner)
    assert [one.feature.startswith(feature) for one in seen] == [True]
    assert words in seen[0].text
    assert double.requests() == []


def test_what_was_said_before_is_shown_to_care(owner: Caller, double: Double, seen: list[Words]) -> None:
    pipeline = resolve_from(owner.client.application, Pipeline)
    refusing, pipeline.care = pipeline.care, resolve_from(owner.client.application, Care)
    double.script({"json": {"message": "Welcome"}}, {"json": {"message": "Go on", "is_final": False, "result": None}})
    session_id = coaching(owner).json["session_id"]
    for text in ("First", "Second"):
        said = owner.post("/ai/coaching/message", json={"session_id": session_id, "message": text})
        pipeline.care = refusing
    assert said.status_code == 500 and said.json["error"] == Stopped.text
    assert (seen[0].text, seen[0].before()) == ("Second", ["First"])
