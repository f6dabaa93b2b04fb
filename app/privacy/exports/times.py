"""Days and times as pages of an export tell them: on the person's own clocks."""

from datetime import UTC, date, datetime

from app.core import weeks


def on_clock(moment: datetime, zone: str) -> datetime:
    """At the two ends of the calendar, where the zone may have no such day, in UTC."""
    try:
        return weeks.local(moment, zone)
    except OverflowError:
        return moment.astimezone(UTC)


def day_of(moment: datetime, zone: str) -> date:
    """A day without a time is that day everywhere."""
    return on_clock(moment, "UTC" if weeks.is_day(moment) else zone).date()
