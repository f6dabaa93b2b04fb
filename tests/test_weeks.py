"""Weeks run from Saturday 00:00:00 to Friday 23:59:59.999 on the clocks of a place."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core import weeks
from app.core.clock import iso
from app.core.errors import BadRequest
from app.core.weeks import Week


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "zone", "saturday"),
    [
        ("2025-12-04T10:00:00Z", "UTC", "2025-11-29"),
        ("2025-11-29T00:00:00Z", "UTC", "2025-11-29"),
        ("2025-11-28T23:59:59.999Z", "UTC", "2025-11-22"),
        ("2025-11-28T16:00:00Z", "Asia/Manila", "2025-11-29"),
        ("2025-11-28T15:59:59.999Z", "Asia/Manila", "2025-11-22"),
        ("2025-11-29T07:59:59.999Z", "America/Los_Angeles", "2025-11-22"),
        ("2025-11-29T08:00:00Z", "America/Los_Angeles", "2025-11-29"),
        ("2025-11-30T12:00:00Z", "UTC", "2025-11-29"),
    ],
)
def test_a_moment_belongs_to_the_week_of_its_place(moment: str, zone: str, saturday: str) -> None:
    assert Week.containing(at(moment), zone).of == date.fromisoformat(saturday)


@pytest.mark.parametrize(
    ("saturday", "zone", "start", "end"),
    [
        ("2025-11-29", "UTC", "2025-11-29T00:00:00.000Z", "2025-12-05T23:59:59.999Z"),
        ("2025-11-29", "Asia/Manila", "2025-11-28T16:00:00.000Z", "2025-12-05T15:59:59.999Z"),
        ("2025-11-01", "America/Los_Angeles", "2025-11-01T07:00:00.000Z", "2025-11-08T07:59:59.999Z"),
        ("2026-03-07", "America/Los_Angeles", "2026-03-07T08:00:00.000Z", "2026-03-14T06:59:59.999Z"),
        ("2025-10-25", "Europe/Vienna", "2025-10-24T22:00:00.000Z", "2025-10-31T22:59:59.999Z"),
    ],
)
def test_bounds_are_the_places_midnights(saturday: str, zone: str, start: str, end: str) -> None:
    week = Week(date.fromisoformat(saturday), zone)
    assert (iso(week.start), iso(week.end)) == (start, end)


def test_a_week_with_a_clock_change_is_an_hour_longer_or_shorter() -> None:
    longer, shorter = Week(date(2025, 11, 1), "America/Los_Angeles"), Week(date(2026, 3, 7), "America/Los_Angeles")
    assert longer.next_start - longer.start == timedelta(hours=169)
    assert shorter.next_start - shorter.start == timedelta(hours=167)


@pytest.mark.parametrize("zone", ["Asia/Beirut", "Africa/Cairo", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu"])
def test_weeks_follow_each_other_without_gap_wherever_midnight_is_skipped(zone: str) -> None:
    week = Week.containing(datetime(2009, 6, 1, tzinfo=UTC), zone)
    for _ in range(800):
        following = Week(week.of + timedelta(days=7), zone)
        assert week.next_start == following.start
        assert Week.containing(week.start, zone) == week
        assert Week.containing(week.end, zone) == week
        week = following


def test_unknown_zones_are_refused() -> None:
    for zone in ("Mars/Olympus", "../etc/passwd", "", "GMT+99"):
        with pytest.raises(BadRequest):
            weeks.known(zone)
