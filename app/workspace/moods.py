"""Moods over time: how often each was noted, day by day, and what that comes to on a scale from 1 to 5."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.weeks import Week, back
from app.workspace.models import JournalEntry
from app.workspace.ownership import mine

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


def recent(session: Session, principal: Principal, count: int, zone: str | None) -> dict[str, Any]:
    """The last ``count`` weeks on the person's clocks, the current one last."""
    this_week = Week.containing(now(), settings.zone(session, principal, zone))
    return series(session, principal, list(back(this_week, count)))


def series(session: Session, principal: Principal, weeks: Sequence[Week]) -> dict[str, Any]:
    """``{timezone, weeks, …}`` for weeks that follow each other; entries without a mood count as entries only."""
    counted = by_day(session, principal, weeks)
    shown = [_week(week, counted) for week in weeks]
    return {"timezone": weeks[0].zone, "weeks": shown} | _totals(counted.values())


def by_day(session: Session, principal: Principal, weeks: Sequence[Week]) -> Counts:
    """How often each mood was noted on each day of the calendar; ``""`` stands for none."""
    first, last = weeks[0], weeks[-1]
    day = func.date(func.timezone(first.zone, JournalEntry.entry_date))
    mood = func.lower(func.coalesce(JournalEntry.mood, ""))
    between = JournalEntry.entry_date >= first.start, JournalEntry.entry_date < last.next_start
    query = select(day, mood, func.count()).where(*mine(JournalEntry, principal), *between).group_by(day, mood)
    counted: Counts = {}
    for written, name, number in session.execute(query):
        counted.setdefault(written, Counter())[name] += number
    return counted


def _week(week: Week, counted: Counts) -> dict[str, Any]:
    days = [{"date": day.isoformat()} | _totals([counted.get(day, Counter())]) for day in week.days]
    whole = _totals([counted.get(day, Counter()) for day in week.days])
    return {"week_start": iso(week.start), "week_end": iso(week.end), "days": days} | whole


def _totals(counters: Any) -> dict[str, Any]:
    """``average`` is null when no mood was noted that is on the scale."""
    whole: Counter[str] = sum(counters, Counter())
    scored = [(SCORES[mood], number) for mood, number in whole.items() if mood in SCORES]
    weight = sum(number for _, number in scored)
    average = round(sum(score * number for score, number in scored) / weight, 2) if weight else None
    moods = {mood: number for mood, number in whole.most_common() if mood}
    return {"entry_count": whole.total(), "moods": moods, "average": average}
