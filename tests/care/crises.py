"""Somebody in a crisis, in every language and on every way in; and what the vendor of a model came to see of it."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.care.levels import Category, Level
from app.care.models import CareEvent
from app.care.rule_files import FOLDER, load
from app.db.session import db
from tests.chat.conftest import stream as chat_stream_of
from tests.conftest import Caller
from tests.double.client import Double
from tests.sse import parse

MARK = "Zebulon"  # a word that nobody else says
Talk = Callable[[str], tuple[dict[str, Any], str]]  # what they say: the answer's metadata, and its text


def crisis_in(language: str) -> str:
    rows = [(row.rule, row.fires) for row in load(FOLDER / f"{language}.toml").rules]
    said = next(fires[0] for rule, fires in rows if (rule.level, rule.category) == (Level.CRISIS, Category.SUICIDE))
    return f"{said}. {MARK}."


LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.toml"))
CRISIS = crisis_in("en")


def seen(double: Double, text: str = MARK) -> bool:
    """Whether any request that the double received holds a text."""
    return text in json.dumps([request["body"] for request in double.requests()], ensure_ascii=False)


def chat(caller: Caller, double: Double, path: str = "/api/v1/chat/message") -> Talk:
    session: dict[str, str] = {}

    def say(text: str) -> tuple[dict[str, Any], str]:
        told = caller.post(path, json={"message": text} | session).json
        session["sessionId"] = told["sessionId"]
        return told["metadata"], told["response"]

    return say


def journal_app(caller: Caller, double: Double) -> Talk:
    return chat_stream(caller, double, "/journal-app/api/v1/chat/message/stream")


def chat_stream(caller: Caller, double: Double, path: str = "") -> Talk:
    session: dict[str, str] = {}

    def say(text: str) -> tuple[dict[str, Any], str]:
        told = parse(caller.post(path, json={"message": text} | session).data) if path else None
        events = [one.data for one in told] if told else chat_stream_of(caller, text, **session).items
        session["sessionId"] = events[0]["sessionId"]
        said = "".join(one["content"] for one in events if one["type"] in {"content", "chunk"})
        return events[-1]["metadata"], said

    return say


def coaching(caller: Caller, double: Double, path: str = "/ai/coaching/message") -> Talk:
    double.default(json={"message": "Go on", "is_final": False, "result": None})
    session_id = caller.post("/ai/coaching/start", json={"topic_id": "core_values"}).json["session_id"]

    def say(text: str) -> tuple[dict[str, Any], str]:
        answer = caller.post(path, json={"session_id": session_id, "message": text})
        told = answer.json if answer.is_json else parse(answer.data)[-1].data["data"]
        return told["metadata"], told["coach_message"]

    return say


def coaching_stream(caller: Caller, double: Double) -> Talk:
    return coaching(caller, double, "/ai/coaching/message/stream")


def conversation(caller: Caller, double: Double) -> Talk:
    double.default(json={"response": "Go on", "suggestions": [], "relatedInsights": []})
    row = caller.post("/conversations/initiate", json={"topic": "retention"}).json["data"]

    def say(text: str) -> tuple[dict[str, Any], str]:
        told = caller.post(f"/conversations/{row['id']}/message", json={"message": text}).json["data"]
        return told["metadata"], told["response"]

    return say


Way = Callable[[Caller, Double], Talk]
WAYS: list[Way] = [chat, chat_stream, journal_app, coaching, coaching_stream, conversation]


def events(caller: Caller) -> list[CareEvent]:
    """What was noted of them."""
    with db.read() as session:
        return list(session.scalars(select(CareEvent).where(CareEvent.user_id == caller.user).order_by(CareEvent.id)))
