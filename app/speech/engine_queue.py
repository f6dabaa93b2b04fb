"""Who gets the next free engine: whoever has the least time left, and nobody waits in vain."""

import threading
import time
from bisect import bisect_right
from contextlib import ExitStack
from typing import Generic, TypeVar

T = TypeVar("T")

WEIGHT = 0.1  # of the latest hold in the average


class Full(Exception):
    """Too many are waiting, or the wait was too long."""


class _Waiter(Generic[T]):
    def __init__(self, until: float) -> None:
        self.until = until
        self.called = threading.Event()
        self.place: T | None = None


class EngineQueue(Generic[T]):
    """A fixed number of places and a queue, by the moment until which each can wait.

    ``waiting_share`` of the time that somebody has may be waited; who would wait longer is turned away at once.
    """

    def __init__(self, places: list[T], waiting_share: float, hold_seconds: float) -> None:
        self._free = list(places)
        self._count = len(places)
        self._waiting_share = waiting_share
        self._hold_seconds = hold_seconds  # that a place is held, on average
        self._waiting: list[_Waiter[T]] = []
        self._lock = threading.Lock()

    def enter(self, seconds: float) -> T:
        """A place, within our share of ``seconds``. Raises ``Full``."""
        limit = seconds * self._waiting_share
        with self._lock:
            if self._free:
                return self._free.pop()
            waiting = _Waiter[T](time.monotonic() + limit)
            before = bisect_right(self._waiting, waiting.until, key=lambda other: other.until)
            if before and (before + 1) * self._hold_seconds / self._count > limit:
                raise Full
            self._waiting.insert(before, waiting)
        with ExitStack() as undo:  # when the caller is stopped, a place that was just given goes on to the next
            undo.callback(self._withdraw, waiting)
            waiting.called.wait(limit)
            undo.pop_all()
        return self._taken(waiting)

    def leave(self, place: T, held: float) -> None:
        """Gives the place to the next. ``held`` is how long it was used."""
        with self._lock:
            self._hold_seconds += (held - self._hold_seconds) * WEIGHT
            self._hand_on(place)

    def _taken(self, waiting: _Waiter[T]) -> T:
        with self._lock:
            if waiting.place is None:
                self._waiting.remove(waiting)
                raise Full
            return waiting.place

    def _withdraw(self, waiting: _Waiter[T]) -> None:
        with self._lock:
            if waiting.place is None:
                self._waiting.remove(waiting)
            else:
                self._hand_on(waiting.place)

    def _hand_on(self, place: T) -> None:
        if not self._waiting:
            self._free.append(place)
            return
        waiting = self._waiting.pop(0)
        waiting.place = place
        waiting.called.set()
