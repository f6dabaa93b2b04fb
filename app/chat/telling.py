"""A text in the making, in a greenlet of its own: ask the model, stream, store, tell the end. It needs no reader."""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self, TypeVar

import gevent
import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError, TimeoutError
from sqlalchemy.orm import Session

from app.chat import events
from app.chat.models import TurnState
from app.core.errors import Unavailable
from app.limits.permits import Permit
from app.llm.interfaces import Finish, ProviderError, Request, TextDelta

if TYPE_CHECKING:
    from app.chat.turns import Desk

T = TypeVar("T")

TRIES = (0.2, 0.5, 1, 2, 4, 8)  # seconds between attempts while the database is away
READING = 10.0  # seconds after which reading is not tried again: somebody waits for the first word
UNAVAILABLE = ProviderError.text
INTERRUPTED = "The answer was interrupted; please ask again"

log = structlog.get_logger()


class Telling(ABC):
    """``said`` grows with every delta. ``id`` names the channel, and stands in front of every cursor.

    The speaking has a greenlet of its own, which may be stopped at any moment; storing how it ended may not.
    """

    content: Callable[[str, str], bytes] = staticmethod(events.content)

    def __init__(self, desk: "Desk", telling_id: str, permit: Permit) -> None:
        self.id = telling_id
        self.said: list[str] = []
        self.desk = desk
        self.permit = permit
        self.model: str | None = None
        self._channel = desk.broker.open(telling_id)
        self._length = 0
        self._speaking: gevent.Greenlet | None = None
        self._stopped: tuple[TurnState, str | None] | None = None

    @abstractmethod
    def opening(self) -> events.Event:
        """The first event."""

    @abstractmethod
    def request(self) -> Request:
        """What the model is asked; called in the speaking greenlet, and again when the database was away."""

    @abstractmethod
    def settle(self, state: TurnState, error: str | None) -> events.Event:
        """Stores how it ended and gives the last event. Gives the permit back where nothing came of it."""

    @classmethod
    @abstractmethod
    def renew(cls, session: Session, tellings: Sequence[Self]) -> set[str]:
        """Keeps the leases of those that run here; the ids of those that nobody wants any more."""

    @property
    def text(self) -> str:
        return "".join(self.said)

    def run(self) -> None:
        """Whatever happens, it ends, is stored, and its readers are told."""
        self._publish(self.opening())
        self._speaking = gevent.spawn(self._speak)
        spoken = self._speaking.get()
        self._publish(self.settle(*(self._stopped or spoken)), final=True)

    def cancel(self) -> None:
        """The person does not want the rest."""
        self._stop(TurnState.CANCELLED, None)

    def interrupt(self) -> None:
        """This process is going down."""
        self._stop(TurnState.FAILED, INTERRUPTED)

    def patiently(self, do: Callable[[], T], seconds: float = math.inf) -> T | None:
        """Tries for a while, and not again after ``seconds``: a database that restarts must not cost an answer.

        None when it could not be done.
        """
        give_up = time.monotonic() + seconds
        for pause in (*TRIES, None):
            try:
                return do()
            except (OperationalError, TimeoutError):
                if pause is None or time.monotonic() + pause > give_up:
                    break
                time.sleep(pause)
            except SQLAlchemyError as error:
                log.error("database_refused", telling_id=self.id, reason=type(error).__name__, exc_info=error)
                break
        return None

    def _stop(self, state: TurnState, error: str | None) -> None:
        if self._speaking is not None and not self._speaking.dead:
            self._stopped = self._stopped or (state, error)
            self._speaking.kill(block=False)

    def _speak(self) -> tuple[TurnState, str | None]:
        """The stream rim: how the speaking ended, if nobody stopped it."""
        try:
            self._relay()
        except ProviderError as error:
            log.warning("turn_failed", telling_id=self.id, kind=error.kind, provider=error.provider)
            return TurnState.FAILED, UNAVAILABLE
        except Exception as error:
            log.error("turn_broke", telling_id=self.id, reason=type(error).__name__, exc_info=error)
            return TurnState.FAILED, UNAVAILABLE
        if not self.text.strip():
            log.warning("turn_empty", telling_id=self.id, model=self.model)
            return TurnState.FAILED, UNAVAILABLE
        return TurnState.COMPLETED, None

    def _relay(self) -> None:
        request = self.patiently(self.request, READING)
        if request is None:
            raise Unavailable
        for event in self.desk.models.stream(request):
            if type(event) is TextDelta:
                self._say(event.text)
            elif type(event) is Finish:
                self.model = event.model

    def _say(self, text: str) -> None:
        """The hot path: nothing here touches the database or Redis."""
        self.said.append(text)
        publish, channel, content = self.desk.broker.publish, self._channel, self.content
        for piece in events.pieces(text):
            self._length += len(piece)
            publish(channel, content(self._cursor(), piece))

    def _publish(self, event: events.Event, *, final: bool = False) -> None:
        self.desk.broker.publish(self._channel, events.encode(event, self._cursor()), final=final)

    def _cursor(self) -> str:
        return f"{self.id}:{len(self._channel.frames) + 1}:{self._length}"
