"""Weeks as coaching counts them: Saturday 00:00:00 to Friday 23:59:59.999 on the clocks of a place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from app.core.errors import BadRequest

SATURDAY = 5
LAST_MOMENT = timedelta(milliseconds=1)


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
        return _midnight(self.of, self.zone)

    @property
    def next_start(self) -> datetime:
        return _midnight(self.of + timedelta(days=7), self.zone)

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


def back(week: Week, count: int) -> Iterator[Week]:
    """``count`` weeks that end with the given one, the oldest first."""
    for number in range(count - 1, -1, -1):
        yield Week(week.of - timedelta(days=7 * number), week.zone)


def _midnight(day: date, zone: str) -> datetime:
    """Where the clocks skip midnight it is the moment that they skip."""
    return datetime.combine(day, time(), tzinfo=_zone(zone)).astimezone(UTC)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
