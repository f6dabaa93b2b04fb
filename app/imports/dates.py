"""Dates as other journals write them. An entry keeps its own date in its own zone; without one it is the person's."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from dateutil import parser as dateutil

from app.core import weeks

FIRST_YEAR, LAST_YEAR = 2, 9997
ISO_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{8}")
NAMED_ZONE = re.compile(r"\s*\[?\b([A-Z][A-Za-z]+(?:/[A-Za-z_+-]+){1,2}|UTC)\]?\s*$")
OFFSET = re.compile(r"\(?(?:GMT|UTC)\s*([+-]\d{1,2})(?::?(\d{2}))?\)?\s*$")
SPACED_OFFSET = re.compile(r"\s+([+-]\d{2}:?\d{2})$")
NUMBERS = re.compile(r"(\d{1,4})([./-])\s*(\d{1,2})\2\s*(\d{1,4})(?:\D\s*(.*))?$")
EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?\s*(.*)$")
DAY_NAME_YEAR = re.compile(
    r"(?:[^\d]*[^\d\s][,.]?\s+)?(\d{1,2})\.?\s*(?:de |di )?\s*([^\W\d]+)\.?,?\s*(?:de )?\s*(\d{4})\b[,.]?(.*)$"
)
MONTHS = [
    "january januar janvier enero gennaio januari janeiro",
    "february februar février fevrier febrero febbraio februari fevereiro",
    "march märz maerz mars marzo maart março marco",
    "april avril abril aprile",
    "may mai mayo maggio mei maio",
    "june juni juin junio giugno junho",
    "july juli juillet julio luglio julho",
    "august août aout agosto augustus",
    "september septembre septiembre settembre setembro",
    "october oktober octobre octubre ottobre outubro",
    "november novembre noviembre novembro",
    "december dezember décembre decembre diciembre dicembre dezembro",
]  # fmt: skip
MONTH_OF = {name: number for number, names in enumerate(MONTHS, 1) for name in names.split()}
FRACTIONS = ("Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran", "Asia/Kabul", "Asia/Yangon", "Australia/Eucla",
             "Australia/Darwin", "Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Chatham", "America/St_Johns",
             "Pacific/Marquesas")  # fmt: skip
MIDNIGHT = time()


class NoDate(ValueError):
    """It is no date, or not one that can be told from another."""


@dataclass(frozen=True, slots=True)
class When:
    """``moment`` in UTC; of ``all_day`` only its UTC day counts. ``written`` is the date as it stood there, whatever
    zone the person has set."""

    moment: datetime
    zone: str | None
    written: str
    all_day: bool = False

    @property
    def day(self) -> str:
        local = self.moment if self.all_day or not self.zone else weeks.local(self.moment, self.zone)
        return local.date().isoformat()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The person's zone, and the zones that there are for both Python and the database."""

    zone: str
    zones: frozenset[str]

    def known(self, name: str) -> str | None:
        """A zone by its name, or by an offset such as ``GMT+0545``."""
        if name in self.zones:
            return name
        found = OFFSET.fullmatch(name.strip())
        return self._at(_offset(found), datetime.now(UTC)) if found else None

    def day(self, day: date, zone: str | None = None) -> When:
        _check(day)
        return When(datetime.combine(day, MIDNIGHT, tzinfo=UTC), zone, day.isoformat(), all_day=True)

    def local(self, clock: datetime, zone: str | None = None) -> When:
        """What clocks show in the zone. Where they skip it in spring it is the moment that it would have been."""
        _check(clock)
        own = zone or self.zone
        return When(clock.replace(tzinfo=ZoneInfo(own)).astimezone(UTC), own, clock.isoformat())

    def moment(self, moment: datetime, zone: str | None = None) -> When:
        """With its own offset, which finds its zone when none is named."""
        _check(moment)
        own = zone or self._at(moment.utcoffset() or timedelta(), moment)
        return When(moment.astimezone(UTC), own, moment.astimezone(UTC).isoformat())

    def day_of(self, when: When) -> When:
        """The whole day of a moment, on its own calendar."""
        return self.day(weeks.local_date(when.moment, when.zone or self.zone), when.zone)

    def read(self, text: str, zone: str | None = None, *, day_first: bool = True) -> When:
        """Any of the usual forms. Raises ``NoDate``."""
        try:
            return self._read(" ".join(text.split()), zone, day_first)
        except (ValueError, OverflowError, TypeError) as error:
            raise NoDate(f"its date is not understood: {text.strip()[:40]!r}") from error

    def _read(self, text: str, zone: str | None, day_first: bool) -> When:
        if text.isascii() and text.isdigit() and len(text) in {10, 13}:
            return self.moment(
                datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), UTC), zone or self.zone
            )
        text, zone = self._zone_of(text, zone)
        if ISO_DAY.fullmatch(text):
            return self.day(_iso_day(text), zone)
        found = _clocked(text, day_first)
        if isinstance(found, datetime):
            return self.moment(found, zone) if found.tzinfo else self.local(found, zone)
        return self.day(found, zone)

    def _zone_of(self, text: str, zone: str | None) -> tuple[str, str | None]:
        """Without the zone that stands behind it."""
        named = NAMED_ZONE.search(text)
        if named and named[1] in self.zones:
            return text[: named.start()].strip(), named[1]
        offset = OFFSET.search(text)
        if offset and offset.start():
            sign = "-" if offset[1].startswith("-") else "+"
            hours = f"{abs(int(offset[1])):02}:{offset[2] or '00'}"
            rest = text[: offset.start()].strip()
            return f"{rest} {sign}{hours}", zone
        return text, zone

    def _at(self, offset: timedelta, moment: datetime) -> str | None:
        """A zone whose clocks are so far from UTC at the moment: the person's own where it is."""
        if ZoneInfo(self.zone).utcoffset(moment.astimezone(ZoneInfo(self.zone))) == offset:
            return self.zone
        return _zone_with(offset, moment, self.zones)


