"""Coaching sessions as their endpoints need them: begun, continued, paused, ended. No session of the database is open
while the coach speaks."""

import time
from dataclasses import dataclass
from typing import Any

import gevent
import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.coaching import errors, sessions
from app.coaching.coach import Coach, Listener, Said
from app.coaching.models import LEASE, CoachingMessage, CoachingSession
from app.coaching.sessions import Limits, Turn
from app.coaching.states import Status
from app.core.clock import now
from app.core.errors import AppError, Conflict, Unavailable
from app.core.ids import new_id
from app.db.leases import RENEW_EVERY
from app.db.patience import patiently
from app.db.session import Database
from app.topics.engine import Engine
from app.topics.errors import TopicNotFound
from app.topics.topic import Kind
from app.turns.idempotency import Claim, claim
from app.workspace.sources.interfaces import DataAccess

PATIENCE = 60.0  # seconds that a second start waits for the first one's greeting
POLL = 0.1
OLD_SUFFIX = "_coaching"
Body = dict[str, Any]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """A session after a request, and what the coach said in it."""

    session: CoachingSession
    message: str
    metadata: Body | None = None
    resumed: bool = False


class CoachingService:
    """Where coaching happens. One per process."""

    def __init__(self, db: Database, engine: Engine, limits: Limits) -> None:
        self.db = db
        self.engine = engine
        self.limits = limits
        self._coach = Coach(engine)

    def topic_of(self, asked: str) -> str:
        """The id of a coaching topic, of which the older spelling is known too. Raises ``InvalidTopic``."""
        topic_id = asked.removesuffix(OLD_SUFFIX)
        try:
            topic = self.engine.topic(topic_id)
        except TopicNotFound:
            raise errors.InvalidTopic(asked) from None
        if topic.kind is not Kind.COACHING or not topic.active:
            raise errors.InvalidTopic(asked)
        return topic_id

    def start(self, access: DataAccess, asked: str, context: Body) -> Answer:
        """A new session, or the caller's live one of this topic: as it is, or greeted anew after a pause."""
        topic_id = self.topic_of(asked)
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            answer = self._begun(access, self._entered(access, topic_id, asked, context))
            if answer:
                return answer
            time.sleep(POLL)
        raise Unavailable("This session is still being opened", retry_after=2)

    def resume(self, access: DataAccess, session_id: str) -> Answer:
        """A paused or idle session goes on with a greeting; one that is active goes on as it is."""
        with self.db.begin() as session:
            row = sessions.find(session, access.principal, session_id, lock=True)
            if sessions.is_expired(row):
                raise errors.SessionExpired
            if row.status == Status.PAUSED or sessions.is_idle(row, self.limits):
                return self._welcome_back(session, row, access)
            if row.status != Status.ACTIVE:
                raise errors.SessionNotActive(f"Session is not active: it is {row.status}")
            return Answer(row, _last(session, row), resumed=True)

    def listen(self, access: DataAccess, session_id: str, text: str, wish: Claim | None = None) -> Turn:
        """Stores what the person says, and takes the session until the answer is there.

        With a ``wish`` that was granted before it is the turn of that time, which this request has not begun.
        """
        turn_id = new_id("turn")
        with self.db.begin() as session:
            row = sessions.find(session, access.principal, session_id, lock=True)
            first = claim(session, wish, turn_id, reused=Conflict) if wish else turn_id
            if first != turn_id:
                return Turn(first, row, is_new=False)
            sessions.check_open(row, self.limits)
            turn = sessions.take(session, row, turn_id)
            if turn.said[-1:] == [("user", text)]:  # sent again after a failure: it is stored and counted already
                return turn
            if row.turns >= row.max_turns:
                raise errors.MaxTurnsReached(row.max_turns)
            sessions.say(session, row, "user", text)
            turn.said.append(("user", text))
        return turn

    def answer(self, access: DataAccess, turn: Turn, listener: Listener | None = None) -> Answer:
        """What the coach says to it. When that fails, the session is free again and the person's words stay."""
        return self._spoken(turn, self._tried(turn, lambda: self._coach.answer(turn, access, listener)))

    def is_running(self, turn_id: str | None) -> bool:
        """Whether a process makes this turn's answer. Assumed while the database is away."""
        held = select(CoachingSession.id).where(CoachingSession.busy_with == turn_id, LEASE.is_held)
        try:
            with self.db.read() as session:
                return session.scalar(held) is not None
        except SQLAlchemyError:
            return True

    def pause(self, access: DataAccess, session_id: str) -> CoachingSession:
        return self._moved(access, session_id, Status.PAUSED)

    def cancel(self, access: DataAccess, session_id: str) -> CoachingSession:
        return self._moved(access, session_id, Status.CANCELLED)

    def complete(self, access: DataAccess, session_id: str) -> Answer:
        """Has the results written down from what was said. When that fails, the session goes on."""
        with self.db.begin() as session:
            row = sessions.find(session, access.principal, session_id, lock=True)
            if sessions.is_expired(row):
                raise errors.SessionExpired
            if row.status != Status.ACTIVE:
                raise errors.SessionNotActive(f"Session is not active: it is {row.status}")
            turn = sessions.take(session, row)
        return self._spoken(turn, self._tried(turn, lambda: self._coach.extract(turn, access)))

    def _begun(self, access: DataAccess, session_id: str) -> Answer | None:
        """The session as it goes on; None while another request has the coach greet, or when it has just ended."""
        with self.db.begin() as session:
            row = sessions.find_live(session, access.principal, session_id)
            if row is None:
                return None
            rested = row.status == Status.PAUSED or sessions.is_idle(row, self.limits)
            if row.messages and not rested:
                return Answer(row, _last(session, row), resumed=True)
            if sessions.is_busy(session, row):
                return None
            if rested:
                return self._welcome_back(session, row, access)
            turn = sessions.take(session, row)
        return self._opened(turn, access)

    def _entered(self, access: DataAccess, topic_id: str, asked: str, context: Body) -> str:
        """The id of the live session, which is made if there is none."""
        principal = access.principal
        with self.db.begin() as session:
            if topic_id in self.limits.exclusive:
                subject = f"coaching:{principal.tenant_id}:{topic_id}"
                session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))
                if sessions.held_by_others(session, principal, topic_id):
                    raise errors.SessionConflict
            row = sessions.live(session, principal, topic_id, lock=True)
            if row is not None and not sessions.is_expired(row):
                row.asked_as = asked
                return row.id
            if row is not None:
                row.status = Status.CANCELLED
                session.flush()
            made = sessions.create(session, principal, topic_id, asked, context, self.limits)
        return made or self._entered(access, topic_id, asked, context)

    def _opened(self, turn: Turn, access: DataAccess) -> Answer:
        """A session without a greeting is none: when the coach can't speak, it is gone again."""
        try:
            said = self._tried(turn, lambda: self._coach.open(turn, access))
        except AppError:
            with self.db.begin() as session:
                unopened = CoachingSession.id == turn.session.id, CoachingSession.messages == 0
                session.execute(delete(CoachingSession).where(*unopened))
            raise
        return self._spoken(turn, said)

    def _welcome_back(self, session: Session, row: CoachingSession, access: DataAccess) -> Answer:
        turn = sessions.take(session, row)
        session.commit()
        said = self._tried(turn, lambda: self._coach.resume(turn, access))
        with self.db.begin() as again:
            mine = self._given(again, turn)
            if mine.status == Status.PAUSED:
                sessions.move(mine, Status.ACTIVE)
            mine.last_activity = now()
            sessions.say(again, mine, "assistant", said.message)
        return Answer(mine, said.message, said.metadata, resumed=True)

    def _tried(self, turn: Turn, speak: Any) -> Said:
        """The session stays the turn's for as long as the coach speaks, however many calls that takes."""
        renewing = gevent.spawn(self._renew_until_killed, turn)
        try:
            said: Said = speak()
        except BaseException:
            with self.db.begin() as session:
                sessions.give(session, turn)
            raise
        finally:
            renewing.kill(block=False)
        return said

    def _renew_until_killed(self, turn: Turn) -> None:
        while True:
            gevent.sleep(RENEW_EVERY)
            try:
                with self.db.begin() as session:
                    LEASE.renew(session, [turn.id])
            except SQLAlchemyError as error:
                log.warning("coaching_lease_not_renewed", reason=type(error).__name__)

    def _spoken(self, turn: Turn, said: Said) -> Answer:
        """Message, result and end of a turn, stored together, also when the database is away for half a minute."""
        stored = patiently(lambda: self._stored(turn, said))
        if stored is None:
            raise Unavailable
        return Answer(stored, said.message, said.metadata)

    def _stored(self, turn: Turn, said: Said) -> CoachingSession:
        with self.db.begin() as session:
            row = self._given(session, turn)
            if said.message:
                sessions.say(session, row, "assistant", said.message)
            if said.is_final:
                row.result = said.result
                sessions.move(row, Status.COMPLETED)
        return row

    def _given(self, session: Session, turn: Turn) -> CoachingSession:
        row = sessions.give(session, turn)
        if row is None:
            raise errors.SessionBusy
        return row

    def _moved(self, access: DataAccess, session_id: str, wanted: Status) -> CoachingSession:
        with self.db.begin() as session:
            row = sessions.find(session, access.principal, session_id, lock=True)
            if sessions.is_expired(row) and wanted is Status.PAUSED:
                raise errors.SessionExpired
            if sessions.is_busy(session, row):
                raise errors.SessionBusy
            sessions.move(row, wanted)
        return row


def _last(session: Session, row: CoachingSession) -> str:
    """What the coach said last."""
    query = select(CoachingMessage.content).where(
        CoachingMessage.session_id == row.id, CoachingMessage.role == "assistant"
    )
    return session.scalar(query.order_by(CoachingMessage.place.desc()).limit(1)) or ""
