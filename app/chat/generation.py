"""Making one answer: what the model is told of the person and the conversation, and what the answer leaves behind."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.chat import events, storage
from app.chat.admission import Turn, public_message
from app.chat.models import ChatTurn, TurnState
from app.chat.storage import Outcome
from app.chat.telling import UNAVAILABLE, Telling
from app.limits.permits import Permit
from app.llm import prompts
from app.llm.interfaces import Caller, Request
from app.observability.metrics import TURNS
from app.personalities import persona
from app.retrieval import context
from app.retrieval.search import Hit

if TYPE_CHECKING:
    from app.chat.turns import Desk

PROMPTS = Path(__file__).parent / "prompts"
FEATURE = "chat.turn"
MOST_TOKENS = 1500
NO_SESSION = Outcome(TurnState.FAILED, "", "This session no longer exists")


class Generation(Telling):
    """One turn while it runs here."""

    def __init__(self, desk: "Desk", turn: Turn, permit: Permit) -> None:
        super().__init__(desk, turn.id, permit)
        self.turn = turn
        self._hits: list[Hit] = []
        self._summary_due = False

    def opening(self) -> events.Start:
        question = events.embedded(self.turn.question)
        return events.Start(self.turn.session_id, self.turn.id, question, self.permit.usage_info)

    def request(self) -> Request:
        turn, principal = self.turn, self.turn.principal
        known = self.desk.gather(turn)
        self._hits, self._summary_due = known.hits, known.past.left_out
        system = prompts.render(
            PROMPTS, "coach.j2", coach=known.coach, documents=context.as_xml(known.hits), summary=known.past.summary,
            today=persona.today(known.coach),
        )  # fmt: skip
        return Request(
            Caller(FEATURE, principal.tenant_id, principal.user_id),
            known.past.asking(turn.question["content"]),
            system,
            max_tokens=MOST_TOKENS,
        )

    def settle(self, state: TurnState, error: str | None) -> events.Terminal:
        """Stores the outcome, then says so: whoever sees the end of the stream can read it in the session."""
        outcome = Outcome(state, self.text, error, self.model, [hit.source_id for hit in self._hits])
        stored = self.patiently(lambda: self._settled(outcome))
        moment = stored[0] if stored else None
        if moment is None:
            outcome = self._ended_without_us() if stored else Outcome(TurnState.FAILED, self.text, UNAVAILABLE)
        elif self._summary_due:
            self.desk.summarise(self.turn)
        if outcome.state is TurnState.FAILED:
            self.permit.refund()
        TURNS.labels(outcome.state).inc()
        return terminal(self.turn, outcome, moment)

    @classmethod
    def renew(cls, session: Session, tellings: Sequence[Self]) -> set[str]:
        return storage.renew(session, {telling.id: telling.text for telling in tellings})

    def _settled(self, outcome: Outcome) -> tuple[datetime | None]:
        """When it was stored; no time when there is nothing left to store it in."""
        with self.desk.db.single() as connection:
            return (storage.settle(connection, self.turn.id, outcome),)

    def _ended_without_us(self) -> Outcome:
        """Its session was deleted, or another process took the turn for lost."""
        with self.desk.db.read() as session:
            error = session.scalar(select(ChatTurn.error).where(ChatTurn.id == self.turn.id))
        return Outcome(TurnState.FAILED, "", error) if error else NO_SESSION


def terminal(turn: Turn, outcome: Outcome, moment: Any) -> events.Terminal:
    """The last event for an outcome, the same whether it is seen live or read from the database."""
    answer = turn.answer_id if outcome.text else None
    if outcome.state is TurnState.FAILED:
        return events.Error(outcome.error or UNAVAILABLE, answer, retryable=outcome is not NO_SESSION)
    message = public_message(turn.answer_id, outcome.text, moment, "assistant")
    return events.End(
        answer, events.embedded(message) if answer else None, metadata(outcome), outcome.state is TurnState.CANCELLED
    )


def metadata(outcome: Outcome) -> dict[str, Any]:
    return {"model": outcome.model, "context": outcome.context}
