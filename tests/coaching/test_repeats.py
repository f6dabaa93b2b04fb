"""A message that is sent again is the same message, if its answer may not have arrived; two questions are two turns."""

from functools import partial
from typing import Any

import gevent
import pytest
from flask import Flask

from app.auth.tokens import Tokens
from app.web.container import resolve_from
from tests import sse
from tests.coaching.conftest import WORDS, begun, closing, code, read, reply, say, start
from tests.conftest import Caller
from tests.double.client import Double
from tests.gunicorn import Web
from tests.waiting import until

MESSAGE, STREAM, COMPLETE = (f"/ai/coaching/{place}" for place in ("message", "message/stream", "complete"))


@pytest.fixture
def token(app: Flask) -> str:
    made: str = resolve_from(app, Tokens).mint("olivia", "acme", "member", 3600)
    return made


def give_up(web: Web, token: str, double: Double, path: str = MESSAGE, words: str = WORDS, **script: Any) -> str:
    """A session in which somebody said ``words`` and went away before the coach was done."""
    double.script({"json": {"message": "Welcome!"}}, reply("Why is that?") | {"hold": 0} | script)
    session_id: str = web.post(token, "/ai/coaching/start", topic_id="core_values")["session_id"]
    web.abandon(token, path, double.holds, session_id=session_id, message=words)
    return session_id


def finish(web: Web, token: str, double: Double, session_id: str) -> None:
    double.release()
    place = f"/ai/coaching/session?session_id={session_id}"
    until(lambda: web.get(token, place)["message_count"] == 3)


def send(web: Web, token: str, session_id: str, words: str = WORDS) -> Any:
    return web.post(token, MESSAGE, session_id=session_id, message=words)


@pytest.mark.parametrize("path", [MESSAGE, STREAM])
def test_who_gave_up_gets_the_stored_answer(here: Web, there: Web, token: str, double: Double, path: str) -> None:
    session_id = give_up(here, token, double, path)
    finish(here, token, double, session_id)
    asked = len(double.requests())
    again = send(there, token, session_id)
    assert (again["coach_message"], again["turn"], again["message_count"]) == ("Why is that?", 2, 3)
    assert again["metadata"]["model"] == "coach-1"
    assert len(double.requests()) == asked


def test_while_the_first_runs_the_second_is_refused(here: Web, there: Web, token: str, double: Double) -> None:
    session_id = give_up(here, token, double)
    assert send(there, token, session_id)["code"] == "SESSION_BUSY"
    finish(here, token, double, session_id)
    assert send(there, token, session_id)["coach_message"] == "Why is that?"


def test_the_final_answer_comes_again_with_its_result(here: Web, token: str, double: Double) -> None:
    session_id = give_up(here, token, double, **closing())
    finish(here, token, double, session_id)
    for _ in range(2):
        again = send(here, token, session_id)
        assert (again["is_final"], again["status"], bool(again["result"])) == (True, "completed", True)


def test_who_gave_up_on_completing_gets_the_result(here: Web, there: Web, token: str, double: Double) -> None:
    result = {"json": closing()["json"]["result"], "usage": [100, 50]}
    double.script({"json": {"message": "Welcome!"}}, reply("Why?"), result | {"hold": 0})
    session_id = here.post(token, "/ai/coaching/start", topic_id="core_values")["session_id"]
    send(here, token, session_id)
    here.abandon(token, COMPLETE, double.holds, session_id=session_id)
    assert there.post(token, COMPLETE, session_id=session_id)["code"] == "SESSION_BUSY"
    double.release()
    until(lambda: here.get(token, f"/ai/coaching/session?session_id={session_id}")["status"] == "completed")
    again = there.post(token, COMPLETE, session_id=session_id)
    assert (again["status"], bool(again["result"]), again["metadata"]["tokens_used"]) == ("completed", True, 150)
    assert there.post(token, COMPLETE, session_id=session_id)["code"] == "SESSION_NOT_ACTIVE"
    assert len(double.requests()) == 3


def test_a_stream_that_was_given_up_is_told_again(here: Web, token: str, double: Double) -> None:
    session_id = give_up(here, token, double, STREAM)
    finish(here, token, double, session_id)
    reading = here.stream(token, STREAM, session_id=session_id, message=WORDS).rest()
    assert (reading.text, reading.items[-1]["type"], reading.items[-1]["turn"]) == ("Why is that?", "end", 2)


def test_after_the_repeated_answer_the_same_words_are_the_next_message(here: Web, token: str, double: Double) -> None:
    session_id = give_up(here, token, double, words="Yes.")
    finish(here, token, double, session_id)
    assert send(here, token, session_id, "Yes.")["turn"] == 2
    double.script(reply("And then?"))
    assert send(here, token, session_id, "Yes.")["turn"] == 3


def test_who_was_shown_the_question_by_start_answers_it(here: Web, token: str, double: Double) -> None:
    session_id = give_up(here, token, double, words="Yes.")
    finish(here, token, double, session_id)
    assert here.post(token, "/ai/coaching/start", topic_id="core_values")["coach_message"] == "Why is that?"
    double.script(reply("And then?"))
    assert send(here, token, session_id, "Yes.")["turn"] == 3


