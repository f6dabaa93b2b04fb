"""No date shifts by a day, whatever the zone and the time of year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from app.core import dates, weeks
from app.privacy.exports.times import on_clock
from app.workspace.indexing import entry_moment

ZONES = (
    "UTC", "Pacific/Auckland", "Pacific/Honolulu", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu",
    "Pacific/Chatham", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "America/St_Johns",
)  # fmt: skip
zones = some.sampled_from(ZONES)
days = some.dates(date(1975, 1, 1), date(2037, 12, 31)) | some.sampled_from(
    [date(2024, 2, 29), date(2000, 2, 29), date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 12, 31)]
)
clocks = some.builds(datetime.combine, days, some.times()) | some.builds(datetime.combine, days, some.just(time()))


def is_shown(clock: datetime, zone: str) -> bool:
    """Whether clocks show it at all: in spring they skip an hour, and somewhere they skipped a day."""
    return clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == clock


@given(clocks, zones)
@example(datetime(2026, 2, 20, 14), "Pacific/Honolulu")  # midnight in UTC
@example(datetime(2026, 9, 27, 23, 59), "Pacific/Chatham")
def test_what_clocks_showed_is_of_the_day_that_they_showed(clock: datetime, zone: str) -> None:
    moment = weeks.placed(clock, zone)
    assert moment.tzinfo is UTC
    if is_shown(clock, zone):
        assert weeks.local(moment, zone).replace(tzinfo=None) == clock


@given(clocks, zones, zones)
@example(datetime(2026, 2, 20, 14), "Pacific/Honolulu", "Pacific/Honolulu")
@example(datetime(2024, 2, 29, 0, 15), "Asia/Kathmandu", "Pacific/Kiritimati")
def test_an_entry_with_a_zone_of_its_own_is_found_on_its_day_by_any_reader(
    clock: datetime, own: str, reader: str
) -> None:
    moment = weeks.placed(clock, own)
    day = weeks.local_date(moment, own)
    assert weeks.on_calendar(entry_moment(moment, own, all_day=False), reader).date() == day
    assert on_clock(moment, own).date() == day
    assert weeks.on_calendar(entry_moment(moment, None, all_day=False), own).date() == day


@given(days, zones | some.none(), zones)
def test_a_whole_day_is_that_day_everywhere(day: date, own: str | None, reader: str) -> None:
    moment = weeks.midnight(day, "UTC")
    assert weeks.on_calendar(entry_moment(moment, own, all_day=True), reader).date() == day


@given(days, zones)
def test_days_follow_each_other_without_gap(day: date, zone: str) -> None:
    """Where the clocks skip a whole day there is none to begin."""
    first, second = weeks.midnight(day, zone), weeks.midnight(day + timedelta(days=1), zone)
    assert first <= second and second - first <= timedelta(hours=25)
    assert weeks.local_date(second - timedelta(microseconds=1), zone) <= day


@pytest.mark.parametrize(
    ("clock", "told"),
    [
        ("2026-02-20T18:30", "Friday 20 February 2026, evening"),
        ("2024-02-29T05:00", "Thursday 29 February 2024, morning"),
        ("2026-02-20T12:00", "Friday 20 February 2026, afternoon"),
        ("2026-02-20T04:59", "Friday 20 February 2026, night"),
        ("2026-02-20T22:00", "Friday 20 February 2026, night"),
    ],
)
def test_a_moment_in_words(clock: str, told: str) -> None:
    assert dates.moment_text(datetime.fromisoformat(clock)) == told
