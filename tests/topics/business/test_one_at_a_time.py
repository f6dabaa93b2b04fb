"""A conversation about the business answers one message at a time, whatever becomes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import text

from app.auth.tokens import Tokens
from app.db import leases
from app.db.session import db as database
from app.web.container import resolve_from
from tests.conftest import Caller
from tests.double.client import Double
from tests.gunicorn import Web
from tests.topics.business.conftest import reply
from tests.waiting import until

LEFT = "SELECT extract(epoch FROM busy_until - clock_timestamp()) FROM conversations"
DIED = "UPDATE conversations SET busy_with = 'turn_lost', busy_until = clock_timestamp() + :left * interval '1 second'"


@pytest.fixture
def path(owner: Caller) -> str:
    begun = owner.post("/conversations/initiate", json={"topic": "retention"})
    return f"/conversations/{begun.json['data']['id']}/message"


def say(caller: Caller, path: str, words: str, **headers: str) -> Any:
    return caller.post(path, json={"message": words}, headers=headers)


def said(answer: Any) -> str:
    return str(answer.json["data"]["response"])


def code(answer: Any) -> tuple[int, str]:
    assert answer.json["success"] is False and answer.json["error"] == answer.json["detail"]
    return answer.status_code, answer.json["code"]


def sql(statement: str, **values: Any) -> Any:
    with database.begin() as session:
        found = session.execute(text(statement), values)
        return found.scalar() if found.returns_rows else None


@contextmanager
def answering(caller: Caller, path: str, words: str, double: Double) -> Iterator[Any]:
    """A request that is on meanwhile; the model goes on when the block ends."""
    double.script(reply("What have you tried?") | {"hold": 0}, reply("And then?"))
    asking = gevent.spawn(say, caller, path, words)
    until(double.holds)
    try:
        yield asking
    finally:
        double.release()
        asking.join()


def test_another_message_is_refused_until_the_first_is_answered(owner: Caller, path: str, double: Double) -> None:
    with answering(owner, path, "Clinics leave", double) as first:
        assert code(say(owner, path, "They are angry")) == (409, "SESSION_BUSY")
    assert said(first.value) == "What have you tried?"
    assert said(say(owner, path, "We called them")) == "And then?"
    sent = str(double.requests()[-1]["body"]["messages"])
    assert "Clinics leave" in sent and "They are angry" not in sent


def test_of_many_messages_at_once_one_is_answered(owner: Caller, path: str, double: Double) -> None:
    double.default(**reply("One"), hold=0)
    asking = [gevent.spawn(say, owner, path, f"Message {number}") for number in range(5)]
    until(lambda: double.holds() and sum(request.ready() for request in asking) == 4)
    double.release()
    assert sorted(request.get().status_code for request in asking) == [200, 409, 409, 409, 409]
    assert len(double.requests()) == 1


def test_the_same_words_under_another_key_are_another_message(owner: Caller, path: str, double: Double) -> None:
    double.script(reply("One") | {"hold": 0}, reply("Two"))
    first = gevent.spawn(say, owner, path, "Yes.", **{"Idempotency-Key": "first"})
    until(double.holds)
    second = {"Idempotency-Key": "second"}
    assert code(say(owner, path, "Yes.", **second)) == (409, "SESSION_BUSY")
    double.release()
    assert said(first.get()) == "One"
    assert said(say(owner, path, "Yes.", **second)) == "Two"


def test_one_conversation_does_not_wait_for_another(owner: Caller, path: str, double: Double) -> None:
    other = owner.post("/conversations/initiate", json={"topic": "hiring"}).json["data"]["id"]
    with answering(owner, path, "Clinics leave", double):
        assert said(say(owner, f"/conversations/{other}/message", "Nobody applies")) == "And then?"


@pytest.mark.parametrize("words", ["Clinics leave", "They are angry"])
def test_after_a_failure_a_message_is_taken_at_once(owner: Caller, path: str, double: Double, words: str) -> None:
    double.default(status=500)
    assert code(say(owner, path, "Clinics leave")) == (503, "AI_SERVICE_UNAVAILABLE")
    double.reset()
    double.script(reply("What have you tried?"))
    assert said(say(owner, path, words)) == "What have you tried?"
    assert str(double.requests()[-1]["body"]["messages"]).count("Clinics leave") == 1


@pytest.mark.parametrize("left", [-1, 1])
def test_a_process_that_died_leaves_the_conversation_free(owner: Caller, path: str, double: Double, left: int) -> None:
    sql(DIED, left=left)
    double.script(reply("What have you tried?"))
    assert said(say(owner, path, "Clinics leave")) == "What have you tried?"


def test_while_a_lease_lasts_its_process_may_live(owner: Caller, path: str, double: Double) -> None:
    sql(DIED, left=20)
    assert code(say(owner, path, "Clinics leave")) == (409, "SESSION_BUSY")
    assert double.requests() == []


def test_a_long_answer_keeps_the_conversation(
    owner: Caller, path: str, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_EVERY", 0.05)
    with answering(owner, path, "Clinics leave", double):
        sql("UPDATE conversations SET busy_until = clock_timestamp() + interval '3 seconds'")
        until(lambda: sql(LEFT) > 20)
    assert sql(LEFT) is None


def test_an_answer_whose_place_was_taken_is_not_stored(owner: Caller, path: str, double: Double) -> None:
    with answering(owner, path, "Clinics leave", double) as late:
        sql("UPDATE conversations SET busy_until = clock_timestamp()")
        assert said(say(owner, path, "They are angry")) == "And then?"
    assert code(late.value) == (409, "SESSION_BUSY")
    assert sql("SELECT string_agg(content, ', ' ORDER BY id) FROM conversation_messages WHERE role = 'assistant'") == (
        "And then?"
    )


def test_an_answer_to_a_conversation_that_is_gone_is_none(owner: Caller, path: str, double: Double) -> None:
    with answering(owner, path, "Clinics leave", double) as asking:
        sql("DELETE FROM conversations")
    assert code(asking.value) == (404, "NOT_FOUND")


@pytest.fixture
def token(app: Flask) -> str:
    made: str = resolve_from(app, Tokens).mint("olivia", "acme", "member", 3600)
    return made


def give_up(web: Web, token: str, double: Double) -> str:
    """The path of a conversation in which somebody said "Yes." and went away before the answer came."""
    begun = web.post(token, "/conversations/initiate", topic="retention")
    path = f"/conversations/{begun['data']['id']}/message"
    double.script(reply("What have you tried?") | {"hold": 0}, reply("And then?"), reply("And after that?"))
    web.abandon(token, path, double.holds, message="Yes.")
    double.release()
    until(lambda: sql("SELECT count(*) FROM idempotency_keys WHERE unheard") == 1)
    return path


def test_who_gave_up_gets_the_answer_and_may_then_say_the_same(here: Web, token: str, double: Double) -> None:
    path = give_up(here, token, double)
    answers = [here.post(token, path, message="Yes.")["data"]["response"] for _ in range(3)]
    assert answers == ["What have you tried?", "And then?", "And after that?"]


def test_who_gave_up_and_said_something_else_has_moved_on(here: Web, token: str, double: Double) -> None:
    path = give_up(here, token, double)
    answers = [here.post(token, path, message=said)["data"]["response"] for said in ("No.", "Yes.")]
    assert answers == ["And then?", "And after that?"]
