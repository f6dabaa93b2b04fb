"""When something comes again: on the clocks of a place, over changes of the clocks, for ever bounded."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import BadRequest
from app.reminders.occurrences import Schedule, normalised, quiet_until

VIENNA = "Europe/Vienna"


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def following(schedule: Schedule, since: datetime, count: int) -> list[str]:
    shown = []
    for _ in range(count):
        since = schedule.after(since) or since
        shown.append(since.astimezone(ZoneInfo(schedule.zone)).strftime("%d %H:%M"))
    return shown


def test_once_is_once() -> None:
    schedule = Schedule(at("2026-03-01T09:00"), None, "UTC")
    assert schedule.after(at("2026-02-01T00:00")) == at("2026-03-01T09:00")
    assert schedule.after(at("2026-03-01T09:00")) is None


def test_nine_stays_nine_when_the_clocks_change() -> None:
    daily = Schedule(at("2026-03-01T09:00", VIENNA), "FREQ=DAILY", VIENNA)
    assert following(daily, at("2026-03-27T12:00"), 3) == ["28 09:00", "29 09:00", "30 09:00"]
    assert daily.after(at("2026-03-28T12:00")) == datetime(2026, 3, 29, 7, tzinfo=UTC)


def test_a_time_that_is_skipped_comes_later_and_once() -> None:
    nightly = Schedule(at("2026-03-01T02:30", VIENNA), "FREQ=DAILY", VIENNA)
    assert following(nightly, at("2026-03-28T12:00"), 2) == ["29 03:30", "30 02:30"]


def test_a_time_that_comes_twice_comes_once() -> None:
    nightly = Schedule(at("2026-10-01T02:30", VIENNA), "FREQ=DAILY", VIENNA)
    first = nightly.after(at("2026-10-24T12:00"))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert nightly.after(first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from(["FREQ=DAILY", "FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=-1"]),
    st.sampled_from([VIENNA, "Asia/Kathmandu", "Pacific/Chatham", "Australia/Lord_Howe", "America/St_Johns"]),
)
def test_what_comes_next_is_always_later_and_not_too_late(moment: datetime, rule: str, zone: str) -> None:
    since = moment.replace(tzinfo=UTC)
    comes = Schedule(at("2026-01-01T02:15", zone), rule, zone).after(since)
    assert comes is not None
    assert since < comes <= max(since, at("2026-01-01T02:15", zone)) + timedelta(days=32)


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY;COUNT=2", "FREQ=DAILY;UNTIL=20260302T080000Z", "FREQ=DAILY;UNTIL=20260302"]
)
def test_a_rule_ends(rule: str) -> None:
    schedule = Schedule(at("2026-03-01T09:00", VIENNA), rule, VIENNA)
    assert following(schedule, at("2026-02-28T00:00"), 2) == ["01 09:00", "02 09:00"]
    assert schedule.after(at("2026-03-02T09:00")) is None


def test_a_rule_that_never_comes_true_ends() -> None:
    for frequency in ("YEARLY", "DAILY", "HOURLY"):
        rule = f"FREQ={frequency};BYMONTH=2;BYMONTHDAY=30"
        assert Schedule(at("2026-03-01T09:00"), rule, "UTC").after(at("2026-03-01T10:00")) is None


@pytest.mark.parametrize(
    "rule",
    ["", "daily", "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=DAILY;BYSECOND=1", "FREQ=DAILY;FREQ=DAILY",
     "FREQ=DAILY;COUNT=x", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY\nEXDATE:20260101", "DTSTART:20260101T000000Z",
     "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;COUNT=1;UNTIL=20270101", "FREQ=DAILY;INTERVAL=-1",
     "FREQ=DAILY;BYHOUR=99", "FREQ=DAILY;UNTIL=2027"],
)  # fmt: skip
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(BadRequest):
        normalised(rule)


@pytest.mark.parametrize(
    ("moment", "until"),
    [("21:59", None), ("22:00", "07:00"), ("23:30", "07:00"), ("00:10", "07:00"), ("06:59", "07:00"), ("07:00", None)],
)
def test_quiet_hours_go_past_midnight(moment: str, until: str | None) -> None:
    ends = quiet_until(at(f"2026-06-10T{moment}", VIENNA), VIENNA, time(22), time(7))
    assert (f"{ends.astimezone(ZoneInfo(VIENNA)):%H:%M}" if ends else None) == until
