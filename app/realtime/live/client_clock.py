"""What a client says that its clock shows: in whatever form its locale has."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from dateutil import parser

from app.core.clock import now

FARTHEST = timedelta(hours=15)  # that the clocks of any place are from those of UTC, and a little
UNREADABLE = (ValueError, OverflowError, TypeError)


def clock_of(local_time: str) -> datetime:
    """The reading that may be true now, as the clock showed it; what can't be one is left for UTC's."""
    moment = now()
    return next((shown for shown in _readings(local_time) if abs(shown - moment) < FARTHEST), moment)


def _readings(text: str) -> Iterator[datetime]:
    """The month may stand before the day or after it."""
    for day_first in (False, True):
        try:
            shown: datetime = parser.parse(text, dayfirst=day_first)
        except UNREADABLE:
            return
        yield shown.replace(tzinfo=UTC)
