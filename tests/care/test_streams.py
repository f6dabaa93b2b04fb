"""A stream of the fixed text that breaks off tells it once, from wherever it is taken up again."""

from typing import Any

import pytest
from flask import Flask

from app.auth.tokens import Tokens
from app.streams.signals import signals
from app.web.container import resolve_from
from tests import sse
from tests.care.crises import CRISIS
from tests.chat.conftest import Events, resume, stream
from tests.coaching.conftest import begun
from tests.coaching.test_streaming import PATH, events, forget_events, send, text_of
from tests.conftest import Caller
from tests.double.client import Double
from tests.gunicorn import Web

CONCERN = "Sometimes I wish I was dead"
SAID = [CRISIS, CONCERN]


@pytest.fixture(params=SAID, ids=["crisis", "concern"])
def whole(request: pytest.FixtureRequest, owner: Caller, double: Double) -> Events:
    double.default(text=["I ", "hear ", "you."])
    return stream(owner, request.param)


def test_a_chat_goes_on_from_any_event(owner: Caller, whole: Events) -> None:
    for at, cursor in enumerate(whole.ids[:-1]):
        rest = resume(owner, whole.start["sessionId"], cursor)
        before = "".join(item.get("content", "") for item in whole.items[: at + 1] if item["type"] == "content")
        assert before + rest.text == whole.text and rest.types[-1] == "end" and rest.last == whole.last


def test_also_out_of_the_database(owner: Caller, whole: Events) -> None:
    forget_events(owner)
    for at, cursor in enumerate(whole.ids[:-1]):
        rest = resume(owner, whole.start["sessionId"], cursor)
        before = "".join(item.get("content", "") for item in whole.items[: at + 1] if item["type"] == "content")
        assert before + rest.text == whole.text and rest.last == whole.last


@pytest.mark.parametrize("said", SAID, ids=["crisis", "concern"])
def test_a_coaching_session_goes_on_from_any_event(owner: Caller, double: Double, said: str) -> None:
    session_id = begun(owner, double)
    double.default(json={"message": "I hear you.", "is_final": False, "result": None}, deltas=6)
    live = events(send(owner, session_id, said))
    for forgets in (lambda: None, lambda: forget_events(owner)):
        forgets()
        for at, (cursor, _) in enumerate(live[:-1]):
            rest = events(owner.get(f"{PATH}?session_id={session_id}", headers={"Last-Event-ID": cursor}))
            assert text_of(live[: at + 1]) + text_of(rest) == text_of(live)
            assert rest[-1][1]["data"]["metadata"]["safety"] == live[-1][1]["data"]["metadata"]["safety"]


@pytest.mark.parametrize("is_lost", [False, True], ids=["with its events", "without its events"])
@pytest.mark.parametrize("said", SAID, ids=["crisis", "concern"])
def test_another_process_tells_the_rest(
    here: Web, there: Web, app: Flask, double: Double, said: str, is_lost: bool
) -> None:
    double.default(text=["I ", "hear ", "you."])
    token = resolve_from(app, Tokens).mint("olivia", "acme", "member", 3600)
    reading = here.ask(token, said).rest()
    if is_lost:
        signals.redis.flushdb()
    for at, cursor in enumerate(reading.ids[:-1]):
        rest = there.resume(token, reading.session_id, cursor).rest()
        assert told(reading.items[: at + 1]) + rest.text == reading.text and rest.items[-1] == reading.items[-1]


def told(items: list[dict[str, Any]]) -> str:
    return "".join(item["content"] for item in items if item["type"] in {"content", "chunk"})


def test_no_event_holds_more_than_clients_take(owner: Caller) -> None:
    answer = owner.post("/api/v1/chat/message/stream", json={"message": CRISIS})
    assert max(len(str(event.data)) for event in sse.parse(answer.data)) < 16 * 1024
