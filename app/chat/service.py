"""What the chat's views call: plain arguments in, answers or event streams out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gevent.lock import BoundedSemaphore
from sqlalchemy import update

from app.actions.service import ActionService
from app.actions.wire import Shown
from app.auth.principals import Principal
from app.care.safety import Safety
from app.chat import admission, attached, outcome, sessions
from app.chat.admission import AdmittedTurn, Ask, NewMessage, PublicMessage, SessionBusy, public_message
from app.chat.chat_context import Retriever
from app.chat.chat_run import ChatRun
from app.chat.models import ChatTurn
from app.chat.outcome import Outcome, TurnSource
from app.db.session import Database
from app.limits.permits import Permit, UsageInfo
from app.streams import events, reader
from app.streams.run import RunState
from app.streams.runner import Runner
from app.turns.failures import TurnFailed
from app.turns.idempotency import DOUBLE_CLICK, claim_of
from app.turns.pipeline import Pipeline

AT_ONCE = 8  # messages that are being admitted: of a rush the first are answered first, instead of all of them late


@dataclass(frozen=True, slots=True)
class Answer:
    """How a message was answered; ``finished_at`` is when that was stored."""

    turn: AdmittedTurn
    outcome: Outcome
    finished_at: datetime
    usage_info: UsageInfo

    @property
    def message(self) -> PublicMessage | None:
        """Null when nothing was said before the person stopped it, or a human will say it."""
        said = self.outcome.text
        return public_message(self.turn.answer_id, said, self.finished_at, "assistant") if said else None

    @property
    def message_id(self) -> str | None:
        return self.turn.answer_id if self.outcome.text else None

    @property
    def metadata(self) -> dict[str, object]:
        return outcome.metadata(self.turn, self.outcome)

    @property
    def proposals(self) -> Sequence[Shown] | None:
        return self.outcome.proposals

    @property
    def timestamp(self) -> str:
        return (self.message or self.turn.question)["timestamp"]

    @property
    def is_cancelled(self) -> bool:
        return self.outcome.state is RunState.CANCELLED


@dataclass(frozen=True, slots=True)
class Cancellation:
    """``turn_id`` is null when nothing was running."""

    session_id: str
    turn_id: str | None
    is_cancelled: bool


class ChatService:
    def __init__(
        self, db: Database, runner: Runner, pipeline: Pipeline, retriever: Retriever, actions: ActionService
    ) -> None:
        self._db = db
        self._runner = runner
        self._pipeline = pipeline
        self._retriever = retriever
        self._actions = actions
        self._door = BoundedSemaphore(AT_ONCE)

    def answer(
        self, principal: Principal, body: NewMessage, key: str | None, permit: Permit, safety: Safety,
        is_waiting: Callable[[], bool],
    ) -> Answer:  # fmt: skip
        """Asks and waits for the whole answer. Raises ``AppError`` when the model failed; what it said is stored.

        ``is_waiting`` tells whether the client is still there for it; else the same message is answered with it again.
        """
        turn = self._begin(_ask(principal, body, key, "message", safety), permit)
        ended, moment = self._wait(turn)
        self._note_arrival(turn, is_waiting())
        if ended.state is RunState.FAILED or moment is None:
            failed = outcome.last_event(turn, ended, moment)
            raise TurnFailed(ended.error, sessionId=turn.session_id, messageId=failed.messageId)
        return Answer(turn, ended, moment, permit.usage_info)

    def stream(
        self, principal: Principal, body: NewMessage, key: str | None, permit: Permit, safety: Safety,
        last_event_id: str | None = None,
    ) -> Iterator[bytes]:  # fmt: skip
        """A reader that asks again for the same, with the cursor that it has come to, goes on from there."""
        cursor = events.cursor_of(last_event_id, "turn")
        turn = self._followed(principal, body, cursor.run_id) if cursor else None
        if turn is None:
            turn, cursor = self._begin(_ask(principal, body, key, "stream", safety), permit), None
        else:
            permit.refund()
        return reader.read(self._runner, self._source(turn), cursor)

    def resume(self, principal: Principal, session_id: str, last_event_id: str | None) -> Iterator[bytes]:
        """Streams the session's current or last turn, or the one that the cursor names, from the cursor on."""
        cursor = events.cursor_of(last_event_id, "turn")
        with self._db.read() as session:
            turn = sessions.turn_of(session, principal, session_id, cursor.run_id if cursor else None)
        return reader.read(self._runner, self._source(turn), cursor)

    def cancel(self, principal: Principal, session_id: str) -> Cancellation:
        """Stops the session's running turn, if there is one, and waits until what was said is stored."""
        with self._db.read() as session:
            sessions.find(session, principal, session_id)
            running = sessions.running_turn(session, principal, session_id)
        if running is None:
            return Cancellation(session_id, None, is_cancelled=False)
        self._cancel(running.id)
        ended, _ = self._wait(running)
        return Cancellation(session_id, running.id, ended.state is RunState.CANCELLED)

    def delete_session(self, principal: Principal, session_id: str) -> None:
        with self._db.begin() as session:
            running = sessions.remove(session, principal, session_id)
        if running:
            self._cancel(running)

    def _note_arrival(self, turn: AdmittedTurn, has_arrived: bool) -> None:
        if has_arrived and turn.is_new:  # as it mostly is: nothing else was noted
            return
        with self._db.begin() as session:
            session.execute(update(ChatTurn).where(ChatTurn.id == turn.id).values(unheard=not has_arrived))

    def _followed(self, principal: Principal, body: NewMessage, turn_id: str) -> AdmittedTurn | None:
        """The turn that answers this message; None when it answers another one. Raises ``NotFound``."""
        with self._db.read() as session:
            turn = sessions.turn_by_id(session, principal, turn_id)
        is_same = turn.question["content"] == body["message"] and body["sessionId"] in (None, turn.session_id)
        return turn if is_same else None

    def _begin(self, ask: Ask, permit: Permit) -> AdmittedTurn:
        """Admits a message and starts its turn.

        Raises ``NotFound`` (session, attachment), ``SessionBusy``, ``Unprocessable`` (idempotency key) or
        ``Unavailable`` (going down).
        """
        self._runner.admit()
        given = attached.said(self._retriever.reader, ask.principal, ask.attachments)
        turn = self._admitted(ask)
        if turn.is_new:
            self._runner.begin(ChatRun(self._pipeline, self._retriever, turn, permit, self._actions, given))
        elif ask.claim is None or ask.claim.is_named:
            permit.refund()
        return turn

    def _admitted(self, ask: Ask) -> AdmittedTurn:
        with self._door:
            try:
                return admission.admit(self._db, ask)
            except SessionBusy:
                if ask.session_id is None or not self._reap(ask.principal, ask.session_id):
                    raise
            return admission.admit(self._db, ask)

    def _reap(self, principal: Principal, session_id: str) -> bool:
        """Ends the session's turn if its process is gone; whether there was one."""
        with self._db.read() as session:
            lost = sessions.lost_turn(session, principal, session_id)
        return lost is not None and outcome.reap(self._db, self._runner.log, lost)

    def _cancel(self, turn_id: str) -> None:
        """Stops a turn on whatever process it runs; the flag reaches one that misses the signal."""
        with self._db.begin() as session:
            running = (ChatTurn.id == turn_id) & (ChatTurn.state == RunState.RUNNING)
            session.execute(update(ChatTurn).where(running).values(cancel_requested=True))
        self._runner.cancel(turn_id)

    def _wait(self, turn: AdmittedTurn) -> tuple[Outcome, datetime | None]:
        reader.wait(self._runner, self._source(turn))
        ended = outcome.stored(self._db, self._runner.log, turn)
        assert ended is not None, "a turn that was followed to its end has ended"
        return ended

    def _source(self, turn: AdmittedTurn) -> TurnSource:
        return TurnSource(self._db, self._runner.log, turn)


def _ask(principal: Principal, body: NewMessage, key: str | None, route: str, safety: Safety) -> Ask:
    same = {name: value for name, value in body.items() if value != [] and (name != "actions" or value is not None)}
    claim = claim_of(principal.key, key, f"chat.{route}", same, None if body["sessionId"] else DOUBLE_CLICK)
    given, proposes = tuple(body["attachments"]), body.get("actions")
    return Ask(principal, body["message"], body["sessionId"], body["personalityId"], claim, safety, given, proposes)
