"""Coach, person and model at the same moment."""

import gevent
from sqlalchemy import text

from app.auth.principals import Principal, Role
from app.coaches import access
from app.coaches.models import Scope
from app.db.session import db
from tests.chat.test_turns import begin
from tests.coaches.conftest import COACH, CONSENTS, act, agree, read, reply, say, sent
from tests.conftest import Caller
from tests.double.client import Double
from tests.waiting import until

BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
CARLA = Principal("carla", "acme", Role.COACH)


def somebody_waits() -> bool:
    with db.read() as session:
        return bool(session.scalar(text(BLOCKED)))


def test_what_the_model_is_saying_is_stopped_and_kept(owner: Caller, coach: Caller, talk: str, double: Double) -> None:
    agree(owner, coach)
    asking = begin(owner, talk, double)
    sent(act(coach, talk, "take-over"))
    told = asking.get()
    assert (told.last["type"], told.last["cancelled"], told.text) == ("end", True, "One two ")
    assert double.disconnected() and read(owner, talk)["messages"][-1]["status"] == "cancelled"


def test_a_reply_may_come_while_the_model_answers(owner: Caller, coach: Caller, talk: str, double: Double) -> None:
    agree(owner, coach)
    asking = begin(owner, talk, double)
    sent(reply(coach, talk, "Meanwhile"))
    double.release()
    asking.get()
    assert [one["content"] for one in read(owner, talk)["messages"]][2:] == ["Count", "Meanwhile", "One two three four"]


def test_whoever_ends_a_consent_waits_for_who_reads_with_it(owner: Caller, coach: Caller, talk: str) -> None:
    consent = agree(owner, coach)
    with db.begin() as session:
        access.consent_of(session, CARLA, "olivia", Scope.READ)
        ending = gevent.spawn(owner.delete, f"{CONSENTS}/{consent}")
        until(somebody_waits)
        assert not ending.ready()
    assert ending.get().status_code == 200
    assert coach.get(f"{COACH}/sessions/{talk}").status_code == 404


def test_many_words_at_once_all_have_a_place(owner: Caller, coach: Caller, taken: str) -> None:
    replies = [gevent.spawn(reply, coach, taken, f"Word {n}") for n in range(8)]
    asked = [say(owner, taken, f"Question {n}") for n in range(4)]
    gevent.joinall(replies)
    assert {one.value.status_code for one in replies} == {201} and len(asked) == 4
    said = [one["content"] for one in read(owner, taken)["messages"]]
    assert len(said) == 2 + 8 + 4 and len(set(said)) == len(said)


def test_one_of_two_coaches_gets_it(owner: Caller, coach: Caller, other_coach: Caller, talk: str) -> None:
    for one in (coach, other_coach):
        agree(owner, one)
    tried = [gevent.spawn(act, one, talk, "take-over") for one in (coach, other_coach)]
    gevent.joinall(tried)
    assert sorted(one.value.status_code for one in tried) == [200, 409]


def test_agreeing_at_once_is_one_consent(owner: Caller, coach: Caller) -> None:
    asked = [gevent.spawn(agree, owner, coach) for _ in range(4)]
    gevent.joinall(asked, raise_error=True)
    assert len({one.value for one in asked}) == 1 and sent(owner.get(CONSENTS))["total"] == 1


def test_a_retry_of_a_failed_message_is_the_humans_too(owner: Caller, coach: Caller, talk: str, double: Double) -> None:
    agree(owner, coach)
    double.script({"status": 400})
    key, body = {"Idempotency-Key": "once"}, {"message": "Hello?", "sessionId": talk}
    assert owner.post("/api/v1/chat/message", json=body, headers=key).status_code >= 400
    sent(act(coach, talk, "take-over"))
    asked = len(double.requests())
    answer = sent(owner.post("/api/v1/chat/message", json=body, headers=key))
    assert answer["metadata"]["taken_over"] is True and len(double.requests()) == asked
