"""Who looks after a tenant's people hears of a crisis at once, between their own events, in order and once."""

import gevent
import pytest
from flask import Flask

from app.care import alarms
from app.db.session import db as database
from app.feeds import service
from tests.care.conftest import CONCERN, CRISIS, say
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.feeds.conftest import Open, happen, numbers
from tests.gunicorn import Web
from tests.waiting import somebody_waits_for, until


def alarm(tenant: str, number: int) -> str:
    with database.begin() as session:
        return str(service.append_for_tenant(session, tenant, alarms.CRISIS, {"number": number}))


def test_it_says_who_and_where_and_not_what(here: Web, connect: Open, owner: Caller, coach: Caller) -> None:
    client = connect(here, header=coach.token)
    say(owner)
    frame = client.hear()
    assert frame["type"] == "care.crisis" and int(frame["id"])
    assert frame["data"] == {
        "user_id": "olivia", "path": "chat", "level": "crisis", "category": "suicide", "at": frame["data"]["at"],
    }  # fmt: skip
    assert frame["data"]["at"].endswith("Z") and "pills" not in str(frame)


@pytest.mark.parametrize(("role", "hears"), [
    ("owner", True), ("coach", True), ("operator", True),
    ("admin", False), ("manager", False), ("member", False), ("viewer", False),
])  # fmt: skip
def test_owners_coaches_and_operators_hear_it(
    here: Web, connect: Open, app: Flask, owner: Caller, role: str, hears: bool
) -> None:
    client = connect(here, header=sign_in(app, "someone", "acme", role).token)
    say(owner)
    if hears:
        assert client.hear()["type"] == "care.crisis"
    assert client.nothing_more()


def test_other_tenants_do_not(here: Web, connect: Open, app: Flask, owner: Caller, operator: Caller) -> None:
    others = [connect(here, header=who.token) for who in (operator, sign_in(app, "sue", "other", "owner"))]
    say(owner)
    assert all(other.nothing_more() for other in others)


def test_a_concern_is_not_told(here: Web, connect: Open, owner: Caller, coach: Caller, double: Double) -> None:
    double.default(text="I hear you.")
    client = connect(here, header=coach.token)
    say(owner, CONCERN)
    assert client.nothing_more()


def test_what_was_refused_is_told_too(here: Web, connect: Open, app: Flask, coach: Caller) -> None:
    client = connect(here, header=coach.token)
    refused = sign_in(app, "rita", "acme").post("/api/v1/chat/message", json={"message": f"{CRISIS} {'x ' * 6000}"})
    assert refused.status_code == 400
    assert client.hear()["type"] == "care.crisis"


def test_their_own_events_come_between_them_and_the_cursor_counts_for_both(
    here: Web, there: Web, connect: Open, boss: Caller
) -> None:
    client = connect(here, header=boss.token)
    ids = [alarm("acme", 1), *happen(boss, 2), alarm("acme", 3)]
    frames = client.heard(3)
    assert (numbers(frames), [frame["id"] for frame in frames]) == ([1, 2, 3], ids)
    happen(boss, 4)
    alarm("acme", 5)
    again = connect(there, header=boss.token)
    again.say(action="resume", after=ids[1])
    assert numbers(again.heard(3)) == [3, 4, 5]
    again.say(action="resume", after=0)
    assert numbers(again.heard(2)) == [1, 2]
    assert again.nothing_more()


def test_a_member_resumes_past_none_of_them(here: Web, connect: Open, owner: Caller) -> None:
    happen(owner, 1)
    alarm("acme", 2)
    happen(owner, 3)
    client = connect(here, header=owner.token)
    client.say(action="resume", after=0)
    assert numbers(client.heard(2)) == [1, 3]


def test_ids_grow_in_the_order_of_commits(here: Web, connect: Open, boss: Caller, owner: Caller) -> None:
    """Else a reader would pass over what was drawn before, and committed after, the last that it saw."""
    client = connect(here, header=boss.token)
    with database.begin() as session:
        slow = service.append(session, boss.tenant, boss.user, "slow", {"number": 1})
        told = gevent.spawn(alarm, "acme", 2)
        until(lambda: somebody_waits_for("advisory"))
        others = gevent.spawn(happen, owner, 3)
        gevent.sleep(0.1)
        assert not told.ready() and not others.ready()
    assert numbers(client.heard(2)) == [1, 2]
    assert slow < int(told.get()) < int(others.get()[0])


def test_nobody_waits_for_help_because_of_it(here: Web, connect: Open, boss: Caller, owner: Caller) -> None:
    client = connect(here, header=boss.token)
    with database.begin() as session:
        service.append(session, "acme", "theo", "slow", {"number": 1})
        with gevent.Timeout(5):
            say(owner)
    assert client.hear()["type"] == "care.crisis"
    assert client.nothing_more()


def test_a_burst_of_both_arrives_whole_and_in_order(here: Web, connect: Open, boss: Caller) -> None:
    client = connect(here, header=boss.token)
    writers = [gevent.spawn(happen, boss, *range(n * 50, n * 50 + 50)) for n in range(4)]
    writers += [gevent.spawn(lambda first: [alarm("acme", n) for n in range(first, first + 25)], 200 + 25 * n)
                for n in range(4)]  # fmt: skip
    frames = client.heard(300)
    assert [int(frame["id"]) for frame in frames] == sorted({int(frame["id"]) for frame in frames})
    assert sorted(numbers(frames)) == list(range(300))
    gevent.joinall(writers, raise_error=True)


def test_who_becomes_a_coach_hears_it_until_they_are_none(here: Web, connect: Open, app: Flask, owner: Caller) -> None:
    client = connect(here, header=sign_in(app, "carl", "acme", "member").token)
    alarm("acme", 1)
    client.say(action="auth", token=sign_in(app, "carl", "acme", "coach").token)
    assert client.hear()["type"] == "auth.success"
    alarm("acme", 2)
    assert numbers(client.heard(2)) == [1, 2]
    client.say(action="auth", token=sign_in(app, "carl", "acme", "member").token)
    assert client.hear()["type"] == "auth.success"
    alarm("acme", 3)
    assert client.nothing_more()


def test_it_names_the_coach_on_call_where_there_is_one(
    here: Web, connect: Open, boss: Caller, owner: Caller, coach: Caller
) -> None:
    assert boss.put("/admin/care", json={"webhook_url": None, "on_call": coach.user}).json["on_call"] == coach.user
    boss.put("/admin/care", json={"webhook_url": None})
    client = connect(here, header=coach.token)
    say(owner)
    assert client.hear()["data"]["on_call"] == coach.user
    assert boss.put("/admin/care", json={"webhook_url": None, "on_call": None}).json["on_call"] is None
