"""What a deployment does to streams: cut connections, other machines, restarts, kills."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import gevent
from flask import Flask
from sqlalchemy import text

from app.chat.jobs import reap
from app.config.settings import DEFAULT_RATES
from app.core.clock import now
from app.db.session import db as database
from tests.double.client import Double
from tests.gunicorn import Reading, Web
from tests.processes.conftest import written_since
from tests.waiting import until

WORDS = [f"word{n} " for n in range(40)]
ANSWER = "".join(WORDS)
Start = Callable[..., Web]


def test_a_cut_stream_goes_on_at_another_machine(here: Web, there: Web, token: str, double: Double) -> None:
    double.script({"text": WORDS, "gap": 0.05})
    reading = here.ask(token)
    reading.next(10)
    reading.cut()
    rest = there.resume(token, reading.session_id, reading.ids[-1]).rest()
    assert reading.text + rest.text == ANSWER
    assert rest.items[-1]["type"] == "end"
    assert there.get(token, f"/api/v1/chat/session/{reading.session_id}")["messages"][-1]["content"] == ANSWER


def test_a_proposal_of_one_machine_is_confirmed_at_all_of_them_once(
    here: Web, there: Web, token: str, double: Double
) -> None:
    goal = {"id": "call_1", "name": "goal_create", "arguments": {"title": "Run", "target_date": "2099-06-30"}}
    double.script({"text": "Shall I?", "tool_calls": [goal]})
    reading = here.ask(token, actions=True)
    reading.next(2)
    reading.cut()
    rest = there.resume(token, reading.session_id, reading.ids[-1]).rest()
    assert [item["type"] for item in rest.items] == ["proposal", "end"]
    path = f"/api/v1/actions/{rest.items[0]['proposal']['id']}/confirm"
    answers = [gevent.spawn(web.post, token, path) for web in (here, there) * 3]
    assert len({answer.get()["result"]["id"] for answer in answers}) == 1
    assert len(there.get(token, "/api/v1/goals")["goals"]) == 1


def test_on_sigterm_a_running_answer_is_finished(start_web: Start, token: str, double: Double) -> None:
    double.script({"text": WORDS, "gap": 0.05})
    web, began = start_web(), now()
    reading = web.ask(token)
    reading.next(5)
    web.process.send_signal(signal.SIGTERM)
    assert reading.rest().text == ANSWER
    assert reading.items[-1]["type"] == "end"
    web.await_end()
    assert web.said() == ""
    assert written_since(began) == (1, 1)


def test_on_sigterm_an_answer_without_a_reader_is_finished_too(
    start_web: Start, there: Web, token: str, double: Double
) -> None:
    double.script({"text": WORDS, "gap": 0.05})
    web = start_web()
    reading = web.ask(token)
    reading.next(5)
    reading.cut()
    web.stop()
    assert there.get(token, f"/api/v1/chat/session/{reading.session_id}")["messages"][-1]["content"] == ANSWER


def test_a_killed_process_loses_no_word_that_was_said(
    app: Flask, start_web: Start, there: Web, token: str, double: Double
) -> None:
    double.script({"text": WORDS, "hold": 15})
    web = start_web()
    reading = web.ask(token)
    reading.next(16)
    following = there.resume(token, reading.session_id, reading.ids[0])
    following.next(15)
    web.kill()
    with database.begin() as session:
        session.execute(text("UPDATE chat_turns SET lease_until = now() - interval '1 second'"))
    with app.app_context():
        reap()
    rest = there.resume(token, reading.session_id, reading.ids[-1]).rest()
    stored = there.get(token, f"/api/v1/chat/session/{reading.session_id}")["messages"][-1]
    assert rest.items[-1]["type"] == "error"
    assert reading.text + rest.text == stored["content"]
    assert stored["content"] == "".join(WORDS[:15])
    assert stored["status"] == "partial"


def test_two_processes_share_one_limit(two_webs: tuple[Web, Web], clean: None, token: str) -> None:
    assert DEFAULT_RATES["messages"] == "20 per minute"
    asked = [gevent.spawn(lambda n=n: two_webs[n % 2].ask(token).rest().response.status) for n in range(34)]
    statuses = [greenlet.get() for greenlet in asked]
    assert (statuses.count(200), statuses.count(429)) == (20, 14)


def test_a_stream_begins_before_the_model_does(here: Web, token: str, double: Double) -> None:
    double.script({"hold": 0})
    reading = here.ask(token)
    reading.next(1)
    assert reading.items[0]["type"] == "start"
    until(double.holds)
    double.release()
    assert reading.rest().items[-1]["type"] == "end"


def test_on_sigterm_a_coaching_answer_without_a_reader_is_finished_too(
    start_web: Start, there: Web, token: str, double: Double
) -> None:
    web = start_web()
    session_id = web.post(token, "/ai/coaching/start", topic_id="core_values")["session_id"]
    double.script({"json": {"message": ANSWER, "is_final": False, "result": None}, "deltas": 40, "gap": 0.05})
    reading = web.stream(token, "/ai/coaching/message/stream", session_id=session_id, message="Integrity")
    reading.next(3)
    reading.cut()
    web.stop()
    kept = there.get(token, f"/ai/coaching/session?session_id={session_id}")
    assert kept["messages"][-1]["content"] == ANSWER.strip()


def test_readers_of_a_killed_process_hear_that_a_coaching_answer_is_lost_as_soon_as_its_lease_is_over(
    start_web: Start, there: Web, token: str, double: Double
) -> None:
    web = start_web()
    session_id = web.post(token, "/ai/coaching/start", topic_id="core_values")["session_id"]
    double.script({"json": {"message": ANSWER, "is_final": False, "result": None}, "deltas": 40, "hold": 10})
    reading = web.stream(token, "/ai/coaching/message/stream", session_id=session_id, message="Integrity")
    reading.next(3)
    following = there.follow(token, f"/ai/coaching/message/stream?session_id={session_id}")
    following.next(3)
    web.kill()
    with database.begin() as session:
        left = session.scalar(text("SELECT extract(epoch FROM busy_until - now()) FROM coaching_sessions"))
        session.execute(text("UPDATE coaching_sessions SET busy_until = now()"))
    rest = following.rest()
    assert left <= 27  # and readers look every 2.5 seconds: all is over within 30
    assert (rest.items[-1]["type"], rest.items[-1]["code"]) == ("error", "INTERRUPTED")
    double.script({"json": {"message": "Again", "is_final": False, "result": None}})
    again = there.post(token, "/ai/coaching/message", session_id=session_id, message="Integrity")
    assert (again["coach_message"], again["message_count"]) == ("Again", 3)


def test_logs_that_nobody_reads_stop_nothing(start_web: Start, token: str, double: Double) -> None:
    read, write = os.pipe()
    web = start_web(stderr=write, LOG_LEVEL="INFO")
    try:
        for _ in range(1500):
            assert web.http.request("GET", f"{web.url}/ai/topics").status == 200
        assert web.ask(token).rest().items[-1]["type"] == "end"
    finally:
        for end in (read, write):
            os.close(end)
    assert web.ask(token).rest().items[-1]["type"] == "end"  # and nobody is there to read any more


def test_two_clicks_that_reach_two_processes_open_one_session(
    here: Web, there: Web, token: str, double: Double
) -> None:
    double.script({"text": WORDS, "hold": 5})
    clicks = [here.ask(token, "Good morning"), there.ask(token, "Good morning")]
    for click in clicks:
        click.next(1)
    until(double.holds)
    double.release()
    assert [click.rest().text for click in clicks] == [ANSWER, ANSWER]
    assert clicks[0].session_id == clicks[1].session_id
    assert len(double.requests()) == 1


def test_two_clicks_that_reach_two_processes_begin_one_conversation(
    here: Web, there: Web, token: str, double: Double
) -> None:
    reply = {"json": {"response": "Tell me more", "suggestions": ["Call"], "relatedInsights": []}}
    double.script(reply | {"hold": 0}, reply)
    body = {"topic": "retention", "initialMessage": "Clinics leave"}
    clicks = [gevent.spawn(web.post, token, "/conversations/initiate", **body) for web in (here, there)]
    until(double.holds)
    double.release()
    assert clicks[0].get() == clicks[1].get()
    assert len(double.requests()) == 1


def test_a_reader_that_asks_again_goes_on_at_another_machine(here: Web, there: Web, token: str, double: Double) -> None:
    double.script({"text": WORDS, "gap": 0.05})
    reading = here.ask(token)
    reading.next(10)
    reading.cut()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Last-Event-ID": reading.ids[-1]}
    place = f"{there.url}/api/v1/chat/message/stream"
    again = there.http.request("POST", place, body=b'{"message": "Hello"}', headers=headers, preload_content=False)
    rest = Reading(again).rest()
    assert reading.text + rest.text == ANSWER
    assert (rest.items[-1]["type"], len(double.requests())) == ("end", 1)


def test_who_gave_up_on_a_conversation_gets_it(here: Web, there: Web, token: str, double: Double) -> None:
    reply = {"json": {"response": "Tell me more", "suggestions": ["Call"], "relatedInsights": []}}
    double.script(reply | {"hold": 0}, reply, reply)
    body = {"topic": "retention", "initialMessage": "Clinics leave"}
    here.abandon(token, "/conversations/initiate", double.holds, **body)
    double.release()
    until(lambda: count("SELECT count(*) FROM idempotency_keys WHERE unheard") == 1)
    passed(60)
    first = there.post(token, "/conversations/initiate", **body)
    assert (first["data"]["response"], len(double.requests())) == ("Tell me more", 1)
    passed(60)
    assert there.post(token, "/conversations/initiate", **body)["data"]["id"] != first["data"]["id"]


def test_a_killed_process_frees_its_conversation(start_web: Start, there: Web, token: str, double: Double) -> None:
    web = start_web()
    place = web.post(token, "/conversations/initiate", topic="retention")["data"]["id"]
    path, reply = f"/conversations/{place}/message", {"response": "And then?", "suggestions": [], "relatedInsights": []}
    double.script({"json": reply, "hold": 0}, {"json": reply})
    web.abandon(token, path, double.holds, message="Clinics leave")
    web.kill()
    assert there.post(token, path, message="They are angry")["code"] == "SESSION_BUSY"
    with database.begin() as session:
        left = session.scalar(text("SELECT extract(epoch FROM busy_until - clock_timestamp()) FROM conversations"))
        for table, column in (("conversations", "busy_until"), ("idempotency_keys", "lease_until")):
            session.execute(text(f"UPDATE {table} SET {column} = {column} - interval '24 seconds'"))
    assert 20 < left <= 27
    assert there.post(token, path, message="Clinics leave")["data"]["response"] == "And then?"
    assert str(double.requests()[-1]["body"]["messages"]).count("Clinics leave") == 1


def count(query: str) -> int:
    with database.read() as session:
        return session.scalar(text(query)) or 0


def passed(seconds: int) -> None:
    """Time passes since the requests that are known."""
    with database.begin() as session:
        since = {"since": timedelta(seconds=seconds)}
        session.execute(text("UPDATE idempotency_keys SET created_at = created_at - :since"), since)
