"""Coaching sessions as their endpoints need them: begun, continued, paused, ended. No session of the database is open
while the coach speaks."""

import time
from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy.orm import Session

from app.care.safety import Safety
from app.coaching import errors, events, sessions
from app.coaching.coach import Coach, words_of
from app.coaching.coaching_run import CoachingRun, CoachingSource, error_of
from app.coaching.models import COMPLETE, MESSAGE, CoachingSession
from app.coaching.reply import Listener, Reply
from app.coaching.sessions import Answer, CoachingTurn, Limits, NewMessage, Said
from app.coaching.states import Status
from app.core.errors import AppError, BadRequest, Conflict, Unavailable
from app.core.ids import joined, run_id
from app.core.json import JSONObject
from app.db.locks import advisory_lock
from app.db.patience import patiently
from app.db.session import Database
from app.limits.permits import Permit
from app.streams import reader
from app.streams.events import Cursor, cursor_of
from app.streams.runner import Runner
from app.topics.engine import Engine
from app.topics.errors import TopicNotFound
from app.topics.topic import OLD_SUFFIX, Kind
from app.turns.idempotency import claim, point_to
from app.workspace.sources.interfaces import DataAccess

PATIENCE = 60.0  # seconds that a start waits for greetings that other requests began


class CoachingService:
    """Where coaching happens. One per process."""

    def __init__(self, db: Database, engine: Engine, runner: Runner, limits: Limits) -> None:
        self.engine = engine
        self.limits = limits
        self._db = db
        self._runner = runner
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

    def start(self, access: DataAccess, permit: Permit, asked: str, context: JSONObject) -> Answer:
        """A new session, or the caller's live one of this topic: as it is, or greeted anew after a pause."""
        topic_id = self.topic_of(asked)
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            answer = self._greeted(access, permit, self._live_session(access, topic_id, asked, context))
            if answer:
                return answer
        raise Unavailable("This session is still being opened", retry_after=2)

    def resume(self, access: DataAccess, permit: Permit, session_id: str) -> Answer:
        """A paused or idle session goes on with a greeting; one that is active goes on as it is."""
        with self._db.begin() as session:
            row = sessions.find(session, access.principal, session_id, lock=True)
            if sessions.is_expired(row):
                raise errors.SessionExpired
            if not sessions.is_resting(row, self.limits):
                sessions.check_active(row)
                return sessions.shown_again(session, row)
            turn = self._acquire(session, row)
        return self._run(turn, partial(self._coach.welcome_back, turn, access), permit, resumed=True)

    def answer(self, access: DataAccess, permit: Permit, message: NewMessage, is_waiting: Callable[[], bool]) -> Answer:
        """What the coach says to a message. When that fails, the session is free again and the message stays.

        ``is_waiting`` tells whether the client is still there for the answer.
        """
        turn = self._listen(access, message)
        speak = partial(self._coach.answer, turn, access)
        answer = self._run(turn, speak, permit) if turn.is_new else self._known(turn)
        self._hand_over(turn, is_waiting)
        return answer

    def stream(
        self, access: DataAccess, message: NewMessage, is_waiting: Callable[[], bool], permit: Permit
    ) -> Iterator[bytes]:
        """The same as events. Raises what refuses a message before the first one. What is told again is not counted."""
        cursor = cursor_of(message.last_event_id, "turn")
        turn = self._followed(access, message, cursor) if cursor else None
        if turn is None:
            turn, cursor = self._listen(access, message), None
        if turn.is_new:
            self._runner.begin(CoachingRun(turn, partial(self._coach.answer, turn, access), permit))
        else:
            permit.refund()
        return self._told(access, turn, cursor, is_waiting)

    def resume_stream(
        self, access: DataAccess, session_id: str, last_event_id: str | None, is_waiting: Callable[[], bool]
    ) -> Iterator[bytes]:
        """The session's last turn from an event's id on; all of it without one."""
        cursor = cursor_of(last_event_id, "turn")
        with self._db.read() as session:
            row = sessions.find(session, access.principal, session_id)
        return self._told(access, CoachingTurn(_last_turn(row, cursor), row, is_new=False), cursor, is_waiting)

    def move(self, access: DataAccess, session_id: str, wanted: Status) -> CoachingSession:
        with self._db.begin() as session:
            row = sessions.find(session, access.principal, session_id, lock=True)
            if sessions.is_expired(row) and wanted is Status.PAUSED:
                raise errors.SessionExpired
            if sessions.is_busy(session, row):
                raise errors.SessionBusy
            sessions.move(row, wanted)
        return row

    def complete(self, access: DataAccess, permit: Permit, session_id: str, is_waiting: Callable[[], bool]) -> Answer:
        """Has the results written down from what was said. When that fails, the session goes on."""
        with self._db.begin() as session:
            row = sessions.find(session, access.principal, session_id, lock=True)
            if row.status == Status.COMPLETED and sessions.may_repeat(row, COMPLETE):
                turn = CoachingTurn(row.busy_with or "", row, is_new=False)
            else:
                sessions.check_active(row)
                turn = self._acquire(session, row)
                row.may_repeat = COMPLETE
        written = Answer(row, "", row.turn_metadata, is_new=False)
        answer = self._run(turn, partial(self._coach.extract, turn, access), permit) if turn.is_new else written
        self._hand_over(turn, is_waiting)
        return answer

    def _greeted(self, access: DataAccess, permit: Permit, session_id: str) -> Answer | None:
        """The session as it goes on; None after another request had the coach greet, or when it has just ended."""
        turn = None
        with self._db.begin() as session:
            row = sessions.find_live(session, access.principal, session_id)
            if row is None:
                return None
            is_resting, is_busy = sessions.is_resting(row, self.limits), sessions.is_busy(session, row)
            if row.messages and not is_resting:
                return sessions.shown_again(session, row)
            if not is_busy:
                turn = self._acquire(session, row)
        if turn is None:
            reader.wait(self._runner, self._source(access, session_id, row.busy_with or ""))
            return None
        greet = self._coach.welcome_back if is_resting else self._coach.greet
        return self._run(turn, partial(greet, turn, access), permit, resumed=is_resting)

    def _live_session(self, access: DataAccess, topic_id: str, asked: str, context: JSONObject) -> str:
        """The id of the live session, which is made if there is none."""
        principal = access.principal
        with self._db.begin() as session:
            if topic_id in self.limits.exclusive:
                advisory_lock(session, f"coaching:{joined(principal.tenant_id, topic_id)}")
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
        return made or self._live_session(access, topic_id, asked, context)

    def _listen(self, access: DataAccess, message: NewMessage) -> CoachingTurn:
        """Stores what the person says, and takes the session until the answer is there.

        With a key that an earlier request used, and for a message that is sent again, it is that one's turn, which is
        not begun again unless it failed.
        """
        turn_id, text = run_id("turn", access.principal.key), message.text
        with self._db.begin() as session:
            row = sessions.find(session, access.principal, message.session_id, lock=True)
            earlier = self._earlier_turn(session, row, message, turn_id)
            if earlier:
                return CoachingTurn(earlier, row, is_new=False)
            sessions.check_open(row, self.limits)
            turn = self._acquire(session, row, turn_id)
            row.may_repeat = MESSAGE
            if [one[:2] for one in turn.said[-1:]] == [("user", text)]:  # sent again after a failure: it is counted
                return turn
            turn.said.append(Said("user", text))
            safety = self._look(access, turn)
            if row.turns >= row.max_turns and not safety.is_crisis:
                raise errors.MaxTurnsReached(row.max_turns)
            sessions.say(session, row, "user", text, safety.stored)
        return turn

    def _look(self, access: DataAccess, turn: CoachingTurn) -> Safety:
        return self.engine.pipeline.care.look(words_of(access.principal, turn.session, turn.said))

    def _earlier_turn(self, session: Session, row: CoachingSession, message: NewMessage, turn_id: str) -> str | None:
        """The id of the turn that has answered this message, or is at it; None when ``turn_id`` is to answer."""
        key = message.claim
        first = claim(session, key, turn_id, reused=Conflict) if key else turn_id
        if first != turn_id and (row.busy_with != first or sessions.is_busy(session, row) or not error_of(row)):
            return first
        answered = row.busy_with if sessions.is_repeated(session, row, message.text) else None
        if answered and row.status != Status.COMPLETED:
            sessions.check_open(row, self.limits)
        if key and first != (answered or turn_id):
            point_to(session, key, answered or turn_id)
        return answered

    def _followed(self, access: DataAccess, message: NewMessage, cursor: Cursor) -> CoachingTurn | None:
        """The turn that a reader asks for again; None when it says something else. Raises ``BadRequest``."""
        with self._db.read() as session:
            row = sessions.find(session, access.principal, message.session_id)
            turn_id = _last_turn(row, cursor)
            is_same = sessions.last_said(session, row, "user") == message.text
        return CoachingTurn(turn_id, row, is_new=False) if is_same else None

    def _known(self, turn: CoachingTurn) -> Answer:
        with self._db.read() as session:
            return sessions.last_answer(session, turn.session)

    def _hand_over(self, turn: CoachingTurn, is_waiting: Callable[[], bool]) -> None:
        """Notes that a client gets the answer, just before it does: what it sends next is the next message."""
        if is_waiting():
            patiently(lambda: self._note_arrival(turn), seconds=0)

    def _note_arrival(self, turn: CoachingTurn) -> None:
        with self._db.begin() as session:
            sessions.note_arrival(session, turn)

    def _told(
        self, access: DataAccess, turn: CoachingTurn, cursor: Cursor | None, is_waiting: Callable[[], bool]
    ) -> Iterator[bytes]:
        source = self._source(access, turn.session.id, turn.id)
        for frames in reader.read(self._runner, source, cursor):
            if events.END in frames:
                self._hand_over(turn, is_waiting)
            yield frames

    def _acquire(self, session: Session, row: CoachingSession, turn_id: str | None = None) -> CoachingTurn:
        """Raises ``SessionBusy``, or ``Unavailable`` when the process is going down."""
        self._runner.admit()
        return sessions.acquire(session, row, turn_id)

    def _run(
        self, turn: CoachingTurn, speak: Callable[[Listener], Reply], permit: Permit, *, resumed: bool = False
    ) -> Answer:
        """A turn to its end, for a client that waits."""
        run = CoachingRun(turn, speak, permit, resumed=resumed)
        self._runner.start(run).join()
        if isinstance(run.outcome, AppError):
            raise run.outcome
        return run.outcome

    def _source(self, access: DataAccess, session_id: str, turn_id: str) -> CoachingSource:
        return CoachingSource(self._db, access.principal, session_id, turn_id)


def _last_turn(row: CoachingSession, cursor: Cursor | None) -> str:
    if row.busy_with is None or (cursor and cursor.run_id != row.busy_with):
        raise BadRequest("Last-Event-ID is not one of this session's last answer")
    return row.busy_with
