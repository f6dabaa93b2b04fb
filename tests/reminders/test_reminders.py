"""Reminders over HTTP: what is taken, what is shown, whose it is."""

from typing import Any

import pytest

from tests.conftest import Caller
from tests.reminders.conftest import LATER, REMINDERS, found, make
from tests.workspace.conftest import make_goal


def test_one_for_once(owner: Caller) -> None:
    made = make(owner, timezone="Europe/Vienna")
    assert made["id"].startswith("reminder_")
    assert (made["text"], made["at"], made["next_at"]) == ("Go for a run", "2031-01-07T18:00:00.000Z", made["at"])
    assert (made["kind"], made["channels"], made["rrule"], made["quiet_hours"]) == ("reminder", ["feed"], None, None)
    assert found(owner, made) == made


@pytest.mark.parametrize(
    ("at", "shown"),
    [("2031-07-01T09:00", "07:00"), ("2031-07-01T09:00Z", "09:00"), ("2031-07-01T09:00+02:00", "07:00"),
     ("2031-07-01", "07:00")],
)  # fmt: skip
def test_a_time_without_a_zone_is_on_its_clocks(owner: Caller, at: str, shown: str) -> None:
    assert make(owner, at=at, timezone="Europe/Vienna")["at"] == f"2031-07-01T{shown}:00.000Z"


def test_the_persons_zone_counts_where_none_is_named(owner: Caller) -> None:
    owner.patch("/api/v1/me", json={"timezone": "Asia/Kathmandu"})
    assert make(owner, at="2031-07-01T09:00")["at"] == "2031-07-01T03:15:00.000Z"
    other = owner.post(REMINDERS, json={"text": "Run", "at": "2031-07-01T09:00"}, headers={"X-Timezone": "Asia/Tokyo"})
    assert (other.json["timezone"], other.json["at"]) == ("Asia/Tokyo", "2031-07-01T00:00:00.000Z")


def test_a_rule_without_a_time_begins_now(owner: Caller) -> None:
    made = make(owner, at=None, rrule="RRULE:freq=weekly;byday=mo,th")
    assert made["rrule"] == "FREQ=WEEKLY;BYDAY=MO,TH"
    assert made["next_at"] > made["created_at"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"text": ""}, "text"), ({"at": "soon"}, "at"), ({"at": "2020-01-01T09:00"}, "at must be in the future"),
        ({"at": None}, "at or rrule is required"), ({"rrule": "every day"}, "rrule"),
        ({"rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "rrule never comes again"),
        ({"timezone": "Mars/Olympus"}, "timezone"), ({"channels": ["pigeon"]}, "channels"),
        ({"channels": []}, "channels"), ({"channels": ["email"]}, "confirmed address"),
        ({"channels": ["webhook"]}, "webhook_url"),
        ({"quiet_hours": {"from": "22:00"}}, "to"), ({"quiet_hours": {"from": "25:00", "to": "07:00"}}, "from"),
        ({"quiet_hours": {"from": "07:00", "to": "07:00"}}, "must differ"), ({"kind": "alarm"}, "kind"),
    ],
)  # fmt: skip
def test_what_makes_no_reminder_is_400(owner: Caller, given: dict[str, Any], named: str) -> None:
    answer = owner.post(REMINDERS, json={"text": "Run", "at": LATER} | given)
    assert (answer.status_code, named in answer.json["message"]) == (400, True), answer.json
    assert owner.get(REMINDERS).json["reminders"] == []


def test_an_address_that_nothing_would_be_sent_to_is_refused(owner: Caller) -> None:
    hook = {"webhook_url": "http://127.0.0.1/", "channels": ["webhook"]}
    assert owner.post(REMINDERS, json={"text": "Run", "at": LATER} | hook).status_code == 422


def test_only_what_is_named_is_changed(owner: Caller) -> None:
    made = make(owner, quiet_hours={"from": "22:00", "to": "07:00"})
    changed = owner.patch(f"{REMINDERS}/{made['id']}", json={"text": "Swim", "quiet_hours": None}).json
    assert (changed["text"], changed["quiet_hours"], changed["next_at"]) == ("Swim", None, made["next_at"])
    moved = owner.patch(f"{REMINDERS}/{made['id']}", json={"rrule": "FREQ=DAILY", "at": "2031-02-01T09:00"}).json
    assert (moved["next_at"], moved["rrule"]) == ("2031-02-01T09:00:00.000Z", "FREQ=DAILY")


def test_a_list_is_newest_first_and_ends_with_what_is_deleted(owner: Caller) -> None:
    first, second = make(owner, text="One"), make(owner, text="Two")
    assert [one["text"] for one in owner.get(REMINDERS).json["reminders"]] == ["Two", "One"]
    assert owner.delete(f"{REMINDERS}/{second['id']}").json["success"]
    assert [one["id"] for one in owner.get(REMINDERS).json["reminders"]] == [first["id"]]


def test_nobody_else_sees_or_changes_one(owner: Caller, teammate: Caller, stranger: Caller) -> None:
    made = make(owner)
    for somebody in (teammate, stranger):
        path = f"{REMINDERS}/{made['id']}"
        assert somebody.get(REMINDERS).json["reminders"] == []
        asked = [somebody.get(path), somebody.patch(path, json={"text": "x"}), somebody.delete(path),
                 somebody.post(f"{path}/answer", json={"value": "yes"}), somebody.get(f"{path}/runs")]  # fmt: skip
        assert {answer.status_code for answer in asked} == {404}


def test_a_goal_has_to_be_ones_own(owner: Caller, teammate: Caller) -> None:
    goal = make_goal(owner)
    assert make(owner, goal_id=goal["id"])["goal_id"] == goal["id"]
    assert teammate.post(REMINDERS, json={"text": "Run", "at": LATER, "goal_id": goal["id"]}).status_code == 404


def test_settings_hold_until_they_are_changed(owner: Caller, teammate: Caller) -> None:
    usual = {"per_day": 20, "cool_down_hours": 0.0, "quiet_hours": None, "paused_until": None}
    assert owner.get(f"{REMINDERS}/settings").json == usual
    changes = {"per_day": 3, "quiet_hours": {"from": "21:30", "to": "08:00"}}
    assert owner.put(f"{REMINDERS}/settings", json=changes).json == usual | changes
    assert owner.put(f"{REMINDERS}/settings", json={"quiet_hours": None}).json == usual | {"per_day": 3}
    assert teammate.get(f"{REMINDERS}/settings").json == usual


def test_words_that_tell_of_danger_are_answered_with_help(owner: Caller) -> None:
    answer = owner.post(REMINDERS, json={"text": "I want to kill myself tonight", "at": LATER})
    assert (answer.status_code, answer.json["safety"]["level"]) == (201, "crisis")
    assert answer.json["resources"]
