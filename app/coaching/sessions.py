"""Sessions in the database: found, judged, locked for one turn at a time. No model is called in here."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care.safety import in_crisis, shown_to_models
from app.coaching import errors
from app.coaching.models import COMPLETE, LEASE, LIVE_ROWS, MESSAGE, CoachingMessage, CoachingSession
from app.coaching.states import LIVE, MOVES, Status
from app.core.clock import now
from app.core.ids import joined, new_id, run_id
from app.core.json import JSONObject
from app.db.leases import DEADLINE
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page, last_page
from app.turns.idempotency import Claim

HEARD = 250  # messages of a session that a turn knows: more than people may send, and a greeting now and then


@dataclass(frozen=True, slots=True)
class Limits:
    """What a session may last; ``exclusive`` topics are held by one person of a tenant at a time."""

    max_turns: int = 10
    idle: timedelta = timedelta(minutes=30)
    life: timedelta = timedelta(days=14)
    exclusive: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What a person says in a session. ``last_event_id`` when a reader asks again for the rest of a stream."""

    session_id: str
    text: str
    claim: Claim | None = None
    last_event_id: str | None = None


@dataclass(frozen=True, slots=True)
class SessionsRequest(PageRequest):
    include_completed: bool = False


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """The newest ``limit`` messages of a session, or those before the place ``before``."""

    session_id: str
    limit: int
    before: int | None = None


class Said(NamedTuple):
    """``shown`` is what a model may see of it."""

    role: str
    content: str
    safety: JSONObject | None = None

    @property
    def shown(self) -> str:
        return shown_to_models(self.role, self.content, self.safety)


@dataclass(frozen=True, slots=True)
class CoachingTurn:
    """Leave to speak in a session, and what was said in it lately, in order."""

    id: str
    session: CoachingSession
    said: list[Said] = field(default_factory=list)
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A session after a request, and what the coach said in it; ``is_new`` if a model was asked for this request."""

    session: CoachingSession
    message: str
    metadata: JSONObject | None = None
    resumed: bool = False
    is_new: bool = True


def find(session: Session, principal: Principal, session_id: str, *, lock: bool = False) -> CoachingSession:
    """The caller's own. A colleague's is told apart, anybody else's does not exist."""
    query = select(CoachingSession).where(
        CoachingSession.id == session_id, CoachingSession.tenant_id == principal.tenant_id
    )
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise errors.SessionNotFound(session_id)
    if row.user_id != principal.user_id:
        raise errors.SessionAccessDenied
    return row


def live(session: Session, principal: Principal, topic_id: str, *, lock: bool = False) -> CoachingSession | None:
    its = CoachingSession.topic_id == topic_id, CoachingSession.status.in_(LIVE)
    query = select(CoachingSession).where(CoachingSession.owned_by(principal), *its)
    return session.scalar(query.with_for_update() if lock else query)


def find_live(session: Session, principal: Principal, session_id: str) -> CoachingSession | None:
    """The caller's own, locked; None when it has ended since it was found, or is gone."""
    try:
        row = find(session, principal, session_id, lock=True)
    except errors.SessionNotFound:
        return None
    return row if row.status in LIVE else None


def held_by_others(session: Session, principal: Principal, topic_id: str) -> bool:
    query = select(CoachingSession.id).where(
        CoachingSession.tenant_id == principal.tenant_id,
        CoachingSession.user_id != principal.user_id,
        CoachingSession.topic_id == topic_id,
        CoachingSession.status.in_(LIVE),
        CoachingSession.expires_at > now(),
    )
    return session.scalar(query.limit(1)) is not None


def mine(session: Session, principal: Principal, asked: SessionsRequest) -> Page[CoachingSession]:
    """Newest first; those that have ended only when they are wanted."""
    query = select(CoachingSession).where(CoachingSession.owned_by(principal))
    if not asked.include_completed:
        query = query.where(CoachingSession.status.in_(LIVE), CoachingSession.expires_at > now())
    return keyset_page(session, query, CoachingSession.created_at, principal, asked)


def create(
    session: Session, principal: Principal, topic_id: str, asked_as: str, context: JSONObject, limits: Limits
) -> str | None:
    """The id of the new session; None when another request was quicker."""
    moment = now()
    row = insert(CoachingSession).values(
        id=new_id("sess"), **owner_columns(principal), topic_id=topic_id,
        asked_as=asked_as, status=Status.ACTIVE, context=context, turns=0, messages=0, max_turns=limits.max_turns,
        last_activity=moment, expires_at=moment + limits.life, created_at=moment, updated_at=moment,
    )  # fmt: skip
    row = row.on_conflict_do_nothing(index_elements=["tenant_id", "user_id", "topic_id"], index_where=LIVE_ROWS)
    return session.scalar(row.returning(CoachingSession.id))


def newest_of_each(session: Session, principal: Principal) -> Sequence[CoachingSession]:
    """Of each topic and status, newest first."""
    kind = CoachingSession.topic_id, CoachingSession.status
    query = select(CoachingSession).where(CoachingSession.owned_by(principal)).ext(distinct_on(*kind))
    rows = session.scalars(query.order_by(*kind, CoachingSession.created_at.desc(), CoachingSession.id.desc()))
    return sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True)


def messages(session: Session, row: CoachingSession, limit: int, before: int | None = None) -> Page[CoachingMessage]:
    """The newest, or those before a place."""
    query = select(CoachingMessage).where(CoachingMessage.session_id == row.id)
    query = query.where(CoachingMessage.place < before) if before else query
    return last_page(session, query, CoachingMessage.place, limit)


