"""A person who has talked with the model, and a human coach of their tenant."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db
from tests.conftest import Caller, sign_in
from tests.double.client import Double

CONSENTS, COACH = "/api/v1/consents", "/api/v1/coach"
BOTH = ("read", "reply")

Agree = Callable[..., str]


@pytest.fixture
def coach(app: Flask, clean: None) -> Caller:
    return sign_in(app, "carla", "acme", "coach")


@pytest.fixture
def other_coach(app: Flask, clean: None) -> Caller:
    return sign_in(app, "connor", "acme", "coach")


@pytest.fixture
def talk(owner: Caller, double: Double) -> str:
    """The id of a session in which the model has answered once."""
    double.default(text="What would help most?")
    answer = sent(owner.post("/api/v1/chat/message", json={"message": "I lost the thread"}))
    return str(answer["sessionId"])


@pytest.fixture
def taken(owner: Caller, coach: Caller, talk: str) -> str:
    """The same, taken over by the coach."""
    agree(owner, coach)
    sent(act(coach, talk, "take-over"))
    return talk


def sent(answer: Any) -> Any:
    assert answer.status_code in range(200, 300), answer.get_data(as_text=True)
    return answer.json


def agree(person: Caller, coach: Caller, scopes: tuple[str, ...] = BOTH) -> str:
    return str(sent(person.post(CONSENTS, json={"coach": coach.user, "scopes": list(scopes)}))["id"])


def act(coach: Caller, session_id: str, what: str, headers: Any = None, **body: str) -> Any:
    return coach.post(f"{COACH}/sessions/{session_id}/{what}", json=body, headers=headers)


def reply(coach: Caller, session_id: str, said: str = "Let us find it again.", **headers: str) -> Any:
    return act(coach, session_id, "reply", headers, text=said)


def say(person: Caller, session_id: str, said: str = "Are you there?") -> Any:
    return sent(person.post("/api/v1/chat/message", json={"message": said, "sessionId": session_id}))


def read(caller: Caller, session_id: str) -> Any:
    return sent(caller.get(f"/api/v1/chat/session/{session_id}"))


def reads(person: Caller, consent: str) -> list[tuple[str, list[str]]]:
    """What was read with a consent, newest first."""
    return [(one["type"], one["ids"]) for one in sent(person.get(f"{CONSENTS}/{consent}/reads"))["reads"]]


def events(caller: Caller) -> list[tuple[str, Any]]:
    """What their feed was told of coaches, in order."""
    told = "SELECT type, data FROM feed_events WHERE user_id = :user AND type ~ '^(coach|consent)' ORDER BY id"
    with db.read() as session:
        return [tuple(row) for row in session.execute(text(told), {"user": caller.user})]
