"""Requests that clients send twice by themselves: a double click, a reader that connects again."""

import json
from datetime import timedelta
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.auth.tokens import Tokens
from app.chat.models import ChatTurn
from app.db.session import db as database
from app.web.container import resolve_from
from tests.chat.conftest import Events, Listener, ask, messages, read, stream
from tests.conftest import Caller
from tests.double.client import Double
from tests.gunicorn import Web
from tests.waiting import until

STREAM = "/api/v1/chat/message/stream"
SLOW = {"text": ["One ", "two ", "three"], "hold": 1}


def session_of(answer: Any) -> str:
    return str(answer.start["sessionId"] if isinstance(answer, Events) else answer.json["sessionId"])


def later(seconds: int) -> None:
    """Time passes since the requests that are known."""
    with database.begin() as session:
        since = {"since": timedelta(seconds=seconds)}
        session.execute(text("UPDATE idempotency_keys SET created_at = created_at - :since"), since)


def sessions(caller: Caller) -> int:
    return int(caller.get("/api/v1/chat/sessions").json["total"])


@pytest.mark.parametrize("say", [ask, stream])
def test_two_clicks_open_one_session(owner: Caller, double: Double, say: Any) -> None:
    double.default(**SLOW)
    clicks = [gevent.spawn(say, owner, "Hello") for _ in range(2)]
    until(double.holds)
    double.release()
    first, second = [click.get() for click in clicks]
    assert session_of(first) == session_of(second)
    assert (sessions(owner), len(messages(owner, session_of(first))), len(double.requests())) == (1, 2, 1)


@pytest.mark.parametrize("say", [ask, stream])
def test_a_click_after_the_answer_gets_the_same(owner: Caller, double: Double, say: Any) -> None:
    first, second = say(owner, "Hello"), say(owner, "Hello")
    assert (session_of(first), len(double.requests())) == (session_of(second), 1)


def test_later_the_same_words_open_another_session(owner: Caller) -> None:
    first = ask(owner, "Hello")
    later(3)
    assert session_of(ask(owner, "Hello")) != session_of(first)
    assert session_of(ask(owner, "Hello")) != session_of(first)
    assert sessions(owner) == 2


def test_other_words_another_coach_and_other_people_open_sessions(owner: Caller, teammate: Caller) -> None:
    asked = [
        ask(owner, "Hello"), ask(owner, "Hello!"), ask(teammate, "Hello"),
        ask(owner, "Hello", personalityId="personality_direct"),
    ]  # fmt: skip
    assert len({session_of(answer) for answer in asked}) == 4


def test_in_a_session_the_same_words_are_another_message(owner: Caller, session_id: str) -> None:
    for _ in range(2):
        assert ask(owner, "Yes.", sessionId=session_id).status_code == 200
    assert len(messages(owner, session_id)) == 4


def test_after_a_failure_the_same_words_are_tried_again_in_the_same_session(owner: Caller, double: Double) -> None:
    double.script({"status": 400})
    assert ask(owner, "Hello").status_code == 500
    answer = ask(owner, "Hello")
    assert answer.status_code == 200
    assert [one["role"] for one in messages(owner, session_of(answer))] == ["user", "assistant"]
    assert sessions(owner) == 1


def test_after_the_session_was_deleted_the_same_words_open_another(owner: Caller) -> None:
    first = session_of(ask(owner, "Hello"))
    owner.delete(f"/api/v1/chat/session/{first}")
    assert session_of(ask(owner, "Hello")) != first
    assert sessions(owner) == 1


def test_each_click_counts(owner: Caller) -> None:
    assert [ask(owner, "Hello").headers["X-RateLimit-Remaining"] for _ in range(2)] == ["19", "18"]


MESSAGE = "/api/v1/chat/message"


@pytest.fixture
def token(app: Flask) -> str:
    made: str = resolve_from(app, Tokens).mint("olivia", "acme", "member", 3600)
    return made


def give_up(web: Web, token: str, double: Double, **body: Any) -> None:
    """Somebody asks, goes away, and is answered all the same."""
    double.script({"text": ["One ", "two"], "hold": 1})
    web.abandon(token, MESSAGE, double.holds, message="Count", **body)
    double.release()
    until(lambda: unheard() == 1)


def unheard() -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(ChatTurn.unheard)) or 0


