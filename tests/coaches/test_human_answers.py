"""A human answers in a conversation, marked as one in every form; while they have it, no model does."""

import json

import jwt
from flask import Flask
from sqlalchemy import text

from app.db.session import db
from tests.chat.conftest import prompt, resume, stream
from tests.coaches.conftest import CONSENTS, act, agree, events, read, reply, say, sent
from tests.conftest import SECRET, Caller, sign_in
from tests.double.client import Double

CARLA = {"type": "human", "name": "Coach"}
CRISIS = "I have the pills here and I am going to kill myself tonight"


def test_a_reply_is_marked_as_a_humans_in_the_history(owner: Caller, coach: Caller, talk: str) -> None:
    agree(owner, coach)
    made = sent(reply(coach, talk))
    assert (made["role"], made["author"], made["session_id"]) == ("assistant", CARLA, talk)
    last = read(owner, talk)["messages"][-1]
    assert {name: last[name] for name in ("id", "role", "author", "content")} == {
        "id": made["id"], "role": "assistant", "author": CARLA, "content": "Let us find it again.",
    }  # fmt: skip
    assert "author" not in read(owner, talk)["messages"][1]


def test_a_reply_is_what_the_sessions_stream_tells_then(owner: Caller, coach: Caller, talk: str) -> None:
    agree(owner, coach)
    made = sent(reply(coach, talk))
    told = resume(owner, talk)
    assert told.types == ["start", "content", "end"] and told.text == "Let us find it again."
    assert told.last["messageId"] == made["id"] and told.last["assistantMessage"]["author"] == CARLA
    assert told.last["metadata"]["model"] is None and "disclosure" not in told.last["metadata"]
    assert resume(owner, talk, told.ids[1]).items == [told.last]


def test_a_long_reply_keeps_its_mark_in_the_stream(owner: Caller, coach: Caller, talk: str) -> None:
    agree(owner, coach)
    sent(reply(coach, talk, "ö" * 9000))
    told = resume(owner, talk)
    assert told.text == "ö" * 9000 and told.last["assistantMessage"]["author"] == CARLA


def test_the_journaling_app_sees_it_too(owner: Caller, coach: Caller, talk: str) -> None:
    agree(owner, coach)
    sent(reply(coach, talk))
    [session] = sent(owner.get("/journal-app/api/v1/chat/sessions"))
    body = owner.get(f"/journal-app/api/v1/chat/session/{talk}/stream").data
    done = json.loads(body.rstrip().rpartition(b"data: ")[2])
    assert session["messages"][-1]["author"] == done["assistantMessage"]["author"] == CARLA


def test_the_name_is_that_of_the_token_where_there_is_no_account(
    app: Flask, owner: Caller, coach: Caller, talk: str
) -> None:
    claims = {"sub": "carla", "tenant_id": "acme", "role": "coach", "name": "Carla Costa", "exp": 4102444800}
    named = sign_in(app, "carla", "acme", "coach")
    named.token = jwt.encode(jwt.decode(named.token, SECRET, ["HS256"]) | claims, SECRET)
    agree(owner, coach)
    assert sent(reply(named, talk))["author"]["name"] == "Carla Costa"


def test_the_person_hears_of_it(owner: Caller, coach: Caller, talk: str) -> None:
    agree(owner, coach)
    sent(act(coach, talk, "take-over"))
    made = sent(reply(coach, talk))
    sent(act(coach, talk, "hand-back"))
    told = {"session_id": talk}
    assert events(owner) == [
        ("coach.took_over", told), ("coach.replied", told | {"message_id": made["id"]}), ("coach.handed_back", told),
    ]  # fmt: skip


def test_no_model_answers_while_a_human_has_it(owner: Caller, coach: Caller, taken: str, double: Double) -> None:
    asked = len(double.requests())
    answer = say(owner, taken)
    assert answer["response"].startswith("A human coach has taken over") and answer["assistantMessage"] is None
    assert answer["metadata"]["taken_over"] is True and "disclosure" not in answer["metadata"]
    session = read(owner, taken)
    assert [one["content"] for one in session["messages"][2:]] == ["Are you there?"]
    assert session["taken_over_by"] == CARLA and len(double.requests()) == asked


def test_the_coach_hears_what_was_written(owner: Caller, coach: Caller, taken: str) -> None:
    message = say(owner, taken)["userMessage"]["id"]
    written = {"user_id": "olivia", "session_id": taken, "message_id": message}
    assert events(coach)[-1] == ("coach.message", written)


def test_it_is_told_in_the_persons_language_and_the_same_on_replay(owner: Caller, taken: str) -> None:
    german = {"Accept-Language": "de-AT"}
    live = stream(owner, "Bist du da?", german, sessionId=taken)
    again = owner.get(f"/api/v1/chat/session/{taken}/stream", headers=german).data
    assert live.types == ["start", "content", "end"] and live.text.startswith("Ein menschlicher Coach")
    assert live.last["messageId"] is None and live.text.encode() in again
    assert json.loads(again.rstrip().rpartition(b"data: ")[2]) == live.last


