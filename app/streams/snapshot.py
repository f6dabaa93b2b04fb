"""What a process knows of rows that change seldom: read at most every few seconds, at once when told of a change."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.streams.signals import Signals

KEEP = 5.0  # seconds, should the word of a change get lost

T = TypeVar("T")

log = structlog.get_logger()


class Snapshot(Generic[T]):
    """``known`` holds until the first reading, and while the database is away what was known last."""

    def __init__(self, signals: Signals, channel: str, read: Callable[[], T], known: T) -> None:
        self.known = known
        self._signals = signals
        self._channel = channel
        self._read = read
        self._read_at = float("-inf")
        signals.subscribe(channel, self._forget)

    def now(self) -> T:
        if time.monotonic() - self._read_at > KEEP:
            self._read_at = time.monotonic()
            try:
                self.known = self._read()
            except SQLAlchemyError as error:
                log.warning("snapshot_not_read", channel=self._channel, reason=type(error).__name__)
        return self.known

    def changed(self) -> None:
        """Every process reads again when it next asks."""
        self._signals.publish(self._channel)

    def _forget(self, _: str) -> None:
        self._read_at = float("-inf")
