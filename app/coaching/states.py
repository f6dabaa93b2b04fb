"""What a coaching session can be, and how it may get from one to another."""

from enum import StrEnum


class Status(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


LIVE = (Status.ACTIVE, Status.PAUSED)
MOVES: dict[Status, frozenset[Status]] = {
    Status.ACTIVE: frozenset({Status.PAUSED, Status.COMPLETED, Status.CANCELLED}),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
}


class IllegalMove(ValueError):
    """Names both ends of a move that the table does not have."""


def moved(current: str, wanted: Status) -> Status:
    if wanted not in MOVES[Status(current)]:
        raise IllegalMove(f"{current} to {wanted}")
    return wanted
