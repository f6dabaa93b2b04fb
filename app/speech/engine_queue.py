"""Who gets the next free engine: first come, first served, and nobody waits in vain."""

import threading
from collections import deque
from contextlib import ExitStack
from typing import Generic, TypeVar

T = TypeVar("T")

WEIGHT = 0.1  # of the latest hold in the average


class Full(Exception):
    """Too many are waiting, or the wait was too long."""


class _Waiter(Generic[T]):
    def __init__(self) -> None:
        self.called = threading.Event()
        self.place: T | None = None


class EngineQueue(Generic[T]):
    """A fixed number of places and a queue. Who would wait longer than ``patience`` seconds is turned away at once."""

    def __init__(self, places: list[T], patience: float, hold_seconds: float) -> None:
        self._free = list(places)
        self._count = len(places)
        self._patience = patience
        self._hold_seconds = hold_seconds  # that a place is held, on average
        self._waiting: deque[_Waiter[T]] = deque()
        self._lock = threading.Lock()

    def enter(self, seconds: float) -> T:
        """A place, within ``seconds`` and our patience. Raises ``Full``."""
        limit = min(seconds, self._patience)
        with self._lock:
            if self._free:
                return self._free.pop()
            if self._waiting and (len(self._waiting) + 1) * self._hold_seconds / self._count > limit:
                raise Full
            waiting = _Waiter[T]()
            self._waiting.append(waiting)
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
        waiting = self._waiting.popleft()
        waiting.place = place
        waiting.called.set()
