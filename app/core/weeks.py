"""Weeks as coaching counts them: Saturday 00:00:00 to Friday 23:59:59.999 on the clocks of a place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from app.core.errors import BadRequest

SATURDAY = 5
LAST_MOMENT = timedelta(milliseconds=1)
DATE = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d[0-9:.]*(?:Z|[+-]\d\d:\d\d)?)?")
MIDNIGHTS = (None, "T00:00:00Z", "T00:00:00.000Z")  # of a day without a time


@dataclass(frozen=True, slots=True)
class Week:
    """The week that begins on the Saturday ``of``. ``end`` is its last millisecond; ``next_start`` is past it.

    It is 167 or 169 hours long when the clocks change in it.
    """

    of: date
    zone: str = "UTC"

    @classmethod
    def containing(cls, moment: datetime, zone: str = "UTC") -> "Week":
        local = moment.astimezone(_zone(zone)).date()
        return cls(local - timedelta(days=(local.weekday() - SATURDAY) % 7), zone)

    @property
    def start(self) -> datetime:
        return midnight(self.of, self.zone)

    @property
    def next_start(self) -> datetime:
        return midnight(self.of + timedelta(days=7), self.zone)

    @property
    def end(self) -> datetime:
        return self.next_start - LAST_MOMENT

    @property
    def before(self) -> "Week":
        return Week(self.of - timedelta(days=7), self.zone)

    @property
    def days(self) -> list[date]:
        return [self.of + timedelta(days=number) for number in range(7)]


def known(zone: str) -> str:
    """The zone's name as it is, when there is such a zone. Raises ``BadRequest``."""
    if zone not in _zones():
        raise BadRequest("The time zone must be a name of the IANA database, like Europe/Vienna")
    return zone


def exists(zone: str) -> bool:
    return zone in _zones()


def local_date(moment: datetime, zone: str) -> date:
    """What the calendar shows in the zone at that moment."""
    return moment.astimezone(_zone(zone)).date()


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(_zone(zone))


def placed(moment: datetime, zone: str) -> datetime:
    """In UTC; what has no zone is what the clocks of the given one show, but for the two ends of the calendar."""
    if moment.tzinfo is not None:
        return moment
    try:
        return moment.replace(tzinfo=_zone(zone)).astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def is_day(moment: datetime) -> bool:
    """Whether something stored is a day without a time. Those are kept as their UTC midnight."""
    return moment.astimezone(UTC).time() == time()


def day_of(moment: datetime, zone: str) -> date:
    """The day that calendars in the zone show for something stored; a day without a time is that day everywhere."""
    return local_date(moment, "UTC" if is_day(moment) else zone)


def on_calendar(moment: datetime, zone: str) -> datetime:
    """``day_of`` with the time on the zone's clocks."""
    return moment.astimezone(UTC).replace(tzinfo=_zone(zone)) if is_day(moment) else local(moment, zone)


def midnight(day: date, zone: str) -> datetime:
    """Where the clocks skip midnight it is the moment that they skip."""
    return datetime.combine(day, time(), tzinfo=_zone(zone)).astimezone(UTC)


def with_weekday(text: str) -> str:
    """``2026-11-18 (Wednesday)`` for a date; a time of day stays. Any other text is as it was."""
    found = DATE.fullmatch(text)
    try:
        return f"{found[1] if found[2] in MIDNIGHTS else text} ({date.fromisoformat(found[1]):%A})" if found else text
    except ValueError:
        return text


def back(week: Week, count: int) -> Iterator[Week]:
    """``count`` weeks that end with the given one, the oldest first."""
    for number in range(count - 1, -1, -1):
        yield Week(week.of - timedelta(days=7 * number), week.zone)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
