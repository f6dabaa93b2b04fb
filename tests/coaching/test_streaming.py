"""The coach's answer as a stream: the words as they come, the whole body at the end, resumable."""

import json
from datetime import timedelta
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import update

from app.coaching import sessions
from app.coaching.message_reader import MessageReader
from app.coaching.models import CoachingSession
from app.core.clock import now
from app.db.session import db as database
from app.streams.log import EventLog
from app.streams.runner import Runner
from app.streams.signals import signals
from app.web.container import resolve_from
from tests import sse
from tests.coaching.conftest import WORDS, closing, code, read, reply, say
from tests.conftest import Caller
from tests.double.client import Double
from tests.waiting import until

PATH = "/ai/coaching/message/stream"


def events(answer: Any) -> list[tuple[str, Any]]:
    return [(event.id, event.data) for event in sse.parse(answer.data)]


def send(caller: Caller, session_id: str, words: str = WORDS, **kwargs: Any) -> Any:
    return caller.post(PATH, json={"session_id": session_id, "message": words}, **kwargs)


def forget_events(caller: Caller) -> None:
    resolve_from(caller.client.application, EventLog).flush()
    signals.redis.flushdb()


def text_of(found: list[tuple[str, Any]]) -> str:
    return "".join(event["content"] for _, event in found if event["type"] == "content")


def test_words_come_as_they_are_written(owner: Caller, double: Double, session_id: str) -> None:
    double.script(reply("Tell me more. “Why?”\nÜber was?") | {"deltas": 30, "gap": 0.005})
    found = events(send(owner, session_id))
    kinds = [event["type"] for _, event in found]
    assert kinds == ["start", *["content"] * (len(kinds) - 2), "end"] and len(kinds) > 4
    assert text_of(found) == "Tell me more. “Why?”\nÜber was?"
    end = found[-1][1]
    assert (end["data"]["message"], end["turn"], end["success"]) == (text_of(found), 2, True)
    assert read(owner, session_id)["message_count"] == 3


def test_the_last_answer_carries_the_result(owner: Caller, double: Double, session_id: str) -> None:
    double.script(closing())
    end = events(send(owner, session_id))[-1][1]
    assert (end["type"], end["status"], bool(end["result"])) == ("end", "completed", True)


@pytest.mark.parametrize("length", [10, 2000, 3500, 5900])
def test_no_event_is_larger_than_clients_take(owner: Caller, double: Double, session_id: str, length: int) -> None:
    value = {"name": "N" * 100, "description": "ü" * 500, "importance": "I" * 500}
    result = {"values": [value] * 7, "summary": "S" * 1000}
    double.script(reply("💡" * length, is_final=True, result=result))
    answer = send(owner, session_id)
    assert max(map(len, answer.data.split(b"\n\n"))) < 16 * 1024
    found = events(answer)
    assert text_of(found) == "💡" * length
    assert (found[-1][1]["type"], found[-1][1]["data"]["status"]) == ("end", "completed")


def test_refusals_come_before_the_stream(owner: Caller, teammate: Caller, session_id: str) -> None:
    assert code(send(teammate, session_id)) == (403, "SESSION_ACCESS_DENIED")
    assert code(send(owner, "sess_x")) == (422, "SESSION_NOT_FOUND")


def test_a_failure_ends_the_stream_and_frees_the_session(owner: Caller, double: Double, session_id: str) -> None:
    double.default(status=500)
    found = events(send(owner, session_id))
    assert [event["type"] for _, event in found] == ["start", "error"]
    assert found[-1][1]["code"] == "AI_SERVICE_UNAVAILABLE"
    double.reset()
    double.script(reply())
    assert say(owner, session_id).status_code == 200


def test_one_key_is_one_answer(owner: Caller, double: Double, session_id: str) -> None:
    double.script(reply("Once"))
    headers = {"Idempotency-Key": "s1"}
    first, second = (events(send(owner, session_id, headers=headers)) for _ in range(2))
    assert first == second and text_of(first) == "Once"
    assert read(owner, session_id)["message_count"] == 3
    assert code(send(owner, session_id, "Other words", headers=headers)) == (409, "IDEMPOTENCY_KEY_REUSED")


def test_a_key_is_free_again_after_a_failure(owner: Caller, double: Double, session_id: str) -> None:
    headers = {"Idempotency-Key": "s1"}
    double.default(status=500)
    assert events(send(owner, session_id, headers=headers))[-1][1]["type"] == "error"
    double.reset()
    double.script(reply("Now"))
    assert text_of(events(send(owner, session_id, headers=headers))) == "Now"


