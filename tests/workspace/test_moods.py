"""The moods of the last weeks, day by day."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.clock import iso, now
from app.core.weeks import Week
from tests.conftest import Caller
from tests.workspace.conftest import JOURNAL, make_entry

MOODS = f"{JOURNAL}/moods"


def write(caller: Caller, moment: datetime, mood: str | None) -> Any:
    return make_entry(caller, mood=mood, entry_date=iso(moment))


def test_the_current_week_comes_last_with_seven_days(owner: Caller) -> None:
    found = owner.get(f"{MOODS}?weeks=3").json
    week = Week.containing(now())
    assert [row["week_start"] for row in found["weeks"]][-1] == iso(week.start)
    assert [day["date"] for day in found["weeks"][-1]["days"]] == [day.isoformat() for day in week.days]
    assert (len(found["weeks"]), found["entry_count"], found["average"]) == (3, 0, None)


def test_moods_are_counted_and_averaged(owner: Caller) -> None:
    week = Week.containing(now()).before
    for mood in ("Happy", "happy", "sad", "purple", None):
        write(owner, week.start + timedelta(hours=12), mood)
    found = owner.get(f"{MOODS}?weeks=2").json["weeks"][0]
    assert (found["entry_count"], found["moods"]) == (5, {"happy": 2, "sad": 1, "purple": 1})
    assert found["average"] == pytest.approx(11 / 3, abs=0.01)
    assert found["days"][0]["entry_count"] == 5


def test_days_are_those_of_the_persons_zone(owner: Caller) -> None:
    week = Week.containing(now(), "America/Los_Angeles").before
    write(owner, week.end, "calm")
    write(owner, week.start - timedelta(milliseconds=1), "sad")
    headers = {"X-Timezone": "America/Los_Angeles"}
    found = owner.get(f"{MOODS}?weeks=2", headers=headers).json
    assert found["weeks"][0]["moods"] == {"calm": 1}
    assert found["weeks"][0]["days"][-1]["moods"] == {"calm": 1}
    owner.patch("/api/v1/me", json={"timezone": "America/Los_Angeles"})
    assert owner.get(f"{MOODS}?weeks=2").json == found


def test_deleted_and_foreign_entries_do_not_count(owner: Caller, teammate: Caller) -> None:
    write(teammate, now(), "sad")
    gone = write(owner, now(), "sad")
    owner.delete(f"{JOURNAL}/{gone['id']}")
    assert owner.get(MOODS).json["entry_count"] == 0


def test_bounds_and_zones_are_checked(owner: Caller) -> None:
    assert owner.get(f"{MOODS}?weeks=53").status_code == 400
    assert owner.get(MOODS, headers={"X-Timezone": "Mars/Olympus"}).status_code == 400
