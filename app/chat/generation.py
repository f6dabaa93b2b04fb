"""Making one answer, in a greenlet of its own: gather, prompt, stream, store, say how it ended. It needs no reader."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gevent
import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError, TimeoutError

from app import prompting
from app.chat import events, personalities, storage
from app.chat.admission import Turn, public_message
from app.chat.models import TurnState
from app.chat.storage import Outcome
from app.database import now
from app.limits.permits import Permit
from app.llm.interfaces import Caller, Finish, ProviderError, Request, TextDelta
from app.observability.metrics import TURNS
from app.retrieval import context
from app.retrieval.search import Hit

if TYPE_CHECKING:
    from app.chat.turns import Desk

PROMPTS = Path(__file__).parent / "prompts"
FEATURE = "chat.turn"
MOST_TOKENS = 1500
STORE_TRIES = (0.2, 0.5, 1, 2, 4, 8)  # seconds between attempts to store an answer while the database is away
UNAVAILABLE = ProviderError.text
INTERRUPTED = "The answer was interrupted; please ask again"

log = structlog.get_logger()


class Generation:
    """One turn while it runs here. ``said`` grows with every delta.

    The speaking has a greenlet of its own, which may be stopped at any moment; storing how it ended may not.
    """

    def __init__(self, desk: "Desk", turn: Turn, permit: Permit) -> None:
        self.turn = turn
        self.said: list[str] = []
        self._desk = desk
        self._permit = permit
        self._channel = desk.broker.open(turn.id)
        self._length = 0
        self._hits: list[Hit] = []
        self._model: str | None = None
        self._summary_due = False
        self._speaking: gevent.Greenlet | None = None
        self._stopped: tuple[TurnState, str | None] | None = None

    @property
    def text(self) -> str:
        return "".join(self.said)

    def run(self) -> None:
        """Whatever happens, the turn ends, is stored, and its readers are told."""
        self._publish(events.Start(
            self.turn.session_id, self.turn.id, events.embedded(self.turn.question), self._permit.usage_info
        ))  # fmt: skip
        self._speaking = gevent.spawn(self._speak)
        spoken = self._speaking.get()
        self._finish(*(self._stopped or spoken))

    def cancel(self) -> None:
        """The person does not want the rest."""
        self._stop(TurnState.CANCELLED, None)

    def interrupt(self) -> None:
        """This process is going down."""
        self._stop(TurnState.FAILED, INTERRUPTED)

    def _stop(self, state: TurnState, error: str | None) -> None:
        if self._speaking is not None and not self._speaking.dead:
            self._stopped = self._stopped or (state, error)
            self._speaking.kill(block=False)

    def _speak(self) -> tuple[TurnState, str | None]:
        """The stream rim: how the speaking ended, if nobody stopped it."""
        try:
            self._relay()
        except ProviderError as error:
            log.warning("turn_failed", turn_id=self.turn.id, kind=error.kind, provider=error.provider)
            return TurnState.FAILED, UNAVAILABLE
        except Exception as error:
            log.error("turn_broke", turn_id=self.turn.id, reason=type(error).__name__, exc_info=error)
            return TurnState.FAILED, UNAVAILABLE
        return TurnState.COMPLETED, None

    def _relay(self) -> None:
        for event in self._desk.models.stream(self._request()):
            if type(event) is TextDelta:
                self._say(event.text)
            elif type(event) is Finish:
                self._model = event.model

    def _say(self, text: str) -> None:
        """The hot path: nothing here touches the database or Redis."""
        self.said.append(text)
        publish, channel = self._desk.broker.publish, self._channel
        for piece in events.pieces(text):
            self._length += len(piece)
            publish(channel, events.content(self._cursor(), piece))

    def _request(self) -> Request:
        turn, principal = self.turn, self.turn.principal
        question = turn.question["content"]
        past, self._hits = self._desk.gather(turn)
        self._summary_due = past.left_out
        system = prompting.render(
            PROMPTS, "coach.j2", personality=personalities.find(turn.personality_id),
            documents=context.as_xml(self._hits), summary=past.summary, today=now().strftime("%A, %d %B %Y"),
        )  # fmt: skip
        return Request(
            Caller(FEATURE, principal.tenant_id, principal.user_id),
            past.asking(question),
            system,
            max_tokens=MOST_TOKENS,
        )

    def _finish(self, state: TurnState, error: str | None = None) -> None:
        """Stores the outcome, then says so: whoever sees the end of the stream can read it in the session."""
        outcome = Outcome(state, self.text, error, self._model, [hit.source_id for hit in self._hits])
        moment = self._store(outcome)
        if moment is None:
            outcome = Outcome(TurnState.FAILED, self.text, UNAVAILABLE)
        elif self._summary_due:
            self._desk.summarise(self.turn)
        if outcome.state is TurnState.FAILED:
            self._permit.give_back()
        TURNS.labels(outcome.state).inc()
        self._desk.broker.publish(
            self._channel, self._encoded(terminal(self.turn, outcome, moment)), final=True
        )  # fmt: skip

    def _store(self, outcome: Outcome) -> Any:
        """Tries for a while: a database that restarts must not cost an answer."""
        for pause in (*STORE_TRIES, None):
            try:
                with self._desk.db.single() as connection:
                    return storage.settle(connection, self.turn.id, outcome)
            except (OperationalError, TimeoutError):
                if pause is None:
                    break
                time.sleep(pause)
            except SQLAlchemyError as error:
                log.error("answer_not_stored", turn_id=self.turn.id, reason=type(error).__name__)
                break
        return None

    def _publish(self, event: events.Start) -> None:
        self._desk.broker.publish(self._channel, self._encoded(event))

    def _encoded(self, event: events.Start | events.Terminal) -> bytes:
        return events.encode(event, self._cursor())

    def _cursor(self) -> str:
        return f"{self.turn.id}:{len(self._channel.frames) + 1}:{self._length}"


def terminal(turn: Turn, outcome: Outcome, moment: Any) -> events.Terminal:
    """The last event for an outcome, the same whether it is seen live or read from the database."""
    answer = turn.answer_id if outcome.text else None
    if outcome.state is TurnState.FAILED:
        return events.Error(outcome.error or UNAVAILABLE, answer)
    message = public_message(turn.answer_id, outcome.text, moment, "assistant")
    return events.End(
        answer, events.embedded(message) if answer else None, metadata(outcome), outcome.state is TurnState.CANCELLED
    )


def metadata(outcome: Outcome) -> dict[str, Any]:
    return {"model": outcome.model, "context": outcome.context}
