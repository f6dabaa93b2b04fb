"""The turns of this process: begun, cancelled, kept alive, and drained when the process goes down."""

from collections import defaultdict
from dataclasses import dataclass, replace

import gevent
import structlog
from gevent.lock import BoundedSemaphore
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from app.auth.principals import Principal
from app.chat import admission, history, reaper
from app.chat.admission import Ask, SessionBusy, Turn
from app.chat.generation import Generation
from app.chat.history import History
from app.chat.models import ChatTurn, TurnState
from app.chat.telling import Telling
from app.core import weeks
from app.core.errors import Unavailable
from app.db.session import Database
from app.jobs import queue
from app.limits.permits import Permit
from app.llm.interfaces import Embedder, ProviderError
from app.llm.registry import Models
from app.personalities import persona
from app.personalities.persona import Coach
from app.retrieval import context
from app.retrieval.search import Hit, Vector, pieces, search
from app.streams.log import EventLog
from app.streams.signals import signals

RENEW_EVERY = 8.0  # seconds, against a lease of 30
AT_ONCE = 8  # messages that are being admitted: of a rush the first are answered first, instead of all of them late
STORING = 3.0  # seconds that an interrupted turn gets to store what it said
CANCEL = "chat.cancel"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Known:
    """What an answer draws on: the conversation so far, what the person has on the question, and who answers.

    The documents carry the dates that the person's calendar showed.
    """

    past: History
    hits: list[Hit]
    coach: Coach


class Desk:
    """Where turns, and whatever else is told in streams, are made. One per process."""

    def __init__(self, db: Database, broker: EventLog, models: Models, embedder: Embedder | None) -> None:
        self.db = db
        self.broker = broker
        self.models = models
        self._embedder = embedder
        self._door = BoundedSemaphore(AT_ONCE)
        self._running: dict[str, tuple[Telling, gevent.Greenlet]] = {}
        self._keeper: gevent.Greenlet | None = None
        self.draining = False
        signals.subscribe(CANCEL, self._cancel_here)

    def ask(self, ask: Ask, permit: Permit) -> Turn:
        """Admits a message and starts its turn; the answer is read with ``following.follow``.

        Raises ``NotFound``, ``SessionBusy``, ``Unprocessable`` (idempotency key) or ``Unavailable`` (going down).
        """
        self.refuse_when_draining()
        turn = self._admit(ask)
        if turn.is_new:
            self.begin(Generation(self, turn, permit))
        else:
            permit.refund()
        return turn

    def refuse_when_draining(self) -> None:
        if self.draining:
            raise Unavailable("The service is restarting", retry_after=1)

    def begin(self, telling: Telling) -> None:
        """Has it told, whether or not anybody listens, and keeps it alive until it ends."""
        greenlet = gevent.spawn(telling.run)
        self._running[telling.id] = (telling, greenlet)
        greenlet.rawlink(lambda _: self._running.pop(telling.id, None))
        if self._keeper is None or self._keeper.dead:
            self._keeper = gevent.spawn(self._keep)

    def gather(self, turn: Turn) -> Known:
        question, owner = turn.question["content"], turn.principal
        vector = self._vector(question)
        with self.db.single() as connection:
            past = history.load(connection, turn.session_id, turn.position) if turn.position > 1 else history.NONE
            hits = search(connection, owner.tenant_id, owner.user_id, question, vector)
            chosen = context.choose(hits, question)
            told = context.whole(chosen, pieces(connection, owner.tenant_id, owner.user_id, chosen))
            coach = persona.of(connection, owner, turn.personality_id)
        dated = [replace(hit, dated_at=weeks.local(hit.dated_at, coach.zone)) for hit in told]
        return Known(past, dated, coach)

    def summarise(self, turn: Turn) -> None:
        """Has a worker take into the summary what the model no longer sees of the session."""
        owner = turn.principal
        with self.db.begin() as session:
            queue.enqueue(session, "chat.summarise", owner.tenant_id, owner.user_id, session_id=turn.session_id)

    def cancel(self, turn_id: str) -> None:
        """Stops a turn on whatever process it runs; the flag reaches one that misses the word."""
        with self.db.begin() as session:
            running = (ChatTurn.id == turn_id) & (ChatTurn.state == TurnState.RUNNING)
            session.execute(update(ChatTurn).where(running).values(cancel_requested=True))
        self.stop(turn_id)

    def stop(self, telling_id: str) -> None:
        """Stops what is told under this id, on whatever process."""
        signals.publish(CANCEL, telling_id)

    def drain(self, seconds: float) -> None:
        """No new turns; those that run may finish, and what is left after ``seconds`` ends as interrupted."""
        self.draining = True
        running = list(self._running.values())
        greenlets = [greenlet for _, greenlet in running]
        gevent.joinall(greenlets, timeout=seconds)
        for telling, _ in running:
            telling.interrupt()
        gevent.joinall(greenlets, timeout=STORING)
        self.broker.flush()

    def _admit(self, ask: Ask) -> Turn:
        with self._door:
            try:
                return admission.admit(self.db, ask)
            except SessionBusy:
                if ask.session_id is None or not self._bury(ask.principal, ask.session_id):
                    raise
            return admission.admit(self.db, ask)

    def _bury(self, principal: Principal, session_id: str) -> bool:
        """Ends the session's turn if its process is gone; whether there was one."""
        with self.db.read() as session:
            orphan = reaper.of_session(session, principal, session_id)
        return orphan is not None and reaper.settle(self.db, self.broker, orphan)

    def _vector(self, question: str) -> Vector | None:
        """Without it, or when it can't be had now, words and recency must do."""
        if self._embedder is None:
            return None
        try:
            return Vector(self._embedder.embed([question])[0], self._embedder.model)
        except ProviderError as error:
            log.warning("question_not_embedded", kind=error.kind)
            return None

    def _cancel_here(self, turn_id: str) -> None:
        if turn_id in self._running:
            self._running[turn_id][0].cancel()

    def _keep(self) -> None:
        while self._running:
            gevent.sleep(RENEW_EVERY)
            try:
                self._renew()
            except SQLAlchemyError as error:
                log.warning("turns_not_renewed", reason=type(error).__name__)

    def _renew(self) -> None:
        kinds: defaultdict[type[Telling], list[Telling]] = defaultdict(list)
        for telling, _ in self._running.values():
            kinds[type(telling)].append(telling)
        for kind, tellings in kinds.items():
            with self.db.begin() as session:
                unwanted = kind.renew(session, tellings)
            for telling_id in unwanted:
                self._cancel_here(telling_id)