def test_who_gave_up_in_a_session_gets_the_stored_answer(here: Web, there: Web, token: str, double: Double) -> None:
    session_id = here.post(token, "/api/v1/chat/session")["id"]
    give_up(here, token, double, sessionId=session_id)
    answer = there.post(token, MESSAGE, message="Count", sessionId=session_id)
    assert (answer["response"], len(double.requests()), unheard()) == ("One two", 1, 0)
    there.post(token, MESSAGE, message="Count", sessionId=session_id)
    assert here.get(token, f"/api/v1/chat/session/{session_id}")["message_count"] == 4


def test_who_gave_up_on_a_first_message_gets_its_session(here: Web, there: Web, token: str, double: Double) -> None:
    give_up(here, token, double)
    later(60)
    answer = there.post(token, MESSAGE, message="Count")
    assert (answer["response"], len(double.requests()), unheard()) == ("One two", 1, 0)
    later(60)
    assert there.post(token, MESSAGE, message="Count")["sessionId"] != answer["sessionId"]


def test_who_gave_up_and_says_something_else_is_answered(here: Web, token: str, double: Double) -> None:
    session_id = here.post(token, "/api/v1/chat/session")["id"]
    give_up(here, token, double, sessionId=session_id)
    here.post(token, MESSAGE, message="Something else", sessionId=session_id)
    here.post(token, MESSAGE, message="Count", sessionId=session_id)
    assert here.get(token, f"/api/v1/chat/session/{session_id}")["message_count"] == 6


def test_a_key_stands_for_the_stored_answer_too(here: Web, token: str, double: Double) -> None:
    session_id = here.post(token, "/api/v1/chat/session")["id"]
    give_up(here, token, double, sessionId=session_id)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": "k"}
    body = json.dumps({"message": "Count", "sessionId": session_id})
    for _ in range(2):
        answer = here.http.request("POST", here.url + MESSAGE, body=body, headers=headers).json()
        assert answer["response"] == "One two"
    assert len(double.requests()) == 1


def again(caller: Caller, cursor: str, message: str = "Hello", **body: Any) -> Events:
    headers = {"Last-Event-ID": cursor}
    return read(caller.post(STREAM, json={"message": message} | body, headers=headers))


def test_a_reader_that_asks_again_gets_the_rest(owner: Caller, double: Double) -> None:
    double.script({"text": ["One ", "two ", "three"]})
    whole = stream(owner, "Hello")
    later(60)
    for place, cursor in enumerate(whole.ids[:-1], 1):
        rest = again(owner, cursor)
        before = "".join(item.get("content", "") for item in whole.items[1:place])
        assert (before + rest.text, rest.last) == (whole.text, whole.last)
    assert (len(double.requests()), sessions(owner)) == (1, 1)


def test_a_reader_that_asks_again_follows_what_runs(owner: Caller, double: Double, session_id: str) -> None:
    double.script(SLOW)
    body = {"message": "Hello", "sessionId": session_id}
    first = Listener(lambda: owner.post(STREAM, json=body, buffered=False))
    first.await_events(2)
    headers = {"Last-Event-ID": first.seen()[1].id}
    second = Listener(lambda: owner.post(STREAM, json=body, headers=headers, buffered=False))
    until(double.holds)
    double.release()
    assert (second.get().text, second.get().last) == ("two three", first.get().last)
    assert len(messages(owner, session_id)) == 2


def test_asking_again_is_not_counted(owner: Caller) -> None:
    whole = stream(owner, "Hello")
    again(owner, whole.ids[0])
    assert ask(owner, "Something else").headers["X-RateLimit-Remaining"] == "18"


def test_another_message_with_an_old_cursor_is_a_message(owner: Caller) -> None:
    first = stream(owner, "Hello")
    other = again(owner, first.ids[-1], "And now?", sessionId=session_of(first))
    assert (other.types[0], other.types[-1]) == ("start", "end")
    assert len(messages(owner, session_of(first))) == 4


def test_cursors_are_checked(owner: Caller, stranger: Caller) -> None:
    whole = stream(owner, "Hello")
    assert again(stranger, whole.ids[0]).status == 404
    assert again(owner, "nonsense").status == 400
    assert again(owner, "weekly_x:1:0").status == 400
    assert again(owner, "turn_gone:1:0").status == 404
