"""Talking to the coach in tests: answers as lists of events."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import gevent
import pytest

from app.core.clock import now
from tests import sse
from tests.conftest import Caller
from tests.double.client import Double
from tests.waiting import until


@dataclass
class Events:
    """A stream that was read to its end."""

    status: int
    items: list[dict[str, Any]]
    ids: list[str]

    @property
    def types(self) -> list[str]:
        return [item["type"] for item in self.items]

    @property
    def text(self) -> str:
        return "".join(item["content"] for item in self.items if item["type"] in {"content", "chunk"})

    @property
    def start(self) -> dict[str, Any]:
        return self.items[0]

    @property
    def last(self) -> dict[str, Any]:
        return self.items[-1]


def parse(body: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    found = sse.parse(body)
    return [event.data for event in found], [event.id for event in found]


def read(response: Any) -> Events:
    items, ids = parse(response.data) if response.mimetype == "text/event-stream" else ([], [])
    return Events(response.status_code, items, ids)


def stream(caller: Caller, message: str = "How am I doing?", headers: Any = None, **body: Any) -> Events:
    return read(caller.post("/api/v1/chat/message/stream", json={"message": message} | body, headers=headers))


def resume(caller: Caller, session_id: str, after: str | None = None) -> Events:
    headers = {"Last-Event-ID": after} if after else {}
    return read(caller.get(f"/api/v1/chat/session/{session_id}/stream", headers=headers))


class Listener:
    """Reads a stream in the background."""

    def __init__(self, open_stream: Callable[[], Any]) -> None:
        self._heard = b""
        self._reading = gevent.spawn(self._read, open_stream)

    def _read(self, open_stream: Callable[[], Any]) -> int:
        response = open_stream()
        for piece in response.iter_encoded():
            self._heard += piece
        return int(response.status_code)

    def await_events(self, count: int) -> None:
        until(lambda: len(sse.parse(self._heard)) >= count)

    def seen(self) -> list[sse.ServerEvent]:
        return sse.parse(self._heard)

    def get(self) -> Events:
        return Events(self._reading.get(), *parse(self._heard))


def ask(caller: Caller, message: str = "How am I doing?", headers: Any = None, **body: Any) -> Any:
    return caller.post("/api/v1/chat/message", json={"message": message} | body, headers=headers)


def messages(caller: Caller, session_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(f"/api/v1/chat/session/{session_id}").json["messages"]
    return found


@pytest.fixture
def session_id(owner: Caller) -> str:
    made: str = owner.post("/api/v1/chat/session").json["id"]
    return made


def write(caller: Caller, title: str = "A day", content: str = "I ran and felt better", **fields: Any) -> Any:
    """A journal entry of the caller's."""
    return caller.post("/api/v1/journal", json={"title": title, "content": content} | fields).json


def aim(caller: Caller, title: str = "Run a 5K", **fields: Any) -> Any:
    """A goal of the caller's."""
    body = {"title": title, "category": "health", "target_date": (now() + timedelta(days=37)).date().isoformat()}
    return caller.post("/api/v1/goals", json=body | fields).json


def prompt(double: Double, which: int = -1) -> str:
    """What a model was told before the conversation."""
    found: str = double.requests()[which]["body"]["messages"][0]["content"]
    return found
