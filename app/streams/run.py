"""A run: one text that is generated for a person. It needs no reader, and is stored whatever becomes of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Self

from gevent.event import Event as Happening

from app.core.errors import AppError, RateLimited
from app.streams import events
from app.streams.events import Event

Say = Callable[[str], None]


class RunState(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Interrupted(AppError):
    """The process that made it is going down, or is gone."""

    code, text = "INTERRUPTED", "The answer was interrupted; please ask again"


class Run(ABC):
    """``id`` names the log, and stands in front of every cursor; ``said`` grows with every delta.

    ``produce`` may be stopped at any moment; ``finish``, which stores how it ended, may not. Who makes the
    text calls ``admitted`` when a model may be asked; ``refusal`` is why none may. ``beside`` are events that come
    between the text and the last event; they are known once it has finished.
    """

    content = staticmethod(events.content)

    def __init__(self, run_id: str) -> None:
        self.id = run_id
        self.said: list[str] = []
        self.beside: Sequence[Event] = ()
        self.refusal: RateLimited | None = None
        self.decided = Happening()

    def admitted(self) -> None:
        self.decided.set()

    @property
    def text(self) -> str:
        return "".join(self.said)

    @abstractmethod
    def first_event(self) -> Event: ...

    @abstractmethod
    def produce(self, say: Say) -> None:
        """Makes the text, in a greenlet of its own. Raises ``AppError`` when it fails."""

    @abstractmethod
    def finish(self, state: RunState, error: AppError | None) -> Event:
        """Stores how it ended and gives the last event. Refunds what nothing came of."""

    @abstractmethod
    def failure(self, error: AppError) -> Event:
        """The last event when not even the end can be stored."""

    @classmethod
    @abstractmethod
    def renew(cls, runs: Sequence[Self]) -> set[str]:
        """Renews the leases of those that run here; the ids of those that nobody wants any more."""
