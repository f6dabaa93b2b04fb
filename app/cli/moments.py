"""Times on the command line."""

import re
from datetime import UTC, datetime, timedelta

import click

from app.core.clock import now

UNITS = {"": "seconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
SPAN = re.compile(r"(\d{1,6})([smhd]?)")


class Moment(click.ParamType[datetime]):
    """A date, a time, or a span from now: ``2027-01-31``, ``2027-01-31T12:00Z``, ``90d``. ``direction`` -1: ago."""

    name = "moment"

    def __init__(self, direction: int) -> None:
        self._direction = direction

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        text = str(value)
        if span := SPAN.fullmatch(text):
            return now() + self._direction * timedelta(**{UNITS[span[2]]: int(span[1])})
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is neither a date, nor a time, nor a span such as 90d.", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
