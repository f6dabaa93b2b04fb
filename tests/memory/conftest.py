"""Conversations that are over, and what comes of them."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.chat import remembering
from app.chat.models import ChatSession
from app.core.clock import now
from app.db.session import db as database
from tests.chat.conftest import ask, messages
from tests.conftest import Caller
from tests.double.client import Double

MEMORY, SETTINGS = "/api/v1/memory", "/api/v1/memory/settings"
MORNING = "I prefer to run before breakfast."


class Memory:
    """A person's, with the model that finds facts."""

    def __init__(self, app: Flask, double: Double, caller: Caller) -> None:
        self.app, self.double, self.caller = app, double, caller

    def talk(self, *said: str, session_id: str | None = None, answer: str = "Good.") -> str:
        """The session; the person's messages are sent one by one."""
        for text in said:
            self.double.script({"text": answer})
            session_id = ask(self.caller, text, sessionId=session_id).json["sessionId"]
        assert session_id
        return session_id

    def end(self, session_id: str, *facts: dict[str, Any], ago: timedelta = remembering.QUIET) -> None:
        """Nobody has said anything for a while, and it is looked through."""
        leave(session_id, ago)
        self.double.script({"json": {"facts": list(facts)}})
        self.look_through(session_id)

    def look_through(self, session_id: str) -> None:
        with self.app.app_context():
            remembering.remember(session_id)

    def learn(self, text: str = MORNING, **fields: Any) -> dict[str, Any]:
        """The fact that comes of a conversation in which nothing else is said."""
        session_id = self.talk(text)
        self.end(session_id, fact(self.said(session_id)[0], text, **fields))
        return self.facts()[0]

    def said(self, session_id: str, role: str = "user") -> list[str]:
        """The ids of messages."""
        return [one["id"] for one in messages(self.caller, session_id) if one["role"] == role]

    def facts(self) -> list[dict[str, Any]]:
        answer = self.caller.get(MEMORY)
        assert answer.status_code == 200, answer.json
        found: list[dict[str, Any]] = answer.json["facts"]
        return found

    def texts(self) -> list[str]:
        return [one["text"] for one in self.facts()]


def fact(message_id: str, text: str = MORNING, quote: str = "", **fields: Any) -> dict[str, Any]:
    """As a model finds it."""
    receipt = {"message_id": message_id, "quote": quote or text}
    return {"text": text, "kind": "preference", "special": "none", "sources": [receipt], "known": ""} | fields


def leave(session_id: str, ago: timedelta = remembering.QUIET) -> None:
    with database.begin() as session:
        its = update(ChatSession).where(ChatSession.id == session_id)
        session.execute(its.values(updated_at=now() - ago - timedelta(seconds=1)))


@pytest.fixture
def memory(app: Flask, double: Double, owner: Caller) -> Memory:
    return Memory(app, double, owner)
