"""Dates as people say them: what prompts and pages tell of now, and of when something was."""

from datetime import date, datetime, time

from app.core import weeks
from app.core.clock import now

PARTS = ((5, "night"), (12, "morning"), (17, "afternoon"), (22, "evening"), (24, "night"))  # each up to its hour


def day_text(day: date) -> str:
    """``Friday 20 February 2026``."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def part_of_day(clock: time) -> str:
    return next(name for hour, name in PARTS if clock.hour < hour)


def moment_text(local: datetime) -> str:
    """``Friday 20 February 2026, evening``, of what the clocks of a place show."""
    return f"{day_text(local)}, {part_of_day(local.time())}"


def clock_text(local: datetime) -> str:
    """The same with the time, for whoever is spoken to at that moment."""
    return f"{moment_text(local)} ({local:%H:%M})"


def now_text(zone: str) -> str:
    """What it is now on the clocks of the zone."""
    return clock_text(weeks.local(now(), zone))