def test_a_cut_stream_goes_on_after_its_last_event(owner: Caller, double: Double, session_id: str) -> None:
    double.script(reply("One two three four five six") | {"deltas": 20})
    whole = events(send(owner, session_id))
    for place, (cursor, _) in enumerate(whole):
        rest = events(owner.get(f"{PATH}?session_id={session_id}", headers={"Last-Event-ID": cursor}))
        assert text_of(whole[: place + 1]) + text_of(rest) == text_of(whole)
        assert rest[-1][1] == whole[-1][1]
    again = events(owner.get(f"{PATH}?session_id={session_id}"))
    assert (again[0], text_of(again), again[-1][1]) == (whole[0], text_of(whole), whole[-1][1])


def test_a_stream_that_nothing_remembers_ends_with_what_is_stored(
    owner: Caller, double: Double, session_id: str
) -> None:
    double.script(reply("Stored"))
    live = events(send(owner, session_id))
    forget_events(owner)
    told = events(owner.get(f"{PATH}?session_id={session_id}"))
    assert told == live
    [rest] = events(owner.get(f"{PATH}?session_id={session_id}", headers={"Last-Event-ID": live[-2][0]}))
    assert rest == live[-1]


def test_a_failure_is_told_from_what_is_stored(owner: Caller, double: Double, session_id: str) -> None:
    double.default(status=500)
    live = events(send(owner, session_id))
    forget_events(owner)
    assert events(owner.get(f"{PATH}?session_id={session_id}")) == live


def test_an_answer_that_nobody_streamed_can_be_followed_too(owner: Caller, double: Double, session_id: str) -> None:
    double.script(reply("Whole") | {"first": 0.5})
    asking = gevent.spawn(say, owner, session_id)
    until(lambda: read(owner, session_id)["message_count"] == 2)
    found = events(owner.get(f"{PATH}?session_id={session_id}"))
    assert (text_of(found), found[-1][1]["coach_message"]) == ("Whole", "Whole")
    assert asking.get().json["coach_message"] == "Whole"


@pytest.mark.parametrize("cursor", ["junk", "turn_x:1", "turn_x:-1"])
def test_a_cursor_of_another_stream_is_refused(owner: Caller, session_id: str, cursor: str) -> None:
    answer = owner.get(f"{PATH}?session_id={session_id}", headers={"Last-Event-ID": cursor})
    assert code(answer) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "message", ["Plain", 'She said "no" \\ and left\n', "Über 🙂 und 𝄞 weg", "Tab\tnew\u2028line", "C:\\u0041\\", ""]
)
def test_a_message_is_read_from_any_cut_of_its_json(message: str, size: int) -> None:
    for ascii_only in (True, False):
        text = json.dumps({"message": message, "is_final": False}, ensure_ascii=ascii_only)
        heard: list[str] = []
        reader = MessageReader(heard.append)
        for at in range(0, len(text), size):
            reader.feed(text[at : at + size])
        assert "".join(heard) == message


def test_prose_is_the_message_itself() -> None:
    heard: list[str] = []
    reader = MessageReader(heard.append)
    for delta in (" Just", " prose", "."):
        reader.feed(delta)
    assert "".join(heard) == "Just prose."


def test_an_answer_that_takes_too_long_for_a_restart_frees_its_session(
    owner: Caller, double: Double, session_id: str, app: Flask
) -> None:
    double.script(reply("Too late") | {"hold": 0})
    asked = gevent.spawn(lambda: events(send(owner, session_id)))
    until(double.holds)
    resolve_from(app, Runner).drain(0)
    resolve_from(app, Runner).draining = False
    assert [event["type"] for _, event in asked.get()] == ["start", "error"]
    double.script(reply("Now"))
    assert say(owner, session_id).json["coach_message"] == "Now"


def test_a_process_that_goes_down_begins_no_stream(owner: Caller, session_id: str, app: Flask) -> None:
    runner = resolve_from(app, Runner)
    runner.draining = True
    try:
        refused = send(owner, session_id)
    finally:
        runner.draining = False
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert read(owner, session_id)["message_count"] == 1


def test_a_reader_is_told_when_the_producing_process_is_gone(owner: Caller, session_id: str, app: Flask) -> None:
    elsewhere = EventLog(signals.redis)
    elsewhere.publish(elsewhere.open("turn_lost"), b'id: turn_lost:1\ndata: {"type":"start"}\n\n')
    elsewhere.flush()
    lost = {"busy_with": "turn_lost", "busy_until": now() - timedelta(seconds=1)}
    with database.begin() as session:
        session.execute(update(CoachingSession).values(**lost))
    found = events(owner.get(f"{PATH}?session_id={session_id}"))
    assert found[0][1]["type"] == "start" and len(found) == 2


def test_a_clock_that_is_ahead_does_not_free_a_session(
    owner: Caller, session_id: str, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    double.script(reply("Slow") | {"hold": 0})
    asking = gevent.spawn(send, owner, session_id)
    until(double.holds)
    monkeypatch.setattr(sessions, "now", lambda: now() + timedelta(seconds=60))
    assert say(owner, session_id).status_code == 409
    double.release()
    assert events(asking.get())[-1][1]["type"] == "end"
