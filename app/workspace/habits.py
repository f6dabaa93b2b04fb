"""Habits: which days were done, and how many days, weeks or months in a row that makes."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from enum import StrEnum

MOST_DATES = 3660  # ten years of days


class HabitFrequency(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


def toggled(dates: Sequence[str], day: date) -> list[str]:
    """The dates with the day added, or without it if it was there; in order, the oldest dropped past ``MOST_DATES``."""
    return sorted(set(dates) ^ {day.isoformat()})[-MOST_DATES:]


def streak(dates: Collection[str], frequency: str | None, today: date) -> int:
    """Periods in a row, up to the current one; that one is not missed before it has ended."""
    frequency = frequency or HabitFrequency.DAILY
    done = {_period(date.fromisoformat(day), frequency) for day in dates}
    period = _period(today, frequency)
    if period not in done:
        period = _before(period, frequency)
    length = 0
    while period in done:
        length += 1
        period = _before(period, frequency)
    return length


def _period(day: date, frequency: str) -> date:
    """The first day of the day's week (Monday) or month, or the day itself."""
    if frequency == HabitFrequency.WEEKLY:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if frequency == HabitFrequency.MONTHLY else day


def _before(period: date, frequency: str) -> date:
    return _period(period - timedelta(days=1), frequency)
