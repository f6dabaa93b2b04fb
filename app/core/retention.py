"""Kinds of rows that may be kept for so many days only."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias


class Aging(StrEnum):
    MESSAGES = "messages"  # what people and coaches wrote to each other
    TRANSCRIPTS = "transcripts"  # what was said aloud, slides of it, interviews
    AUDIO = "audio"  # sounds that were uploaded
    USAGE = "usage"  # what models were asked, and what it cost
    EVENTS = "events"  # what the event socket replays
    TRACES = "traces"  # how answers were made

    @property
    def name_of_days(self) -> str:
        """In bodies; in capitals and with ``RETENTION_`` the variable."""
        return f"{self}_days"


LONGEST = 36_500  # days
Days: TypeAlias = Mapping[Aging, int | None]  # None: kept until somebody deletes it