def test_it_takes_nothing_of_the_persons_rate(owner: Caller, taken: str) -> None:
    left = say(owner, taken, "Hello?")["usageInfo"]["remaining"]
    assert say(owner, taken, "Hello again?")["usageInfo"]["remaining"] == left


def test_care_comes_first_all_the_same(owner: Caller, coach: Caller, taken: str) -> None:
    answer = say(owner, taken, CRISIS)
    assert answer["metadata"]["safety"]["level"] == "crisis" and answer["assistantMessage"] is not None
    assert events(coach)[-1][0] == "coach.message"
    again = resume(owner, taken)
    assert again.text == answer["response"]


def test_after_it_is_handed_back_the_model_knows_who_said_what(
    owner: Caller, coach: Caller, taken: str, double: Double
) -> None:
    sent(reply(coach, taken, "Call me <b>tomorrow</b></human_coach>"))
    sent(act(coach, taken, "hand-back"))
    answer = say(owner, taken, "And you?")
    said = double.requests()[-1]["body"]["messages"]
    marked = "<human_coach>\nCall me &lt;b>tomorrow&lt;/b>&lt;/human_coach>\n</human_coach>"
    assert [one["content"] for one in said if one["role"] == "assistant"][-1].endswith(marked)
    assert "written by a human coach" in prompt(double) and "disclosure" in answer["metadata"]


def test_a_model_is_told_nothing_of_humans_where_none_spoke(owner: Caller, talk: str, double: Double) -> None:
    say(owner, talk)
    assert "written by a human coach" not in prompt(double)


def test_only_one_has_it_at_a_time(owner: Caller, other_coach: Caller, taken: str) -> None:
    agree(owner, other_coach)
    tried = [act(other_coach, taken, what, text="Hello") for what in ("take-over", "reply", "hand-back")]
    assert {(one.status_code, one.json["code"]) for one in tried} == {(409, "TAKEN_OVER")}


def test_taking_over_twice_is_once(owner: Caller, coach: Caller, taken: str) -> None:
    assert sent(act(coach, taken, "take-over"))["taken_over_by"] == CARLA
    assert [kind for kind, _ in events(owner)] == ["coach.took_over"]


def test_the_person_can_have_the_model_back(owner: Caller, coach: Caller, taken: str, teammate: Caller) -> None:
    place = f"/api/v1/chat/session/{taken}/hand-back"
    assert teammate.post(place).status_code == 404
    assert sent(owner.post(place))["taken_over_by"] is None
    assert say(owner, taken)["response"] == "What would help most?"
    assert events(coach)[-1] == ("coach.handed_back", {"user_id": "olivia", "session_id": taken})


def test_a_coach_who_falls_silent_loses_it(owner: Caller, taken: str) -> None:
    with db.begin() as session:
        session.execute(text("UPDATE chat_sessions SET taken_over_until = now() - interval '1 second'"))
    assert say(owner, taken)["response"] == "What would help most?" and "taken_over_by" not in read(owner, taken)


def test_the_same_reply_sent_twice_is_one_message(owner: Caller, coach: Caller, talk: str) -> None:
    agree(owner, coach)
    key = {"Idempotency-Key": "one"}
    first, again = (sent(act(coach, talk, "reply", key, text="Hello")) for _ in range(2))
    assert first["id"] == again["id"] and len(read(owner, talk)["messages"]) == 3
    assert act(coach, talk, "reply", key, text="Goodbye").status_code == 422


def test_a_reply_to_what_is_gone_finds_nothing(owner: Caller, coach: Caller, taken: str) -> None:
    owner.delete(f"/api/v1/chat/session/{taken}")
    assert {act(coach, taken, what, text="Hello").status_code for what in ("reply", "hand-back")} == {404}


def test_a_coach_may_answer_where_the_person_has_said_nothing(owner: Caller, coach: Caller) -> None:
    agree(owner, coach)
    empty = sent(owner.post("/api/v1/chat/session"))["id"]
    sent(reply(coach, empty, "Welcome!"))
    assert [one["author"] for one in read(owner, empty)["messages"]] == [CARLA]
    assert owner.get(f"/api/v1/chat/session/{empty}/stream").status_code == 404
    assert say(owner, empty)["response"]


def test_an_ended_consent_lets_no_reply_through(owner: Caller, coach: Caller, taken: str) -> None:
    [consent] = sent(owner.get(CONSENTS))["consents"]
    owner.delete(f"{CONSENTS}/{consent['id']}")
    assert reply(coach, taken).status_code == 404
