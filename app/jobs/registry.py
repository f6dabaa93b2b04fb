"""What workers can do: functions by name, each safe to run twice, and what is done every so often."""

from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Definition:
    """``attempts`` is how often a job is tried in all; only faults that call themselves retryable are tried again.

    ``give_up`` is called with the job's arguments when it has failed for good.
    """

    name: str
    do: Work
    attempts: int
    give_up: Work | None = None


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work that is due every ``every`` seconds, on whichever worker comes first."""

    name: str
    do: Callable[[], None]
    every: int


JOBS: dict[str, Definition] = {}
PERIODIC: dict[str, Periodic] = {}


def job(name: str, *, attempts: int = 3, give_up: Work | None = None) -> Callable[[Work], Work]:
    """Names a function as a job; it is called with the job's arguments as keywords."""

    def register(do: Work) -> Work:
        JOBS[name] = Definition(name, do, attempts, give_up)
        return do

    return register


def periodic(name: str, *, every: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def register(do: Callable[[], None]) -> Callable[[], None]:
        PERIODIC[name] = Periodic(name, do, every)
        return do

    return register
