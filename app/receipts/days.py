"""Dates and weekdays in a text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from app.receipts.wording import Wording, all_wordings, units

ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d\d)?(?!\d)")
SHORT = re.compile(r"(?<![\d.,])(\d{1,2})\.(\d{1,2})\.(?!\d)")
DAY = r"(?<![\w.,:/-])(?P<day>\d{1,2})(?:st|nd|rd|th|\.|er|º|°|ª)?"
YEAR = r"(?:,? (?:de |del )?(?P<year>\d{4})(?!\d))?"
AND = r"\s*(?:,|and|und|et|y|e|&|–|—|-|to|bis|au|al|sowie|or|oder)\s*(?:(?:the|den|dem|le|el|il) )?"
MORE_RIGHT = re.compile(rf"{AND}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:/%]|[.,]\d| ?%)(?: (?P<word>[^\W\d_]+))?")
MORE_LEFT = re.compile(rf"(?<![\w.,:/])(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?{AND}$")
FEBRUARY_29 = 2024  # a year that has all days


@dataclass(frozen=True, slots=True)
class Day:
    """``day`` is 0 for a month as a whole; without a year it is of any. ``form`` is how it is written.

    ``others`` are what the same digits may mean too, months and days.
    """

    start: int
    end: int
    month: int
    day: int
    year: int | None = None
    form: str = "day_month"
    others: tuple[tuple[int, int], ...] = ()

    def is_of(self, known: date) -> bool:
        if self.year is not None and self.year % 100 != known.year % 100:
            return False
        if not self.day:
            return known.month == self.month
        return (known.month, known.day) in ((self.month, self.day), *self.others)


@dataclass(frozen=True, slots=True)
class Weekday:
    start: int
    end: int
    weekday: int

    def is_of(self, known: date) -> bool:
        return known.weekday() == self.weekday


def days(flat: str, wordings: Sequence[Wording]) -> list[Day]:
    """In the order of the text, each once."""
    found = [*_iso(flat), *_numeric(flat)]
    for wording in wordings:
        found += _named(flat, wording, found)
    return sorted(found, key=lambda one: one.start)


def weekdays(flat: str, wording: Wording) -> list[Weekday]:
    found = _patterns(wording.code)["weekday"].finditer(flat)
    return [Weekday(one.start(), one.end(), wording.weekdays[one[0]]) for one in found]


def _iso(flat: str) -> Iterator[Day]:
    for found in ISO.finditer(flat):
        year, month, day = map(int, found.groups())
        if _exists(month, day):
            yield Day(found.start(), found.end(), month, day, year, "iso")


def _numeric(flat: str) -> Iterator[Day]:
    yield from (day for found in NUMERIC.finditer(flat) if found[4] for day in _read(found, found[3], int(found[4])))
    yield from (day for found in SHORT.finditer(flat) for day in _read(found, found[2], None))


def _read(found: re.Match[str], last: str, year: int | None) -> Iterator[Day]:
    """One day, with the other reading of it as well: with full stops the day comes first."""
    first, second = int(found[1]), int(last)
    orders = ((second, first),) if "." in found[0] else ((second, first), (first, second))
    either = [(month, day) for month, day in orders if _exists(month, day)]
    if either:
        yield Day(found.start(), found.end(), *either[0], year, "numeric", tuple(either[1:]))


def _named(flat: str, wording: Wording, known: Iterable[Day]) -> list[Day]:
    taken, found, patterns = list(known), list[Day](), _patterns(wording.code)
    for form in ("day_month", "month_day", "month"):
        for match in patterns[form].finditer(flat):
            month = wording.months[match["month"]]
            day = int(match["day"]) if form != "month" else 0
            start = match.start("day") if form == "day_month" else match.start("month")
            is_free = not any(one.start < match.end() and start < one.end for one in (*taken, *found))
            if is_free and (not day or _exists(month, day)):
                year = int(match["year"]) if match["year"] else None
                one = Day(start, match.end(), month, day, year, form)
                found += [one, *_beside(flat, one)]
    return found


def _beside(flat: str, one: Day) -> Iterator[Day]:
    """The other days of "2, 3 and 5 May", or of "May 2, 3 and 5"."""
    if one.form == "day_month":
        before = MORE_LEFT.search(flat, max(0, one.start - 30), one.start)
        while before and _exists(one.month, int(before["day"])):
            more = Day(before.start("day"), before.end("day"), one.month, int(before["day"]), one.year, "bare")
            yield more
            before = MORE_LEFT.search(flat, max(0, more.start - 30), more.start)
    if one.form == "month_day":
        after, end = MORE_RIGHT.match(flat, one.end), one.end
        while after and after["word"] not in units() and _exists(one.month, int(after["day"])):
            end = after.end("day")
            yield Day(after.start("day"), end, one.month, int(after["day"]), one.year, "bare")
            after = MORE_RIGHT.match(flat, end)


@cache
def _patterns(code: str) -> dict[str, re.Pattern[str]]:
    wording = all_wordings()[code]
    month = rf"(?P<month>{'|'.join(sorted(wording.months, key=len, reverse=True))})(?!\w)\.?"
    links = rf"(?: (?:{'|'.join(wording.links)}))?"
    weekday = "|".join(sorted(wording.weekdays, key=len, reverse=True))
    return {
        "day_month": re.compile(rf"{DAY}{links} {month}{YEAR}"),
        "month_day": re.compile(
            rf"(?<!\w){month}{links} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:/%]|[.,]\d| ?%){YEAR}"
        ),
        "month": re.compile(rf"(?<!\w)(?:{'|'.join(wording.in_month)}) {month}{YEAR}"),
        "weekday": re.compile(rf"(?<!\w)(?:{weekday})(?!\w)"),
    }


def _exists(month: int, day: int) -> bool:
    try:
        date(FEBRUARY_29, month, day)
    except ValueError:
        return False
    return True
