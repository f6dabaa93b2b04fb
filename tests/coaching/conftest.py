"""Sessions in tests, and what the model says in them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.db.session import db as database
from app.topics.catalog import TOPICS
from tests.conftest import Caller
from tests.double.client import Double

HELLO = {"message": "Welcome! Which decision of the last year are you proudest of?"}
WORDS = "I think integrity and innovation are most important to me"


def reply(message: str = "Can you tell me more?", **more: Any) -> dict[str, Any]:
    return {"json": {"message": message, "is_final": False, "result": None} | more, "usage": [100, 50]}


def closing(topic_id: str = "core_values", message: str = "Thank you, that is it.") -> dict[str, Any]:
    return reply(message, is_final=True, result=TOPICS[topic_id].example)


def start(caller: Caller, topic_id: str = "core_values", **body: Any) -> Any:
    return caller.post("/ai/coaching/start", json={"topic_id": topic_id} | body)


def begun(caller: Caller, double: Double, topic_id: str = "core_values") -> str:
    double.script({"json": HELLO})
    answer = start(caller, topic_id)
    assert answer.status_code == 200, answer.json
    return str(answer.json["session_id"])


def say(caller: Caller, session_id: str, words: str = WORDS, **kwargs: Any) -> Any:
    return caller.post("/ai/coaching/message", json={"session_id": session_id, "message": words}, **kwargs)


def act(caller: Caller, action: str, session_id: str) -> Any:
    return caller.post(f"/ai/coaching/{action}", json={"session_id": session_id})


def read(caller: Caller, session_id: str) -> Any:
    return caller.get(f"/ai/coaching/session?session_id={session_id}").json


def later(session_id: str, **columns: timedelta) -> None:
    """Time passes: these columns of a session lie so much further back."""
    moved = ", ".join(f"{name} = {name} - :{name}" for name in columns)
    with database.begin() as session:
        session.execute(text(f"UPDATE coaching_sessions SET {moved} WHERE id = :id"), columns | {"id": session_id})


def code(answer: Any) -> tuple[int, str]:
    body = answer.json
    assert body["success"] is False and body["code"] == body["detail"]["code"]
    assert body["error"] == body["detail"]["message"]
    return answer.status_code, body["code"]


@pytest.fixture
def session_id(owner: Caller, double: Double) -> str:
    return begun(owner, double)