def last_said(session: Session, row: CoachingSession, role: str = "assistant") -> str:
    its = CoachingMessage.session_id == row.id, CoachingMessage.role == role
    query = select(CoachingMessage.content).where(*its).order_by(CoachingMessage.place.desc())
    return session.scalar(query.limit(1)) or ""


def last_answer(session: Session, row: CoachingSession) -> Answer:
    """Once more; no model is asked."""
    return Answer(row, last_said(session, row), row.turn_metadata, is_new=False)


def shown_again(session: Session, row: CoachingSession) -> Answer:
    """A session that goes on as it is. Call it with the row locked: who is shown the last answer has got it."""
    row.may_repeat = None
    return replace(last_answer(session, row), resumed=True)


def note_arrival(session: Session, turn: CoachingTurn) -> None:
    """The answer was handed over. A session that a message has ended keeps its mark: no other can be said in it."""
    its = CoachingSession.id == turn.session.id, CoachingSession.busy_with == turn.id
    may_go_on = CoachingSession.status.in_(LIVE) | (CoachingSession.may_repeat == COMPLETE)
    arrived = update(CoachingSession).where(*its, may_go_on).values(may_repeat=None)
    session.execute(arrived.execution_options(synchronize_session=False))


def acquire(session: Session, row: CoachingSession, turn_id: str | None = None) -> CoachingTurn:
    """The session is the caller's to speak in until ``release`` or the lease ends. Call it with the row locked."""
    if is_busy(session, row):
        raise errors.SessionBusy
    row.busy_until, row.busy_with = DEADLINE, turn_id or run_id("turn", joined(row.tenant_id, row.user_id))
    row.turn_error = row.may_repeat = None
    said = [Said(one.role, one.content, one.safety) for one in messages(session, row, HEARD).items]
    return CoachingTurn(row.busy_with, row, said)


def release(session: Session, turn: CoachingTurn) -> CoachingSession:
    """The row, locked and free again. Raises ``SessionBusy`` when the lease ended and somebody else has it."""
    its = CoachingSession.id == turn.session.id, CoachingSession.busy_with == turn.id
    query = select(CoachingSession).where(*its, CoachingSession.busy_until.is_not(None))
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise errors.SessionBusy
    row.busy_until = None
    return row


def is_busy(session: Session, row: CoachingSession) -> bool:
    """Whether a turn makes an answer in it, on whatever machine: by the database's clock."""
    held = select(CoachingSession.id).where(CoachingSession.id == row.id, LEASE.is_held)
    return row.busy_until is not None and session.scalar(held) is not None


def is_repeated(session: Session, row: CoachingSession, text: str) -> bool:
    """Whether a message is the last one, sent again by a client that may not have got its answer."""
    return may_repeat(row, MESSAGE) and last_said(session, row, "user") == text


def may_repeat(row: CoachingSession, request: str) -> bool:
    """Not while it runs, nor when it failed."""
    return row.may_repeat == request and row.busy_until is None and row.turn_error is None


def is_expired(row: CoachingSession) -> bool:
    return row.expires_at <= now() and row.status != Status.COMPLETED


def is_idle(row: CoachingSession, limits: Limits) -> bool:
    return row.status == Status.ACTIVE and row.last_activity + limits.idle < now()


def is_resting(row: CoachingSession, limits: Limits) -> bool:
    """Whether it goes on with a greeting."""
    return row.status == Status.PAUSED or is_idle(row, limits)


def say(session: Session, row: CoachingSession, role: str, content: str, safety: JSONObject | None = None) -> None:
    """``safety`` is what care found; what somebody says in a crisis is no turn."""
    moment = now()
    row.messages += 1
    row.turns += role == "user" and not in_crisis(safety)
    row.updated_at = moment
    if role == "user":
        row.last_activity = moment
    session.add(
        CoachingMessage(
            session_id=row.id, place=row.messages, role=role, content=content, safety=safety, created_at=moment
        )
    )  # fmt: skip


def mark(session: Session, row: CoachingSession, safety: JSONObject) -> None:
    """The person's last message has what care found; one that was counted, and was said in a crisis, is no turn."""
    its = CoachingMessage.session_id == row.id, CoachingMessage.role == "user"
    last = session.scalar(select(CoachingMessage).where(*its).order_by(CoachingMessage.place.desc()).limit(1))
    if last is not None and last.place == row.messages:
        row.turns -= in_crisis(safety) and not in_crisis(last.safety)
        last.safety = safety


def move(row: CoachingSession, wanted: Status) -> None:
    """Raises ``SessionNotActive`` for a move that the table does not have."""
    if wanted not in MOVES[Status(row.status)]:
        raise errors.SessionNotActive(f"Session is not active: it is {row.status}")
    row.status, row.updated_at = wanted, now()
    if wanted is Status.COMPLETED:
        row.completed_at = row.updated_at


def reopen(row: CoachingSession) -> None:
    row.last_activity = now()
    if row.status == Status.PAUSED:
        move(row, Status.ACTIVE)


def check_active(row: CoachingSession) -> None:
    """Raises ``SessionExpired`` or ``SessionNotActive``."""
    if is_expired(row):
        raise errors.SessionExpired
    if row.status != Status.ACTIVE:
        raise errors.SessionNotActive(f"Session is not active: it is {row.status}")


def check_open(row: CoachingSession, limits: Limits) -> None:
    """Whether a message may be sent, in the order in which the contract's codes exclude each other."""
    check_active(row)
    if is_idle(row, limits):
        raise errors.SessionIdle
