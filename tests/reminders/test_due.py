"""What is due is told once, when it may be: in a conversation that knows what it is about."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import gevent
import pytest
from flask import Flask
from sqlalchemy import text

from app.core.clock import now
from app.db.session import db
from tests.chat.conftest import ask, messages
from tests.conftest import Caller
from tests.double.client import Double
from tests.reminders.conftest import REMINDERS, Tell, bring_forward, events, found, make, runs
from tests.workspace.conftest import make_goal

CLOCK = "%H:%M"


def clock(hours: float) -> str:
    return (now() + timedelta(hours=hours)).strftime(CLOCK)


def around_now() -> dict[str, str]:
    return {"from": clock(-1), "to": clock(1)}


def settings(caller: Caller, **changes: Any) -> None:
    assert caller.put(f"{REMINDERS}/settings", json=changes).status_code == 200


def next_of(caller: Caller, reminder: Any) -> datetime:
    return datetime.fromisoformat(found(caller, reminder)["next_at"])


def test_it_is_told_once_with_the_conversation_that_it_opens(owner: Caller, tell: Tell) -> None:
    made = make(owner)
    assert tell() == 0
    bring_forward()
    assert (tell(), tell()) == (1, 0)
    (event,) = events(owner)
    assert (event["reminder_id"], event["text"]) == (made["id"], "Go for a run")
    assert [(one["role"], one["content"]) for one in messages(owner, event["session_id"])] == [
        ("assistant", "Go for a run")
    ]
    assert found(owner, made)["next_at"] is None


def test_the_coach_knows_what_the_conversation_is_about(owner: Caller, double: Double, tell: Tell) -> None:
    goal = make_goal(owner, title="Run a 5K")
    make(owner, text="How did Thursday go?", goal_id=goal["id"], kind="check_in")
    bring_forward()
    tell()
    double.script({"text": "Good to hear."}, {"text": "Go on."})
    session_id = events(owner)[0]["session_id"]
    assert ask(owner, "Well!", sessionId=session_id).status_code == 200
    assert ask(owner, "And now?", sessionId=session_id).status_code == 200
    for request in double.requests():
        system, first, *_ = request["body"]["messages"]
        assert "How did Thursday go? (Run a 5K)" in system["content"]
        assert (first["role"], first["content"]) == ("user", "Well!")


def test_what_was_missed_comes_once(owner: Caller, tell: Tell) -> None:
    made = make(owner, at=None, rrule="FREQ=DAILY")
    bring_forward(now() - timedelta(days=10))
    assert (tell(), tell(), len(events(owner))) == (1, 0, 1)
    assert now() < next_of(owner, made) <= now() + timedelta(days=1)


def test_several_workers_tell_each_once(app: Flask, owner: Caller, tell: Tell) -> None:
    for number in range(15):
        make(owner, text=f"Number {number}")
    bring_forward()
    gevent.joinall([gevent.spawn(tell) for _ in range(4)], raise_error=True)
    assert sorted(event["text"] for event in events(owner)) == sorted(f"Number {number}" for number in range(15))


def test_quiet_hours_hold_it_until_they_end(owner: Caller, tell: Tell) -> None:
    made = make(owner, timezone="UTC", quiet_hours=around_now())
    bring_forward()
    tell()
    assert events(owner) == []
    held = next_of(owner, made)
    assert held.strftime(CLOCK) == made["quiet_hours"]["to"]
    assert now() < held <= now() + timedelta(hours=1)
    owner.patch(f"{REMINDERS}/{made['id']}", json={"quiet_hours": None})
    bring_forward()
    tell()
    assert len(events(owner)) == 1


def test_the_persons_quiet_hours_count_where_it_has_none(owner: Caller, tell: Tell) -> None:
    settings(owner, quiet_hours=around_now())
    make(owner, timezone="UTC")
    make(owner, text="All the same", timezone="UTC", quiet_hours={"from": clock(2), "to": clock(3)})
    bring_forward()
    tell()
    assert [event["text"] for event in events(owner)] == ["All the same"]


def test_a_pause_leaves_out_what_comes_again_and_keeps_what_comes_once(owner: Caller, tell: Tell) -> None:
    again, once = make(owner, at=None, rrule="FREQ=HOURLY"), make(owner)
    until = now() + timedelta(days=3)
    settings(owner, paused_until=until.isoformat())
    bring_forward()
    tell()
    assert events(owner) == []
    assert abs(next_of(owner, once) - until) < timedelta(seconds=1)
    assert until < next_of(owner, again) <= until + timedelta(hours=1)


def test_no_more_than_so_many_a_day(owner: Caller, tell: Tell) -> None:
    settings(owner, per_day=2)
    made = [make(owner, text=f"Number {number}", timezone="UTC") for number in range(3)]
    bring_forward()
    tell()
    assert len(events(owner)) == 2
    (waits,) = [one for one in made if found(owner, one)["next_at"]]
    assert abs(next_of(owner, waits) - now() - timedelta(days=1)) < timedelta(minutes=1)


def test_one_that_was_not_answered_cools_down(owner: Caller, tell: Tell) -> None:
    settings(owner, cool_down_hours=5)
    made = make(owner, at=None, rrule="FREQ=HOURLY")
    bring_forward()
    tell()
    bring_forward()
    tell()
    assert len(events(owner)) == 1
    assert abs(next_of(owner, made) - now() - timedelta(hours=5)) < timedelta(minutes=1)
    owner.post(f"{REMINDERS}/{made['id']}/answer", json={"value": True})
    bring_forward()
    tell()
    assert len(events(owner)) == 2


def test_what_cannot_be_told_keeps_nobody_waiting(owner: Caller, teammate: Caller, tell: Tell) -> None:
    broken = make(owner)
    make(teammate, text="Fine")
    bring_forward()
    with db.begin() as session:
        session.execute(text("UPDATE reminders SET rrule = 'FREQ=NEVER' WHERE id = :id"), {"id": broken["id"]})
    tell()
    assert (events(owner), len(events(teammate))) == ([], 1)


def test_a_crisis_in_it_is_shown_to_no_model(owner: Caller, double: Double, tell: Tell) -> None:
    make(owner, text="I want to kill myself tonight")
    bring_forward()
    tell()
    double.script({"text": "I am here."})
    ask(owner, "Hello there", sessionId=events(owner)[0]["session_id"])
    assert all("kill myself" not in str(request["body"]) for request in double.requests())


@pytest.mark.parametrize(
    ("answer", "noted"), [({"value": True}, "true"), ({"value": 7}, "7"), ({"text": "Half of it"}, "Half of it")]
)
def test_an_answer_becomes_progress(owner: Caller, tell: Tell, answer: dict[str, Any], noted: str) -> None:
    goal = make_goal(owner)
    made = make(owner, goal_id=goal["id"], kind="check_in")
    early = owner.post(f"{REMINDERS}/{made['id']}/answer", json=answer)
    assert early.status_code == 409
    bring_forward()
    tell()
    for _ in range(2):  # a tap may be a double tap
        assert owner.post(f"{REMINDERS}/{made['id']}/answer", json=answer).status_code == 200
    notes = owner.get(f"/api/v1/goals/{goal['id']}/progress").json["progress_updates"]
    assert [note["content"] for note in notes] == [f"Go for a run: {noted}"]
    (run,) = runs(owner, made)
    assert (run["value"] or run["text"], run["answered_at"] is not None) == (noted, True)


def test_a_tap_marks_a_habit_as_done(owner: Caller, tell: Tell) -> None:
    goal = make_goal(owner, is_habit=True)
    made = make(owner, goal_id=goal["id"])
    bring_forward()
    tell()
    owner.post(f"{REMINDERS}/{made['id']}/answer", json={"value": "done"})
    today = now().astimezone(ZoneInfo("UTC")).date().isoformat()
    assert owner.get(f"/api/v1/goals/{goal['id']}").json["habit_completed_dates"] == [today]


@pytest.mark.parametrize("body", [{}, {"value": {"a": 1}}, {"value": "x" * 201}, {"text": " "}])
def test_what_is_no_answer_is_400(owner: Caller, body: dict[str, Any]) -> None:
    assert owner.post(f"{REMINDERS}/{make(owner)['id']}/answer", json=body).status_code == 400
