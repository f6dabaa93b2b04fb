"""What a deployment does to streams: cut connections, other machines, restarts, kills."""

import signal
import time
from collections.abc import Callable

import gevent
from flask import Flask
from sqlalchemy import text

from app.chat.jobs import reap
from app.db.session import db as database
from tests.double.client import Double
from tests.processes.conftest import Web

WORDS = [f"word{n} " for n in range(40)]
ANSWER = "".join(WORDS)
Start = Callable[..., Web]


def test_a_cut_stream_goes_on_at_another_machine(start_web: Start, token: str, double: Double) -> None:
    double.script({"text": WORDS, "gap": 0.05})
    here, there = start_web(), start_web()
    reading = here.ask(token)
    reading.next(10)
    reading.cut()
    rest = there.resume(token, reading.session_id, reading.ids[-1]).rest()
    assert reading.text + rest.text == ANSWER
    assert rest.items[-1]["type"] == "end"
    assert there.get(token, f"/api/v1/chat/session/{reading.session_id}")["messages"][-1]["content"] == ANSWER


def test_on_sigterm_a_running_answer_is_finished(start_web: Start, token: str, double: Double) -> None:
    double.script({"text": WORDS, "gap": 0.05})
    web = start_web()
    reading = web.ask(token)
    reading.next(5)
    began = time.monotonic()
    web.process.send_signal(signal.SIGTERM)
    assert reading.rest().text == ANSWER
    assert reading.items[-1]["type"] == "end"
    web.process.wait(15)
    assert time.monotonic() - began < 12


def test_on_sigterm_an_answer_without_a_reader_is_finished_too(start_web: Start, token: str, double: Double) -> None:
    double.script({"text": WORDS, "gap": 0.05})
    web = start_web()
    reading = web.ask(token)
    reading.next(5)
    reading.cut()
    web.stop()
    assert start_web().get(token, f"/api/v1/chat/session/{reading.session_id}")["messages"][-1]["content"] == ANSWER


def test_a_killed_process_loses_no_word_that_was_said(app: Flask, start_web: Start, token: str, double: Double) -> None:
    double.script({"text": WORDS, "gap": 0.1})
    web, other = start_web(), start_web()
    reading = web.ask(token)
    reading.next(15)
    gevent.sleep(0.3)
    web.kill()
    with database.begin() as session:
        session.execute(text("UPDATE chat_turns SET lease_until = now() - interval '1 second'"))
    with app.app_context():
        reap()
    rest = other.resume(token, reading.session_id, reading.ids[-1]).rest()
    stored = other.get(token, f"/api/v1/chat/session/{reading.session_id}")["messages"][-1]
    assert rest.items[-1]["type"] == "error"
    assert reading.text + rest.text == stored["content"]
    assert ANSWER.startswith(stored["content"])
    assert stored["status"] == "partial"


def test_two_workers_share_one_limit(start_web: Start, token: str) -> None:
    webs = [start_web(RATE_LIMIT_MESSAGES="10 per minute"), start_web(RATE_LIMIT_MESSAGES="10 per minute")]
    asked = [gevent.spawn(lambda n=n: webs[n % 2].ask(token).rest().response.status) for n in range(24)]
    statuses = [greenlet.get() for greenlet in asked]
    assert (statuses.count(200), statuses.count(429)) == (10, 14)


def test_a_stream_begins_before_the_model_does(start_web: Start, token: str, double: Double) -> None:
    double.script({"first": 0.8})
    began = time.monotonic()
    reading = start_web().ask(token)
    began = time.monotonic()
    reading.next(1)
    assert reading.items[0]["type"] == "start"
    assert time.monotonic() - began < 0.6


def test_on_sigterm_a_coaching_answer_without_a_reader_is_finished_too(
    start_web: Start, token: str, double: Double
) -> None:
    web = start_web()
    session_id = web.post(token, "/ai/coaching/start", topic_id="core_values")["session_id"]
    double.script({"json": {"message": ANSWER, "is_final": False, "result": None}, "deltas": 40, "gap": 0.05})
    reading = web.stream(token, "/ai/coaching/message/stream", session_id=session_id, message="Integrity")
    reading.next(3)
    reading.cut()
    web.stop()
    kept = start_web().get(token, f"/ai/coaching/session?session_id={session_id}")
    assert kept["messages"][-1]["content"] == ANSWER.strip()


def test_readers_of_a_killed_process_hear_within_30_seconds_that_a_coaching_answer_is_lost(
    start_web: Start, token: str, double: Double
) -> None:
    web, other = start_web(), start_web()
    session_id = web.post(token, "/ai/coaching/start", topic_id="core_values")["session_id"]
    double.script({"json": {"message": ANSWER, "is_final": False, "result": None}, "deltas": 40, "gap": 0.9})
    reading = web.stream(token, "/ai/coaching/message/stream", session_id=session_id, message="Integrity")
    reading.next(3)
    following = other.follow(token, f"/ai/coaching/message/stream?session_id={session_id}")
    following.next(3)
    web.kill()
    with gevent.Timeout(30):
        rest = following.rest()
    assert (rest.items[-1]["type"], rest.items[-1]["code"]) == ("error", "INTERRUPTED")
    double.script({"json": {"message": "Again", "is_final": False, "result": None}})
    again = other.post(token, "/ai/coaching/message", session_id=session_id, message="Integrity")
    assert (again["coach_message"], again["message_count"]) == ("Again", 3)
