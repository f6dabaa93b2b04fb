"""Routines over their life: steps ticked off, completed once a day, counted on the person's calendar."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from app.db.session import db as database
from tests.conftest import Caller

ROUTINES = "/api/v1/routines"
STEPS = [{"title": "Drink water", "order": 0}, {"title": "Stretch", "order": 1}]


def make_routine(caller: Caller, title: str = "Morning", **fields: Any) -> Any:
    return caller.post(ROUTINES, json={"title": title, "frequency": "daily", "steps": STEPS} | fields).json


def act(caller: Caller, routine: Any, what: str, zone: str = "UTC") -> Any:
    return caller.post(f"{ROUTINES}/{routine['id']}/{what}", headers={"X-Timezone": zone})


def read(caller: Caller, routine: Any, zone: str = "UTC") -> Any:
    return caller.get(f"{ROUTINES}/{routine['id']}", headers={"X-Timezone": zone}).json


def done(routine: Any) -> list[bool]:
    return [step["completed"] for step in routine["steps"]]


def was_completed(routine: Any, *days: str) -> None:
    """Time passes: it was completed on these days."""
    dates = text("UPDATE routines SET completed_dates = to_jsonb(cast(:days AS text[])) WHERE id = :id")
    with database.begin() as session:
        session.execute(dates, {"days": list(days), "id": routine["id"]})


def today(zone: str = "UTC") -> Any:
    return datetime.now(UTC).astimezone(ZoneInfo(zone)).date()


def test_a_new_routine_has_every_field(owner: Caller) -> None:
    answer = owner.post(ROUTINES, json={"title": "Morning", "frequency": "weekly", "steps": STEPS, "group": "Home"})
    expected = {
        "user_id": "olivia", "title": "Morning", "description": "", "group": "Home", "frequency": "weekly",
        "completed_dates": [], "streak": 0, "last_completed_at": None,
    }  # fmt: skip
    assert answer.status_code == 201
    assert {key: answer.json[key] for key in expected} == expected
    steps = [(step["title"], step["completed"], step["order"]) for step in answer.json["steps"]]
    assert steps == [("Drink water", False, 0), ("Stretch", False, 1)]
    assert owner.get(ROUTINES).json == [answer.json] == [read(owner, answer.json)]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "AM"}, {"title": "x" * 201}, {"title": None}, {"description": "x" * 2001}, {"group": "x" * 101},
        {"frequency": "hourly"}, {"steps": [{"title": ""}]}, {"steps": [{"title": "x" * 201}]}, {"steps": ["Stretch"]},
        {"steps": [{"title": "x"}] * 51}, {"steps": [{"title": "x", "order": "first"}]},
    ],
)  # fmt: skip
def test_what_is_no_routine_is_refused(owner: Caller, change: Any) -> None:
    answer = owner.post(ROUTINES, json={"title": "Morning", "frequency": "daily", "steps": STEPS} | change)
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")
    assert next(iter(change)) in answer.json["message"]
    assert owner.get(ROUTINES).json == []


def test_steps_stand_in_their_order(owner: Caller) -> None:
    routine = make_routine(owner, steps=[{"title": "Second", "order": 2}, {"title": "First", "order": 1}])
    assert [step["title"] for step in routine["steps"]] == ["First", "Second"]


def test_a_step_is_ticked_off_and_opened_again(owner: Caller) -> None:
    routine = make_routine(owner)
    toggle = f"steps/{routine['steps'][1]['id']}/toggle"
    assert done(act(owner, routine, toggle).json) == [False, True]
    assert done(act(owner, routine, toggle).json) == [False, False]
    missing = act(owner, routine, "steps/none/toggle")
    assert (missing.status_code, missing.json["message"]) == (404, "Step not found")


def test_a_routine_is_completed_once_a_day(owner: Caller) -> None:
    routine = make_routine(owner)
    answer = act(owner, routine, "complete")
    assert (answer.status_code, answer.json["streak"], done(answer.json)) == (201, 1, [True, True])
    assert answer.json["completed_dates"] == [today().isoformat()] and answer.json["last_completed_at"]
    again = act(owner, routine, "complete")
    assert (again.status_code, again.json["message"]) == (400, "Routine already completed today")


def test_a_reset_opens_the_steps_and_keeps_the_days(owner: Caller) -> None:
    routine = make_routine(owner)
    act(owner, routine, "complete")
    answer = act(owner, routine, "reset")
    assert (answer.status_code, answer.json["streak"], done(answer.json)) == (201, 1, [False, False])


def test_the_day_is_that_of_the_persons_calendar(owner: Caller) -> None:
    """Between these two places it is never the same day."""
    routine, west, east = make_routine(owner), "Pacific/Pago_Pago", "Pacific/Kiritimati"
    assert act(owner, routine, "complete", west).status_code == 201
    assert act(owner, routine, "complete", west).status_code == 400
    completed = act(owner, routine, "complete", east)
    assert completed.json["completed_dates"] == [today(west).isoformat(), today(east).isoformat()]
    owner.patch("/api/v1/me", json={"timezone": east})
    assert owner.post(f"{ROUTINES}/{routine['id']}/complete").status_code == 400


@pytest.mark.parametrize(("frequency", "days"), [("daily", 1), ("weekly", 7), ("monthly", 28)])
def test_a_streak_counts_days_weeks_or_months_in_a_row(owner: Caller, frequency: str, days: int) -> None:
    routine = make_routine(owner, frequency=frequency)
    last = today().replace(day=1) if frequency == "monthly" else today()
    dates = [last - timedelta(days=days * place) for place in range(1, 3)]
    was_completed(routine, *(day.isoformat() for day in dates))
    assert read(owner, routine)["streak"] == 2
    assert act(owner, routine, "complete").json["streak"] == 3
    was_completed(routine, "2020-01-01")
    assert read(owner, routine)["streak"] == 0


def test_a_change_keeps_what_it_does_not_name(owner: Caller) -> None:
    routine = make_routine(owner, group="Home")
    act(owner, routine, f"steps/{routine['steps'][0]['id']}/toggle")
    steps = [{"title": "Walk"}, {"title": "Drink water"}, {"title": "Breathe", "id": routine["steps"][1]["id"]}]
    changed = owner.patch(f"{ROUTINES}/{routine['id']}", json={"steps": steps, "group": None}).json
    assert (changed["title"], changed["group"], done(changed)) == ("Morning", None, [False, True, False])
    ids = [step["id"] for step in changed["steps"]]
    assert ids[1:] == [step["id"] for step in routine["steps"]] and len(set(ids)) == 3


def test_groups_are_listed_once(owner: Caller) -> None:
    for title, group in (("Wake up", "Morning"), ("Sleep", "Evening"), ("Read", "Evening"), ("Walk", None)):
        make_routine(owner, title, group=group)
    assert owner.get(f"{ROUTINES}/groups").json == ["Evening", "Morning"]
    assert [row["title"] for row in owner.get(ROUTINES).json] == ["Walk", "Read", "Sleep", "Wake up"]


def test_a_deleted_routine_is_gone(owner: Caller) -> None:
    routine = make_routine(owner)
    answer = owner.delete(f"{ROUTINES}/{routine['id']}")
    assert (answer.status_code, answer.json["success"]) == (200, True)
    assert owner.get(ROUTINES).json == []
    assert owner.get(f"{ROUTINES}/{routine['id']}").json["message"] == "Routine not found"


@pytest.mark.parametrize("who", ["teammate", "stranger"])
@pytest.mark.parametrize(
    ("method", "what"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/steps/{step}/toggle"), ("POST", "/complete"),
     ("POST", "/reset")],
)  # fmt: skip
def test_nobody_else_sees_or_changes_a_routine(
    owner: Caller, who: str, method: str, what: str, request: pytest.FixtureRequest
) -> None:
    routine, caller = make_routine(owner), request.getfixturevalue(who)
    path = f"{ROUTINES}/{routine['id']}{what.format(step=routine['steps'][0]['id'])}"
    answer = caller.open(method, path, json={"title": "Mine now"})
    assert (answer.status_code, answer.json["message"]) == (404, "Routine not found")
    assert (read(owner, routine), caller.get(ROUTINES).json) == (routine, [])
