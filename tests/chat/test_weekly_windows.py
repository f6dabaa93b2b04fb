"""Which entries belong to a week, wherever the person is."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.weeks import Week
from app.db.session import db as database
from app.weekly import material
from app.workspace import documents
from app.workspace.models import JournalEntry
from tests.chat.conftest import prompt, read
from tests.conftest import Caller
from tests.double.client import Double

PLACE = "/api/v1/chat/weekly-insights"
OLIVIA = Principal("olivia", "acme")
TICK = timedelta(milliseconds=1)


def written(*moments: datetime, title: str = "A day") -> None:
    """Entries of any date; over HTTP they may not lie in the future."""
    with database.begin() as session:
        for moment in moments:
            text = {"title": title, "content": f"Written {iso(moment)}"}
            session.add(JournalEntry(tenant_id="acme", user_id="olivia", entry_date=moment, **text))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Manila", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_first_and_the_last_moment_belong_to_the_current_week(owner: Caller, double: Double, zone: str) -> None:
    week = Week.containing(now(), zone)
    written(week.start, week.end)
    written(week.start - TICK, week.next_start, title="Canary")
    answer = owner.post(f"{PLACE}/generate", headers={"X-Timezone": zone}).json
    assert answer["entryCount"] == 2
    assert (answer["weekStart"], answer["weekEnd"]) == (iso(week.start), iso(week.end))
    assert "Canary" not in prompt(double)


@pytest.mark.parametrize(
    ("saturday", "zone", "hours"),
    [
        (date(2025, 11, 1), "America/Los_Angeles", 169),
        (date(2026, 3, 7), "America/Los_Angeles", 167),
        (date(2025, 10, 25), "Europe/Vienna", 169),
        (date(2025, 11, 29), "Asia/Manila", 168),
    ],
)
def test_a_week_with_a_clock_change_loses_and_doubles_nothing(
    owner: Caller, saturday: date, zone: str, hours: int
) -> None:
    week = Week(saturday, zone)
    sunday = range(24, 34)  # when clocks change: each hour, as at both ends
    inside = {0, 1, *sunday, *range(34, hours, 6), hours - 2, hours - 1}
    written(*(week.start + timedelta(hours=hour) for hour in (-2, -1, *inside, hours, hours + 1)))
    with database.read() as session:
        spans = [material.span(w) for w in (week.before, week, Week(week.days[-1], zone))]
        counts = [documents.count_entries(session, OLIVIA, span) for span in spans]
        shown = documents.entries(session, OLIVIA, material.span(week))
    assert counts[:2] == [2, len(inside)]
    assert {document.dated_at.date() for document in shown.documents} == set(week.days)


def test_the_setting_counts_where_no_header_does(owner: Caller, app: Flask) -> None:
    owner.patch("/api/v1/me", json={"timezone": "Asia/Manila"})
    week, other = Week.containing(now(), "Asia/Manila"), Week.containing(now(), "America/Los_Angeles")
    assert owner.get(f"{PLACE}/current").json["weekStart"] == iso(week.start)
    header = {"X-Timezone": "America/Los_Angeles"}
    assert owner.get(f"{PLACE}/current", headers=header).json["weekStart"] == iso(other.start)


def test_an_unknown_zone_is_400(owner: Caller) -> None:
    header = {"X-Timezone": "Mars/Olympus"}
    for answer in (
        owner.get(f"{PLACE}/current", headers=header),
        owner.get(f"{PLACE}/stream", headers=header),
        owner.post(f"{PLACE}/generate", headers=header),
        owner.post(f"{PLACE}/regenerate", headers=header),
    ):
        assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")


def test_a_full_week_is_a_selection_of_every_day(owner: Caller, double: Double) -> None:
    week = Week.containing(now())
    written(*(week.start + timedelta(minutes=number) for number in range(120)))
    written(week.end)
    insight = owner.post(f"{PLACE}/generate").json["insight"]
    assert (insight["entry_count"], insight["entries_analyzed"]) == (121, 40)
    assert "40 of the 121 entries" in prompt(double)
    assert f'date="{week.days[-1]}"' in prompt(double)


def test_dates_in_the_prompt_are_the_persons(owner: Caller, double: Double) -> None:
    week = Week.containing(now(), "Pacific/Kiritimati")
    written(week.start)
    read(owner.get(f"{PLACE}/stream", headers={"X-Timezone": "Pacific/Kiritimati"}))
    assert f'kind="journal" title="A day" date="{week.of}"' in prompt(double)
