"""Channels of events: one producer, any number of readers in any process, from any cursor."""

from typing import NamedTuple

IDLE = None  # what a reader is handed when nothing has come for a while


class Frame(NamedTuple):
    """One event, encoded once by its producer. ``seq`` counts from 1 without gaps; ``final`` ends the channel."""

    seq: int
    data: bytes
    final: bool = False


class Gone(Exception):
    """Nothing is kept of this channel (any more); whoever owns it may know how it ended."""
