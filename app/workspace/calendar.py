"""Days on a person's calendar.

What was given as a day, without a time, is kept as its UTC midnight: it is of that day in every time zone. An entry
says so, ``all_day``; by a goal's target nobody means the stroke of midnight.
"""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func
from sqlalchemy.orm import InstrumentedAttribute

from app.core import weeks
from app.core.clock import now
from app.workspace.models import Goal, JournalEntry

When = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)
WORLD = timedelta(hours=27)  # between the first place where it is some day, and the last
FIRST, LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)  # beyond them zones have no clocks


def today(zone: str) -> date:
    return weeks.local_date(now(), zone)


def entry_day(zone: str) -> ColumnElement[date]:
    """The day that calendars in the zone show for an entry; for one with a zone of its own, those there."""
    when = func.timezone(case((JournalEntry.all_day, "UTC"), else_=own_zone(zone)), JournalEntry.entry_date)
    return func.date(when)


def own_zone(zone: str) -> ColumnElement[str]:
    """An entry's, else the given one."""
    return func.coalesce(JournalEntry.timezone, zone)


def target_day(zone: str) -> ColumnElement[date]:
    """The same for a goal's target, as ``weeks.day_of`` has it."""
    return _day(Goal.target_date, Goal.target_date == func.date_trunc("day", Goal.target_date, "UTC"), zone)


def entries_between(since: datetime | None, until: datetime | None, zone: str) -> ColumnElement[bool]:
    """From ``since`` up to but not including ``until``. A day is within when a moment of it is.

    An entry with a zone of its own is within by what clocks showed there, so that it is within its own days.
    """
    when = JournalEntry.entry_date
    since, until = max(since or FIRST, FIRST), min(until or LAST, LAST)
    first, last = weeks.local_date(since, zone), weeks.local_date(until - MOMENT, zone)
    days = and_(when >= weeks.midnight(first, "UTC"), when <= weeks.midnight(last, "UTC"))
    shown = case((JournalEntry.timezone.is_(None), when), else_=_as_here(zone))
    moments = and_(shown >= since, shown < until)
    around = and_(when >= since - WORLD, when < until + WORLD)  # what an index can find
    return and_(around, case((JournalEntry.all_day, days), else_=moments))


def _as_here(zone: str) -> ColumnElement[datetime]:
    """The moment at which clocks in the zone show what they showed in the entry's own."""
    return func.timezone(zone, func.timezone(own_zone(zone), JournalEntry.entry_date))


def bounds(since: date | None, until: date | None, zone: str) -> tuple[datetime | None, datetime | None]:
    """For ``entries_between``, from bounds that are both included: moments, or days on the zone's clocks."""
    return _start(since, zone) if since else None, _end(until, zone) if until else None


def _start(bound: date, zone: str) -> datetime:
    return weeks.placed(bound, zone) if isinstance(bound, datetime) else weeks.midnight(max(bound, FIRST.date()), zone)


def _end(bound: date, zone: str) -> datetime:
    if isinstance(bound, datetime):
        return min(weeks.placed(bound, zone), LAST) + MOMENT
    return weeks.midnight(min(bound, LAST.date()) + DAY, zone)


def _day(when: When, is_day: ColumnElement[bool] | InstrumentedAttribute[bool], zone: str) -> ColumnElement[date]:
    return func.date(func.timezone(case((is_day, "UTC"), else_=zone), when))