def order_of(texts: Iterable[str]) -> bool:
    """Whether the day stands before the month in dates such as ``03/04/2024``: what all of them together say.

    Where every one may be either, a journal has its days one after the other rather than months apart.
    """
    found = [NUMBERS.match(text.strip()) for text in texts]
    dates = [(int(one[1]), int(one[3]), _year(one[4]), one[2]) for one in found if one and len(one[1]) < 3]
    firsts, seconds = sum(first > 12 for first, *_ in dates), sum(second > 12 for _, second, *_ in dates)
    if firsts != seconds:
        return firsts > seconds
    if any(mark == "." for *_, mark in dates):
        return True
    day_first = [year * 372 + second * 31 + first for first, second, year, _ in dates]
    month_first = [year * 372 + first * 31 + second for first, second, year, _ in dates]
    return _distance(day_first) <= _distance(month_first)


def _distance(days: list[int]) -> int:
    return sum(abs(later - earlier) for earlier, later in pairwise(days))


def _year(text: str) -> int:
    return int(text) + (2000 if int(text) < 70 else 1900) if len(text) <= 2 else int(text)


def _iso_day(text: str) -> date:
    parts = text.split("-") if "-" in text else [text[:4], text[4:6], text[6:]]
    return date(int(parts[0]), int(parts[1]), int(parts[2]))


def _clocked(text: str, day_first: bool) -> date:
    """A day, or what clocks showed, with an offset where it has one."""
    try:
        return datetime.fromisoformat(SPACED_OFFSET.sub(r"\1", text).replace(" T", "T"))
    except ValueError:
        pass
    asian, numbers, named = EAST_ASIAN.match(text), NUMBERS.match(text), DAY_NAME_YEAR.match(text)
    if asian:
        return _with_time(date(int(asian[1]), int(asian[2]), int(asian[3])), asian[4])
    if numbers:
        return _with_time(_numeric(numbers, day_first), numbers[5] or "")
    if named and named[2].casefold() in MONTH_OF:
        return _with_time(date(int(named[3]), MONTH_OF[named[2].casefold()], int(named[1])), named[4])
    return _guessed(text)


def _numeric(found: "re.Match[str]", day_first: bool) -> date:
    if len(found[1]) > 2:
        return date(int(found[1]), int(found[3]), int(found[4]))
    day, month = (found[1], found[3]) if day_first else (found[3], found[1])
    return date(_year(found[4]), int(month), int(day))


def _with_time(day: date, rest: str) -> date:
    """The day itself when nothing that is a time stands behind it."""
    rest = rest.strip(" ,.-–—")
    if not rest:
        return day
    clock: datetime = dateutil.parse(rest.replace("Uhr", "").strip(), default=datetime(day.year, day.month, day.day))
    if clock.date() != day:
        raise NoDate
    return clock


def _guessed(text: str) -> date:
    """What dateutil makes of it, if it says the whole date and not just a part."""
    first: datetime = dateutil.parse(text, default=datetime(2000, 1, 1))
    second: datetime = dateutil.parse(text, default=datetime(2001, 2, 2, 2, 2))
    if first.date() != second.date():
        raise NoDate
    return first if first.time() == second.time() else first.date()


def _check(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NoDate("its date is out of range")


def _offset(found: "re.Match[str]") -> timedelta:
    hours, minutes = int(found[1]), int(found[2] or 0)
    return timedelta(hours=hours, minutes=-minutes if found[1].startswith("-") else minutes)


def _zone_with(offset: timedelta, moment: datetime, zones: frozenset[str]) -> str | None:
    if not offset:
        return "UTC"
    hours = offset / timedelta(hours=1)
    whole = f"Etc/GMT{-int(hours):+d}"  # their names count the other way
    fractions = (name for name in FRACTIONS if moment.astimezone(ZoneInfo(name)).utcoffset() == offset)
    candidates = (whole,) if hours == int(hours) else fractions
    return next((name for name in candidates if name in zones), None)
