"""Moods over time: how often each was noted, day by day, and what that comes to on a scale from 1 to 5."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.weeks import Week, back
from app.workspace import calendar
from app.workspace.models import JournalEntry

WORDS = {
    5: "happy excited joyful delighted ecstatic thrilled elated wonderful great amazing loved",
    4: "grateful motivated hopeful proud calm content relieved relaxed confident inspired peaceful good optimistic"
    " moved curious energetic energized cheerful satisfied focused playful",
    3: "neutral okay ok fine thoughtful reflective pensive mixed nostalgic surprised bored so-so",
    2: "anxious frustrated tired worried stressed nervous annoyed confused insecure guilty drained restless lonely"
    " disappointed irritated jealous overwhelmed unmotivated",
    1: "sad angry depressed hopeless exhausted miserable devastated awful terrible afraid scared furious heartbroken",
}
SCORES = {word: score for score, words in WORDS.items() for word in words.split()}

Counts = dict[date, Counter[str]]


@dataclass(frozen=True, slots=True)
class MoodCount:
    """``average`` is null when no mood was noted that is on the scale."""

    entry_count: int
    moods: dict[str, int]
    average: float | None


@dataclass(frozen=True, slots=True)
class MoodDay(MoodCount):
    date: str


@dataclass(frozen=True, slots=True)
class MoodWeek(MoodCount):
    week_start: str
    week_end: str
    days: list[MoodDay]


@dataclass(frozen=True, slots=True)
class Moods(MoodCount):
    timezone: str
    weeks: list[MoodWeek]


def recent(session: Session, principal: Principal, count: int) -> Moods:
    """The last ``count`` weeks on the person's clocks, the current one last. Some entries may have no mood."""
    this_week = Week.containing(now(), settings.time_zone(session, principal))
    weeks = list(back(this_week, count))
    counted = by_day(session, principal, weeks)
    return Moods(*_totals(counted.values()), weeks[0].zone, [_week(week, counted) for week in weeks])


def by_day(session: Session, principal: Principal, weeks: Sequence[Week]) -> Counts:
    """How often each mood was noted on each day of the calendar; ``""`` stands for none."""
    first, last = weeks[0], weeks[-1]
    day = calendar.entry_day(first.zone)
    mood = func.lower(func.coalesce(JournalEntry.mood, ""))
    within = calendar.entries_between(first.start, last.next_start, first.zone)
    query = select(day, mood, func.count()).where(JournalEntry.owned_by(principal), within).group_by(day, mood)
    counted: Counts = {}
    for written, name, number in session.execute(query):
        counted.setdefault(written, Counter())[name] += number
    return counted


def _week(week: Week, counted: Counts) -> MoodWeek:
    counts = [counted.get(day, Counter()) for day in week.days]
    days = [MoodDay(*_totals([count]), day.isoformat()) for day, count in zip(week.days, counts, strict=True)]
    return MoodWeek(*_totals(counts), iso(week.start), iso(week.end), days)


def _totals(counts: Collection[Counter[str]]) -> tuple[int, dict[str, int], float | None]:
    """The fields of a ``MoodCount``."""
    whole = sum(counts, Counter[str]())
    scored = [(SCORES[mood], number) for mood, number in whole.items() if mood in SCORES]
    weight = sum(number for _, number in scored)
    average = round(sum(score * number for score, number in scored) / weight, 2) if weight else None
    return whole.total(), {mood: number for mood, number in whole.most_common() if mood}, average
