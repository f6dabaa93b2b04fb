"""When something that comes again comes: an RRULE (RFC 5545) on the clocks of a place.

The rule counts in wall time, so nine o'clock stays nine o'clock when the clocks change. A time that they skip is told
as much later as they skip; one that comes twice is told the first time.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from app.core.errors import BadRequest

FREQUENCIES = frozenset({"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"})
PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS",
     "BYHOUR", "BYMINUTE", "WKST"}
)  # fmt: skip
MOST_DAYS = 100_000  # that are looked at: a rule can be made that never comes true
MOST_LISTED = 60  # values of one part
UNTIL = re.compile(r"(\d{8})(?:T(\d{6}))?(Z?)")
COUNT = re.compile(r";?\bCOUNT=(\d+)")
WHOLE = re.compile("[1-9][0-9]{0,3}")  # of INTERVAL and COUNT
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """``begin`` is the first occurrence, on the clocks of ``zone``; without a ``rule`` the only one."""

    begin: datetime
    rule: str | None
    zone: str

    def after(self, moment: datetime) -> datetime | None:
        """The first occurrence later than that moment, in UTC; None when nothing comes."""
        if self.rule is None:
            return self.begin if self.begin > moment else None
        since = self._wall(moment) - DAY  # the clocks may have been put back meanwhile
        occurrences = (self._moment(wall) for wall in self._walls(self.rule) if wall >= since)
        return next((found for found in occurrences if found > moment), None)

    def _walls(self, rule: str) -> Iterator[datetime]:
        """What clocks show when it comes."""
        text = _local_until(COUNT.sub("", rule), ZoneInfo(self.zone))
        counted = COUNT.search(rule)
        return islice(_bounded(text, self._wall(self.begin)), int(counted[1]) if counted else None)

    def _wall(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def _moment(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


class Exhausted(Exception):
    """So many days were looked at that no more are."""


class Months(tuple[int, ...]):
    """Those of a rule, which is asked about every day that is looked at: dateutil itself would look until the year
    9999."""

    left = MOST_DAYS

    def __contains__(self, month: object) -> bool:
        self.left -= 1
        if self.left < 0:
            raise Exhausted
        return super().__contains__(month)


def _bounded(rule: str, start: datetime) -> Iterator[datetime]:
    made = cast(rrule, rrulestr(rule, dtstart=start))
    made._bymonth = Months(made._bymonth or range(1, 13))
    with suppress(Exhausted):
        yield from made


def normalised(rule: str) -> str:
    """The rule as it is kept. Raises ``BadRequest`` for one that is not understood, or would come all the time."""
    text = rule.strip().removeprefix("RRULE:").rstrip(";").upper()
    pairs = [part.partition("=") for part in text.split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs) or not parts.keys() <= PARTS or not all(parts.values()):
        raise BadRequest("rrule must be an RRULE of RFC 5545, like FREQ=WEEKLY;BYDAY=MO,TH")
    if parts.get("FREQ") not in FREQUENCIES:
        raise BadRequest(f"rrule must have a FREQ of {', '.join(sorted(FREQUENCIES))}")
    if not all(WHOLE.fullmatch(parts.get(name, "1")) for name in ("INTERVAL", "COUNT")):
        raise BadRequest("INTERVAL and COUNT of the rrule must be from 1 to 9999")
    if any(value.count(",") >= MOST_LISTED for value in parts.values()) or ("COUNT" in parts and "UNTIL" in parts):
        raise BadRequest("rrule names too much: a COUNT or an UNTIL, and short lists")
    _refuse_unreadable(text)
    return text


def _refuse_unreadable(text: str) -> None:
    try:
        rrulestr(_local_until(text, ZoneInfo("UTC")), dtstart=datetime(2026, 1, 1))
    except (ValueError, OverflowError, TypeError) as error:
        raise BadRequest("rrule must be an RRULE of RFC 5545, like FREQ=WEEKLY;BYDAY=MO,TH") from error


def _local_until(rule: str, zone: ZoneInfo) -> str:
    """``UNTIL`` on the clocks of the place, where all the rest is counted; a day is meant whole."""
    return re.sub(r"(?<=UNTIL=)[^;]+", lambda found: _wall_of(found[0], zone), rule)


def _wall_of(until: str, zone: ZoneInfo) -> str:
    found = UNTIL.fullmatch(until)
    if not found:
        raise ValueError(until)
    if not found[2]:
        return f"{found[1]}T235959"
    if not found[3]:
        return until
    moment = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return moment.astimezone(zone).strftime("%Y%m%dT%H%M%S")


def quiet_until(moment: datetime, zone: str, begin: time, end: time) -> datetime | None:
    """When the quiet hours end that the moment lies in; they may go past midnight. None outside them."""
    wall = moment.astimezone(ZoneInfo(zone))
    clock = wall.time().replace(tzinfo=None)
    is_quiet = begin <= clock < end if begin <= end else clock >= begin or clock < end
    if not is_quiet:
        return None
    day = wall.date() if clock < end else wall.date() + DAY
    return datetime.combine(day, end, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def next_day(moment: datetime, zone: str) -> datetime:
    """The same time on the clocks of the place, a day later."""
    wall = moment.astimezone(ZoneInfo(zone))
    return (wall.replace(tzinfo=None) + DAY).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day_begins(moment: datetime, zone: str) -> datetime:
    """Midnight of the moment's day there."""
    return datetime.combine(moment.astimezone(ZoneInfo(zone)).date(), time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
