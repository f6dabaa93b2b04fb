"""A day without a time is that day in every time zone; what has a time has the day of the person's calendar."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.core import dates
from app.core.clock import now
from app.core.weeks import Week
from tests.chat.conftest import aim, ask, prompt, write
from tests.conftest import Caller
from tests.double.client import Double

JOURNAL, GOALS = "/api/v1/journal", "/api/v1/goals"
ZONES = ["UTC", "America/Los_Angeles", "Asia/Manila", "Pacific/Kiritimati", "Pacific/Pago_Pago"]
FAR = ["Pacific/Kiritimati", "Pacific/Pago_Pago"]  # somewhere it is always another day than in UTC, or soon


def at(zone: str) -> dict[str, str]:
    return {"X-Timezone": zone}


def local_today(zone: str) -> date:
    return now().astimezone(ZoneInfo(zone)).date()


def days_with_entries(moods: Any) -> list[str]:
    return [day["date"] for week in moods["weeks"] for day in week["days"] if day["entry_count"]]


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_without_a_time_stays_that_day(owner: Caller, double: Double, zone: str) -> None:
    day = (now() - timedelta(days=3)).date()
    entry = owner.post(JOURNAL, json={"title": "T", "content": "Rain", "entry_date": f"{day}"}, headers=at(zone)).json
    assert (entry["entry_date"], entry["all_day"]) == (f"{day}T00:00:00.000Z", True)
    assert owner.get(f"{JOURNAL}/{entry['id']}").json["entry_date"][:10] == f"{day}"
    assert list(owner.get(f"{JOURNAL}/grouped", headers=at(zone)).json["grouped_entries"]) == [f"{day}"]
    assert days_with_entries(owner.get(f"{JOURNAL}/moods", headers=at(zone)).json) == [f"{day}"]
    for since, until, found in [(day, day, 1), (day + timedelta(1), day + timedelta(9), 0), (date(1, 1, 1), day, 1)]:
        place = f"{JOURNAL}?from={since}&to={until}"
        assert owner.get(place, headers=at(zone)).json["total"] == found
    ask(owner, "What about the rain?", headers=at(zone))
    assert f'date="{day}" weekday="{day:%A}"' in prompt(double)


@pytest.mark.parametrize("zone", ZONES)
def test_a_moment_has_the_day_of_the_persons_calendar(owner: Caller, double: Double, zone: str) -> None:
    day = local_today(zone) - timedelta(days=2)
    for hour in (0, 12, 23):
        moment = datetime.combine(day, time(hour, 30), tzinfo=ZoneInfo(zone))
        write(owner, f"At {hour}", "Rain again", entry_date=moment.isoformat())
    assert list(owner.get(f"{JOURNAL}/grouped", headers=at(zone)).json["grouped_entries"]) == [f"{day}"]
    assert days_with_entries(owner.get(f"{JOURNAL}/moods", headers=at(zone)).json) == [f"{day}"]
    assert owner.get(f"{JOURNAL}?from={day}&to={day}", headers=at(zone)).json["total"] == 3
    ask(owner, "What about the rain?", headers=at(zone))
    assert prompt(double).count(f'date="{day}" weekday="{day:%A}"') == 3


@pytest.mark.parametrize("zone", ZONES)
def test_the_first_and_the_last_day_belong_to_the_week(owner: Caller, zone: str) -> None:
    week = Week.containing(now(), zone).before
    for day in (week.of, week.days[-1]):
        write(owner, entry_date=f"{day}")
    write(owner, entry_date=f"{week.of - timedelta(days=1)}")
    weeks = owner.get(f"{JOURNAL}/moods?weeks=3", headers=at(zone)).json["weeks"]
    assert [one["entry_count"] for one in weeks] == [1, 2, 0]


def test_an_entry_that_is_sent_back_as_it_was_read_keeps_its_day(owner: Caller) -> None:
    entry = write(owner, entry_date="2024-02-29")
    changed = owner.put(f"{JOURNAL}/{entry['id']}", json=entry | {"mood": "calm"}).json
    assert (changed["mood"], changed["all_day"], changed["entry_date"]) == ("calm", True, entry["entry_date"])
    moved = owner.put(f"{JOURNAL}/{entry['id']}", json={"entry_date": "2024-02-29T09:00:00Z"}).json
    assert (moved["all_day"], moved["entry_date"]) == (False, "2024-02-29T09:00:00.000Z")


def test_a_setting_counts_where_no_header_does(owner: Caller) -> None:
    owner.patch("/api/v1/me", json={"timezone": "Asia/Manila"})
    write(owner, entry_date="2026-01-09T17:30:00Z")
    assert list(owner.get(f"{JOURNAL}/grouped").json["grouped_entries"]) == ["2026-01-10"]
    assert list(owner.get(f"{JOURNAL}/grouped", headers=at("UTC")).json["grouped_entries"]) == ["2026-01-09"]


@pytest.mark.parametrize("zone", FAR)
def test_a_goal_is_overdue_when_its_day_is_over_where_the_person_is(owner: Caller, zone: str) -> None:
    today = local_today(zone)
    owner.post(GOALS, json={"title": "Today", "target_date": f"{today}"}, headers=at(zone))
    assert owner.get(f"{GOALS}/overdue", headers=at(zone)).json["count"] == 0
    assert owner.get(f"{GOALS}/counts", headers=at(zone)).json["overdue"] == 0
    yesterday = {"title": "Yesterday", "target_date": f"{today - timedelta(days=1)}"}
    assert owner.post(GOALS, json=yesterday, headers=at(zone)).status_code == 400


@pytest.mark.parametrize("zone", FAR)
def test_a_habit_is_done_today_where_the_person_is(owner: Caller, zone: str) -> None:
    goal = aim(owner, is_habit=True)
    done = owner.patch(f"{GOALS}/{goal['id']}/habit-toggle", headers=at(zone)).json
    assert (done["habit_completed_dates"], done["habit_streak"]) == ([f"{local_today(zone)}"], 1)


def test_goals_without_a_date_are_never_overdue(owner: Caller) -> None:
    owner.post("/workspace/goals", json={"title": "Some day"})
    assert owner.get(f"{GOALS}/overdue").json == {"goals": [], "count": 0}
    assert owner.get(f"{GOALS}/counts").json["overdue"] == 0


@pytest.mark.parametrize("zone", ZONES)
def test_a_goals_day_is_told_as_it_was_set(owner: Caller, double: Double, zone: str) -> None:
    steps = [{"title": "Run 3K", "due_date": "2030-06-01"}]
    aim(owner, target_date="2030-12-31", milestones=steps)
    ask(owner, "How are my goals?", headers=at(zone))
    assert 'target="2030-12-31 (Tuesday)"' in prompt(double)
    assert "Run 3K (due 2030-06-01 (Saturday))" in prompt(double)


@pytest.mark.parametrize("zone", FAR)
def test_the_coach_knows_the_persons_date_and_time(owner: Caller, double: Double, zone: str) -> None:
    before = now().astimezone(ZoneInfo(zone))
    ask(owner, "What day is it?", headers=at(zone))
    owner.get("/api/v1/chat/insights", headers=at(zone))
    after = now().astimezone(ZoneInfo(zone))
    told = {f"Today is {dates.clock_text(moment)}." for moment in (before, after)}
    assert any(text in prompt(double) for text in told)


@pytest.mark.parametrize("place", ["/api/v1/chat/message", "/api/v1/chat/message/stream"])
def test_an_unknown_time_zone_is_400(owner: Caller, place: str) -> None:
    answer = owner.post(place, json={"message": "Hello"}, headers=at("Mars/Olympus"))
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")


def test_the_edges_of_the_calendar_break_nothing(owner: Caller) -> None:
    write(owner, entry_date=datetime.combine(date(2020, 1, 1), time(), UTC).isoformat())
    for since, until in [("0001-01-01", "9999-12-31"), ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")]:
        for zone in ZONES:
            assert owner.get(f"{JOURNAL}?from={since}&to={until}", headers=at(zone)).json["total"] == 1


def test_a_business_goal_is_read_back_as_it_was_dated(owner: Caller) -> None:
    for given, shown in [("2031-05-01", "2031-05-01"), ("2031-05-01T09:30:00Z", "2031-05-01T09:30:00.000Z")]:
        goal_id = owner.post("/workspace/goals", json={"title": "Grow", "targetDate": given}).json["id"]
        read = owner.get(f"/workspace/goals/{goal_id}").json
        assert (read["targetDate"], read["dueDate"]) == (shown, shown)
