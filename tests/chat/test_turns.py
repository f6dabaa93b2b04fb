"""One turn at a time, cancelled when told, ended when its process is gone."""

from datetime import timedelta
from typing import Any

import gevent
import pytest
from sqlalchemy import Connection, select, update

from app.chat import chat_context
from app.chat.jobs import reap
from app.chat.models import ChatTurn
from app.core.clock import now
from app.db.session import db as database
from app.db.statements import Statement
from app.retrieval.search import Hit, search
from app.streams.run import RunState
from app.streams.runner import Runner
from app.streams.signals import signals
from app.web.container import resolve_from
from tests.chat.conftest import Events, Listener, ask, messages, resume, stream
from tests.conftest import Caller
from tests.double.client import Double
from tests.waiting import until

WORDS = ["One ", "two ", "three ", "four"]


def begin(caller: Caller, session_id: str, double: Double, hold: int = 2) -> Listener:
    """A turn whose reader has had so many words; the others come when the double is told to go on."""
    double.script({"text": WORDS, "hold": hold})
    body = {"message": "Count", "sessionId": session_id}
    asking = Listener(lambda: caller.post("/api/v1/chat/message/stream", json=body, buffered=False))
    asking.await_events(1 + hold)
    until(double.holds)
    return asking


def orphaned(caller: Caller, said: str = "") -> str:
    """A session whose only turn runs in a process that is gone."""
    session_id: str = ask(caller).json["sessionId"]
    lost = {"state": RunState.RUNNING, "lease_until": now() - timedelta(seconds=1), "partial": said}
    with database.begin() as session:
        session.execute(update(ChatTurn).values(**lost, answer_id="msg_lost", finished_at=None))
    resolve_from(caller.client.application, Runner).log.flush()
    signals.redis.flushdb()
    return session_id


def test_a_second_message_meanwhile_is_409(owner: Caller, session_id: str, double: Double) -> None:
    asking = begin(owner, session_id, double)
    answer = ask(owner, "Again", sessionId=session_id)
    assert (answer.status_code, answer.json["error"]) == (409, "Conflict")
    double.release()
    asking.get()
    assert [m["content"] for m in messages(owner, session_id)] == ["Count", "One two three four"]


def test_twenty_messages_at_once_are_one_turn_or_refused(owner: Caller, session_id: str, double: Double) -> None:
    double.default(gap=0.05)
    asked = [gevent.spawn(ask, owner, f"Nr {n}", sessionId=session_id) for n in range(15)]
    statuses = [greenlet.get().status_code for greenlet in asked]
    said = messages(owner, session_id)
    assert set(statuses) == {200, 409}
    assert len(said) == 2 * statuses.count(200)
    assert [m["role"] for m in said] == ["user", "assistant"] * statuses.count(200)


def test_a_lost_connection_costs_no_answer(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL ends the connection that the turn reads goals and entries with."""
    ends = [Statement("SELECT pg_terminate_backend(pg_backend_pid())")]

    def searched(connection: Connection, *asked: Any) -> list[Hit]:
        if ends:
            ends.pop().row(connection, {})
        return search(connection, *asked)

    monkeypatch.setattr(chat_context, "search", searched)
    told = stream(owner)
    assert (told.text, ends) == ("You have taken a first step.", [])


def test_cancel_keeps_what_was_said(owner: Caller, session_id: str, double: Double) -> None:
    asking = begin(owner, session_id, double)
    cancelled = owner.post(f"/api/v1/chat/session/{session_id}/cancel")
    assert cancelled.json["cancelled"] is True
    events: Events = asking.get()
    assert (events.types[-1], events.last["cancelled"]) == ("end", True)
    answer = messages(owner, session_id)[-1]
    assert (answer["status"], answer["content"], events.text) == ("cancelled", "One two ", "One two ")
    assert double.disconnected()


def test_cancel_before_the_first_word_stores_no_answer(owner: Caller, session_id: str, double: Double) -> None:
    asking = begin(owner, session_id, double, hold=0)
    owner.post(f"/api/v1/chat/session/{session_id}/cancel")
    assert asking.get().last["messageId"] is None
    assert [m["role"] for m in messages(owner, session_id)] == ["user"]


def test_cancel_without_a_turn_changes_nothing(owner: Caller, session_id: str) -> None:
    answer = owner.post(f"/api/v1/chat/session/{session_id}/cancel")
    assert (answer.status_code, answer.json["cancelled"]) == (200, False)


def test_after_a_cancel_the_next_message_is_answered(owner: Caller, session_id: str, double: Double) -> None:
    begin(owner, session_id, double)
    owner.post(f"/api/v1/chat/session/{session_id}/cancel")
    assert ask(owner, "Next", sessionId=session_id).status_code == 200


def test_deleting_a_session_stops_its_turn(owner: Caller, session_id: str, double: Double) -> None:
    asking = begin(owner, session_id, double)
    assert owner.delete(f"/api/v1/chat/session/{session_id}").status_code == 200
    assert asking.get().last == {
        "type": "error", "message": "This session no longer exists", "messageId": None, "retryable": False,
        "code": "AI_SERVICE_ERROR",
    }  # fmt: skip
    assert double.disconnected()


def test_a_turn_whose_process_is_gone_is_ended_by_the_sweeper(owner: Caller) -> None:
    session_id = orphaned(owner, "Half an ans")
    with owner.client.application.app_context():
        reap()
    answer = messages(owner, session_id)[-1]
    assert (answer["content"], answer["status"]) == ("Half an ans", "partial")
    with database.read() as session:
        assert session.scalar(select(ChatTurn.state)) == RunState.FAILED


def test_a_new_message_need_not_wait_for_the_sweeper(owner: Caller) -> None:
    session_id = orphaned(owner)
    assert ask(owner, "Next", sessionId=session_id).status_code == 200


def test_a_reader_of_a_lost_turn_is_told(owner: Caller) -> None:
    events = resume(owner, orphaned(owner, "Half an ans"))
    assert (events.types, events.text) == (["start", "content", "error"], "Half an ans")


def test_a_process_that_goes_down_lets_turns_finish(owner: Caller, session_id: str, double: Double) -> None:
    runner = resolve_from(owner.client.application, Runner)
    asking = begin(owner, session_id, double)
    draining = gevent.spawn(runner.drain, 60)
    try:
        until(lambda: runner.draining)
        assert ask(owner, "Too late").status_code == 503
        double.release()
        assert asking.get().types[-1] == "end"
        draining.get()
    finally:
        runner.draining = False


def test_what_does_not_finish_in_time_ends_as_interrupted(owner: Caller, session_id: str, double: Double) -> None:
    runner = resolve_from(owner.client.application, Runner)
    asking = begin(owner, session_id, double)
    try:
        runner.drain(0)
    finally:
        runner.draining = False
    events = asking.get()
    assert (events.types[-1], events.last["retryable"]) == ("error", True)
    assert messages(owner, session_id)[-1]["status"] == "partial"
