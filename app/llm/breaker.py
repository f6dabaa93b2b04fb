"""A circuit breaker per model: after a run of failures it is left alone for a while, then tried once."""

import time
from enum import StrEnum

FAILURES = 5
REST = 30.0  # seconds


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


MOVES = {
    State.CLOSED: {State.OPEN},
    State.OPEN: {State.HALF_OPEN, State.CLOSED},
    State.HALF_OPEN: {State.CLOSED, State.OPEN},
}


class Breaker:
    def __init__(self, failures: int = FAILURES, rest: float = REST) -> None:
        self._limit = failures
        self._rest = rest
        self._failures = 0
        self.state = State.CLOSED
        self.opened_at = 0.0

    def admits(self) -> bool:
        """Whether to try. The first call after the rest is the probe; others wait for what becomes of it."""
        if self.state is State.OPEN and time.monotonic() >= self.opened_at + self._rest:
            self._move(State.HALF_OPEN)
            return True
        return self.state is State.CLOSED

    def answered(self) -> None:
        """The model began an answer: a probe has succeeded, but a run of failures ends only with a whole answer."""
        if self.state is not State.CLOSED:
            self._move(State.CLOSED)
            self._failures = 0

    def succeeded(self) -> None:
        self.answered()
        self._failures = 0

    def failed(self, for_good: bool = False) -> None:
        """``for_good``: another try would fail as well, so the rest begins at once."""
        self._failures = self._limit if for_good else self._failures + 1
        if self.state is State.HALF_OPEN or (self.state is State.CLOSED and self._failures >= self._limit):
            self._move(State.OPEN)
            self.opened_at = time.monotonic()

    def abandoned(self) -> None:
        """A probe was given up before it could tell; the next call may probe again."""
        if self.state is State.HALF_OPEN:
            self._move(State.OPEN)

    def _move(self, state: State) -> None:
        if state not in MOVES[self.state]:
            raise ValueError(f"a breaker can't go from {self.state} to {state}")
        self.state = state