def test_other_words_are_the_next_message(here: Web, token: str, double: Double) -> None:
    session_id = give_up(here, token, double)
    finish(here, token, double, session_id)
    double.script(reply("And then?"))
    assert send(here, token, session_id, "Something else")["turn"] == 3


def said(events: list[sse.ServerEvent]) -> str:
    return "".join(event.data["content"] for event in events if event.data["type"] == "content")


def ask(caller: Caller, session_id: str, words: str) -> Any:
    return say(caller, session_id, words).json


def ask_streaming(caller: Caller, session_id: str, words: str) -> Any:
    answer = caller.post(STREAM, json={"session_id": session_id, "message": words})
    return sse.parse(answer.data)[-1].data


@pytest.mark.parametrize("asking", [ask, ask_streaming])
def test_two_yes_to_two_questions_are_two_turns(owner: Caller, double: Double, asking: Any) -> None:
    session_id = begun(owner, double)
    double.script(reply("Is it honesty?"), reply("Is it courage?"))
    assert [asking(owner, session_id, "Yes.")["turn"] for _ in range(2)] == [2, 3]
    assert [one["content"] for one in read(owner, session_id)["messages"][1:]] == [
        "Yes.", "Is it honesty?", "Yes.", "Is it courage?",
    ]  # fmt: skip


def test_a_final_answer_is_given_again_but_nothing_else_is_said(owner: Caller, double: Double) -> None:
    session_id = begun(owner, double)
    double.script(closing(message="Goodbye."))
    first, again = say(owner, session_id).json, say(owner, session_id).json
    assert first == again and first["is_final"]
    assert code(say(owner, session_id, "One more thing")) == (400, "SESSION_NOT_ACTIVE")


def test_a_session_that_was_completed_by_hand_takes_no_message_again(owner: Caller, double: Double) -> None:
    session_id = begun(owner, double)
    double.script(reply(), {"json": closing()["json"]["result"]})
    say(owner, session_id)
    assert owner.post("/ai/coaching/complete", json={"session_id": session_id}).status_code == 200
    assert code(say(owner, session_id)) == (400, "SESSION_NOT_ACTIVE")


def test_a_repeated_answer_counts_no_request(owner: Caller, double: Double) -> None:
    session_id = begun(owner, double)
    double.script(closing())
    left = [say(owner, session_id).headers["X-RateLimit-Remaining"] for _ in range(2)]
    assert left[0] == left[1]


def test_a_stream_that_goes_on_counts_no_request(owner: Caller, double: Double) -> None:
    session_id = begun(owner, double)
    double.script(reply())
    body = {"session_id": session_id, "message": WORDS}
    first = owner.post(STREAM, json=body)
    again = owner.post(STREAM, json=body, headers={"Last-Event-ID": sse.parse(first.data)[0].id})
    assert again.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"]


def test_a_reader_asks_again_with_its_cursor_and_the_same_body(owner: Caller, double: Double) -> None:
    session_id = begun(owner, double)
    double.script(reply("Tell me more about it") | {"deltas": 30})
    body = {"session_id": session_id, "message": WORDS}
    whole = sse.parse(owner.post(STREAM, json=body).data)
    for place, event in enumerate(whole[:-1], 1):
        rest = sse.parse(owner.post(STREAM, json=body, headers={"Last-Event-ID": event.id}).data)
        assert said(whole[:place] + rest) == "Tell me more about it"
        assert rest[-1].data == whole[-1].data
    assert read(owner, session_id)["message_count"] == 3


def test_a_reader_follows_while_the_coach_speaks(owner: Caller, double: Double) -> None:
    session_id = begun(owner, double)
    double.script(reply("Tell me more about it") | {"deltas": 30, "hold": 15})
    body = {"session_id": session_id, "message": WORDS}
    first = owner.post(STREAM, json=body, buffered=False)
    seen = sse.parse(next(first.iter_encoded()))
    again = gevent.spawn(partial(owner.post, STREAM, json=body, headers={"Last-Event-ID": seen[-1].id}))
    until(double.holds)
    double.release()
    rest = sse.parse(again.get().data)
    assert rest[-1].data["coach_message"] == "Tell me more about it"
    first.close()


def test_a_cursor_of_another_stream_is_400(owner: Caller, double: Double) -> None:
    session_id = begun(owner, double)
    body = {"session_id": session_id, "message": WORDS}
    for cursor in ("nonsense", "turn_x:1:0", "weekly_x:1:0"):
        assert owner.post(STREAM, json=body, headers={"Last-Event-ID": cursor}).status_code == 400


def test_other_words_with_the_cursor_of_the_last_answer_are_a_message(owner: Caller, double: Double) -> None:
    session_id = begun(owner, double)
    double.script(reply("One"), reply("Two"))
    first = sse.parse(owner.post(STREAM, json={"session_id": session_id, "message": WORDS}).data)
    headers = {"Last-Event-ID": first[-1].id}
    second = sse.parse(owner.post(STREAM, json={"session_id": session_id, "message": "No."}, headers=headers).data)
    assert second[-1].data["turn"] == 3


def test_a_resumed_session_tells_the_metadata_of_its_last_answer(owner: Caller, double: Double) -> None:
    session_id = begun(owner, double)
    double.script(reply())
    answered = say(owner, session_id).json
    double.default(status=500)
    say(owner, session_id, "More")
    resumed = start(owner).json
    assert resumed["resumed"] and resumed["metadata"] == answered["metadata"]
