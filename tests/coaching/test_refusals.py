"""Every code of the contract: when it comes, and with which text. And what a failing model can't destroy."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import gevent
import pytest
from flask import Flask

from app.topics.catalog import TOPICS
from tests.coaching.conftest import HELLO, WORDS, act, begun, closing, code, later, read, reply, say, start
from tests.conftest import Caller, sign_in
from tests.double.client import Double

ACTIONS = ("pause", "complete", "cancel", "resume")


def every_way(caller: Caller, session_id: str) -> list[Any]:
    detail = caller.get(f"/ai/coaching/session?session_id={session_id}")
    return [say(caller, session_id), detail, *(act(caller, action, session_id) for action in ACTIONS)]


def test_a_session_that_never_was(owner: Caller) -> None:
    answers = every_way(owner, "sess_nothing")
    assert {code(answer) for answer in answers} == {(422, "SESSION_NOT_FOUND")}
    assert {answer.json["error"] for answer in answers} == {"Session not found: sess_nothing"}


def test_a_colleagues_session_is_denied_and_a_strangers_does_not_exist(
    teammate: Caller, stranger: Caller, session_id: str
) -> None:
    assert {code(answer) for answer in every_way(teammate, session_id)} == {(403, "SESSION_ACCESS_DENIED")}
    assert {code(answer) for answer in every_way(stranger, session_id)} == {(422, "SESSION_NOT_FOUND")}


@pytest.mark.parametrize("topic_id", ["nonsense", "niche_review", "goals_coaching"])
def test_what_is_no_coaching_topic(owner: Caller, topic_id: str) -> None:
    assert code(start(owner, topic_id)) == (422, "INVALID_TOPIC")
    assert code(owner.get(f"/ai/coaching/session/check?topic_id={topic_id}")) == (422, "INVALID_TOPIC")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("start", {}), ("start", {"topic_id": 7}), ("start", {"topic_id": "vision", "context": "x"}),
        ("start", {"topic_id": "vision", "context": {"a": "x" * 17_000}}), ("message", {"message": "x"}),
        ("message", {"session_id": "s"}), ("message", {"session_id": "s", "message": "  "}),
        ("message", {"session_id": "s", "message": "x" * 4001}), ("pause", {}),
        ("complete", []), ("cancel", {"session_id": 1}),
    ],
)  # fmt: skip
def test_a_bad_body(owner: Caller, path: str, body: Any) -> None:
    assert code(owner.post(f"/ai/coaching/{path}", json=body)) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("body", ["{", "[", "nonsense", '{"topic_id": "\\ud800"}'])
def test_a_body_that_is_no_json(owner: Caller, body: str) -> None:
    answer = owner.post("/ai/coaching/start", data=body, content_type="application/json")
    assert code(answer) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("body", "text"),
    [([], "The body must be an object"), ({"topic_id": "vision", "context": []}, "context must be an object")],
)
def test_what_is_wrong_is_said_plainly(owner: Caller, body: Any, text: str) -> None:
    assert owner.post("/ai/coaching/start", json=body).json["error"] == text


def test_no_token(anonymous: Caller) -> None:
    assert code(start(anonymous)) == (401, "UNAUTHORIZED")


def test_a_paused_session_takes_no_message(owner: Caller, session_id: str) -> None:
    act(owner, "pause", session_id)
    for answer in (say(owner, session_id), act(owner, "pause", session_id), act(owner, "complete", session_id)):
        assert code(answer) == (400, "SESSION_NOT_ACTIVE")
    assert act(owner, "cancel", session_id).status_code == 200


@pytest.mark.parametrize("end", ["cancel", "complete"])
def test_what_has_ended_stays_so(owner: Caller, double: Double, session_id: str, end: str) -> None:
    double.script({"json": TOPICS["core_values"].example})
    assert act(owner, end, session_id).status_code == 200
    answers = [say(owner, session_id), *(act(owner, action, session_id) for action in ACTIONS)]
    assert {code(answer) for answer in answers} == {(400, "SESSION_NOT_ACTIVE")}


def test_an_idle_session_refuses_a_message_and_start_goes_on(owner: Caller, double: Double, session_id: str) -> None:
    later(session_id, last_activity=timedelta(minutes=31))
    assert code(say(owner, session_id)) == (410, "SESSION_IDLE_TIMEOUT")
    double.script({"json": {"message": "There you are."}}, reply())
    body = start(owner).json
    assert (body["session_id"], body["resumed"], body["coach_message"]) == (session_id, True, "There you are.")
    assert say(owner, session_id).status_code == 200


def test_a_session_ends_with_its_life(owner: Caller, double: Double, session_id: str) -> None:
    later(session_id, expires_at=timedelta(days=15))
    assert code(say(owner, session_id)) == (410, "SESSION_EXPIRED")
    assert code(act(owner, "complete", session_id)) == (410, "SESSION_EXPIRED")
    assert code(act(owner, "pause", session_id)) == (410, "SESSION_EXPIRED")
    assert owner.get("/ai/coaching/sessions").json["data"] == []
    assert begun(owner, double) != session_id
    assert code(say(owner, session_id)) == (410, "SESSION_EXPIRED")


def test_the_eleventh_message_is_refused(owner: Caller, double: Double, session_id: str) -> None:
    double.default(**reply())
    turns = [say(owner, session_id, f"Message {number}").json["turn"] for number in range(10)]
    assert turns == list(range(2, 12))
    assert "last message" in double.requests()[-1]["body"]["messages"][0]["content"]
    answer = say(owner, session_id, "One more")
    assert code(answer) == (422, "MAX_TURNS_REACHED")
    assert read(owner, session_id)["message_count"] == 21
    double.script({"json": TOPICS["core_values"].example})
    assert act(owner, "complete", session_id).json["status"] == "completed"


def test_a_topic_can_be_held_by_one_person_at_a_time(
    make_app: Callable[..., Flask], clean: None, double: Double
) -> None:
    app = make_app(COACHING_EXCLUSIVE_TOPICS="vision")
    double.default(json=HELLO)
    assert start(sign_in(app, "olivia", "acme"), "vision").status_code == 200
    answer = start(sign_in(app, "theo", "acme"), "vision")
    assert code(answer) == (409, "SESSION_CONFLICT")
    assert "olivia" not in str(answer.json)
    assert start(sign_in(app, "sam", "other"), "vision").status_code == 200
    check = sign_in(app, "theo", "acme").get("/ai/coaching/session/check?topic_id=vision").json["data"]
    assert (check["conflict"], check["conflict_user_id"]) == (True, None)


def test_a_greeting_that_fails_leaves_nothing(owner: Caller, double: Double) -> None:
    double.default(status=500)
    assert code(start(owner)) == (503, "AI_SERVICE_UNAVAILABLE")
    assert owner.get("/ai/coaching/sessions").json["data"] == []
    double.reset()
    assert begun(owner, double)


def test_starts_that_wait_for_a_greeting_that_fails_hear_of_it(app: Flask, owner: Caller, double: Double) -> None:
    double.default(status=400, first=0.2)
    callers = [sign_in(app, "olivia", "acme") for _ in range(4)]
    answers = [call.get() for call in [gevent.spawn(start, caller) for caller in callers]]
    assert {code(answer) for answer in answers} == {(503, "AI_SERVICE_UNAVAILABLE")}


def test_nothing_said_is_lost_when_the_model_fails(owner: Caller, double: Double, session_id: str) -> None:
    double.default(status=500)
    assert code(say(owner, session_id)) == (503, "AI_SERVICE_UNAVAILABLE")
    kept = read(owner, session_id)
    assert (kept["status"], kept["messages"][-1]["content"]) == ("active", WORDS)
    double.reset()
    double.script(reply("Now I hear you"))
    body = say(owner, session_id).json
    assert (body["turn"], body["message_count"], body["coach_message"]) == (2, 3, "Now I hear you")


def test_other_words_after_a_failure_are_stored_beside(owner: Caller, double: Double, session_id: str) -> None:
    double.default(status=500)
    say(owner, session_id, "First")
    double.reset()
    double.script(reply("I heard both"))
    assert say(owner, session_id, "Second").json["turn"] == 3
    assert [message["content"] for message in read(owner, session_id)["messages"][1:3]] == ["First", "Second"]


def test_a_result_that_does_not_fit_is_repaired(owner: Caller, double: Double, session_id: str) -> None:
    broken = reply(is_final=True, result={"values": [], "summary": "x"})
    double.script(broken, closing())
    assert say(owner, session_id).json["status"] == "completed"
    assert len(double.requests()) == 3


def test_a_result_that_stays_broken_is_extracted(owner: Caller, double: Double, session_id: str) -> None:
    broken = reply("Goodbye", is_final=True, result=None)
    double.script(broken, broken, {"json": TOPICS["core_values"].example})
    body = say(owner, session_id).json
    assert (body["status"], body["coach_message"]) == ("completed", "Goodbye")
    assert body["result"]["values"] == TOPICS["core_values"].example["values"]


def test_a_result_that_can_not_be_had_leaves_the_session_open(owner: Caller, double: Double, session_id: str) -> None:
    double.default(**reply(is_final=True, result={"values": "many"}))
    assert code(say(owner, session_id)) == (500, "EXTRACTION_FAILED")
    kept = read(owner, session_id)
    assert (kept["status"], kept["messages"][-1]["content"], kept["result"]) == ("active", WORDS, None)
    double.reset()
    double.script(closing())
    assert say(owner, session_id).json["status"] == "completed"


def test_an_extraction_that_fails_leaves_the_session_open(owner: Caller, double: Double, session_id: str) -> None:
    double.default(text="No.")
    assert code(act(owner, "complete", session_id)) == (500, "EXTRACTION_FAILED")
    assert read(owner, session_id)["status"] == "active"
