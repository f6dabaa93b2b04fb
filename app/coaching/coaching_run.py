"""One turn of a session: made here, stored with its end, read from anywhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from app.auth.principals import Principal
from app.care.safety import withheld
from app.coaching import errors, events, sessions
from app.coaching.models import LEASE, CoachingSession
from app.coaching.reply import Listener, Reply
from app.coaching.sessions import Answer, CoachingTurn
from app.coaching.states import Status
from app.core.clock import now
from app.core.errors import AppError, Unavailable
from app.db.patience import patiently
from app.db.session import Database, db
from app.limits.permits import Permit
from app.streams.events import Event
from app.streams.reader import StoredStream
from app.streams.run import Interrupted, Run, RunState, Say


class CoachingRun(Run):
    """``speak`` asks the coach; ``resumed`` when it welcomes the person back. ``outcome`` is there at the end.

    ``permit`` is refunded in a crisis.
    """

    def __init__(
        self, turn: CoachingTurn, speak: Callable[[Listener], Reply], permit: Permit, *, resumed: bool = False
    ) -> None:
        super().__init__(turn.id)
        self.outcome: Answer | AppError = Interrupted()
        self._turn = turn
        self._speak = speak
        self._permit = permit
        self._resumed = resumed
        self._reply: Reply | None = None

    def first_event(self) -> Event:
        return events.Start(self._turn.session.id, self.id)

    def produce(self, say: Say) -> None:
        self._reply = self._speak(Listener(say, self.admitted))
        if self._reply.safety.is_crisis:
            self._permit.refund()

    def finish(self, state: RunState, error: AppError | None) -> Event:
        reply = self._reply if state is RunState.COMPLETED else None
        try:
            return self._answer(reply) if reply else self._fail(error or Interrupted())
        except errors.CoachingError as lost:
            return self.failure(lost)

    def failure(self, error: AppError) -> Event:
        self.outcome = error
        return events.failed(error)

    @classmethod
    def renew(cls, runs: Sequence[Self]) -> set[str]:
        ids = {run.id for run in runs}
        with db.begin() as session:
            return ids - LEASE.renew(session, ids)

    def _answer(self, reply: Reply) -> Event:
        row = patiently(lambda: self._store(reply))
        if row is None:
            return self.failure(Unavailable())
        self.outcome = Answer(row, reply.message, reply.metadata, self._resumed)
        return events.end(self.outcome)

    def _store(self, reply: Reply) -> CoachingSession:
        """Message, result and end of the turn, together."""
        with db.begin() as session:
            row = sessions.release(session, self._turn)
            row.turn_metadata = reply.metadata
            row.disclosed_at = now() if "disclosure" in reply.metadata else row.disclosed_at
            if self._resumed:
                sessions.reopen(row)
            found = reply.safety.stored
            if found:
                sessions.mark(session, row, found)
            if reply.safety.is_crisis and row.messages == 0:
                row.context = withheld(row.context)
            if reply.message:
                sessions.say(session, row, "assistant", reply.message, found)
            if reply.result is not None:
                row.result = reply.result
                sessions.move(row, Status.COMPLETED)
        return row

    def _fail(self, error: AppError) -> Event:
        patiently(lambda: self._store_error(error))
        return self.failure(error)

    def _store_error(self, error: AppError) -> None:
        """The session is free again, and the person's words stay. One without a greeting is none: it goes."""
        with db.begin() as session:
            row = sessions.release(session, self._turn)
            row.turn_error = {"code": error.code, "text": error.text}
            if row.messages == 0:
                session.delete(row)


@dataclass(frozen=True, slots=True)
class CoachingSource:
    db: Database
    owner: Principal
    session_id: str
    id: str

    def ended(self) -> StoredStream | None:
        first = events.Start(self.session_id, self.id)
        try:
            with self.db.read() as session:
                row = sessions.find(session, self.owner, self.session_id)
                is_last = row.busy_with == self.id
                if is_last and sessions.is_busy(session, row):
                    return None
                answer = sessions.last_answer(session, row)
        except errors.CoachingError as gone:
            return StoredStream(first, "", events.failed(gone))
        if is_last and (error := error_of(row)):
            return StoredStream(first, "", events.failed(error))
        return StoredStream(first, answer.message if is_last else "", events.end(answer))


def error_of(row: CoachingSession) -> AppError | None:
    """Why a session's last turn, which runs no more, has failed. A process that died left its lease behind."""
    if row.turn_error is not None:
        return AppError(str(row.turn_error["text"]), code=str(row.turn_error["code"]))
    return Interrupted() if row.busy_until is not None else None
