"""Background work: conversations that have gone quiet are looked through for what is worth remembering."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select, text, update
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care.levels import Level
from app.care.safety import in_crisis
from app.chat.models import IS_ANSWERED, UNREAD, ChatMessage, ChatSession
from app.core.clock import now
from app.db.rows import each
from app.db.session import db
from app.jobs.models import Job, JobState, QueueName
from app.jobs.queue import queue
from app.jobs.registry import JobDefinition, PeriodicJob
from app.llm.tokens import estimate
from app.memory import finding, keeping, settings
from app.memory.interfaces import Conversation, Line
from app.memory.models import Fact
from app.provenance.sources import MESSAGE, Source, version_of
from app.turns.pipeline import Pipeline
from app.web.container import resolve

JOB = "chat.remember"
QUIET = timedelta(minutes=10)  # nobody has said anything for so long: the conversation is over
WITHIN = timedelta(days=7)  # one that ended earlier, as when workers were away, is let go
PAUSE = timedelta(hours=1)  # after a try that failed
MOST_AT_ONCE = 500  # conversations
MOST_MESSAGES, TOKEN_BUDGET = 80, 8_000  # in one go


@dataclass(frozen=True, slots=True)
class Unread:
    """What was said since the conversation was last looked through; ``until`` is how far it goes."""

    chat: ChatSession
    conversation: Conversation
    known: Sequence[Fact]
    until: datetime


def begin_due() -> None:
    """One job for each conversation that has gone quiet."""
    with db.read() as session:
        found = session.execute(_due(now()).limit(MOST_AT_ONCE)).all()
    each(JOB, found, _ask_for)


def remember(session_id: str) -> None:
    """What was said is looked through once, whoever else does it; no transaction waits for the model."""
    with db.read() as session:
        chat = session.get(ChatSession, session_id)
        told = _unread(session, chat) if chat else None
    if told is None:
        return
    found = finding.facts_in(resolve(Pipeline), told.conversation, told.known)
    with db.begin() as session:
        if _hold(session, told.chat):
            keeping.keep(session, told.conversation.owner, found)
            its = ChatSession.id == session_id
            session.execute(update(ChatSession).where(its).values(remembered_at=told.until))


def _due(moment: datetime) -> Select[str, str, str]:
    columns = select(ChatSession.id, ChatSession.tenant_id, ChatSession.user_id)
    is_quiet = ChatSession.updated_at.between(moment - WITHIN, moment - QUIET)
    waits = text(f"({UNREAD}) AND NOT {IS_ANSWERED.format(session='chat_sessions.id')}")
    return columns.where(is_quiet, waits, ~_is_asked_for(moment)).order_by(ChatSession.updated_at)


def _is_asked_for(moment: datetime) -> ColumnElement[bool]:
    """A worker has not got to it yet, is at it, or failed a moment ago."""
    same = Job.tenant_id == ChatSession.tenant_id, Job.user_id == ChatSession.user_id
    its = Job.name == JOB, Job.arguments["session_id"].astext == ChatSession.id
    is_open = Job.state.in_([JobState.QUEUED, JobState.RUNNING])
    failed = and_(Job.state == JobState.FAILED, Job.created_at > moment - PAUSE)
    return exists().where(*same, *its, or_(is_open, failed))


def _ask_for(found: Row[str, str, str]) -> None:
    session_id, tenant, user = found
    with db.begin() as session:
        queue.enqueue(session, JOB, tenant, user, session_id=session_id)


def _unread(session: Session, chat: ChatSession) -> Unread:
    owner = Principal(chat.user_id, chat.tenant_id)
    wanted = settings.read(session, owner)
    rows = _said(session, chat, wanted.since) if wanted.enabled else []
    shown = _fitting(rows)
    lines = [_line(row) for row in shown if not in_crisis(row.safety)]
    is_whole = len(shown) == len(rows) < MOST_MESSAGES
    until = max([*([chat.updated_at] if is_whole else []), *(row.created_at for row in shown[-1:])])
    return Unread(chat, Conversation(owner, lines), keeping.known(session, owner), until)


def _said(session: Session, chat: ChatSession, since: datetime | None) -> Sequence[ChatMessage]:
    after = [moment for moment in (chat.remembered_at, since) if moment]
    query = select(ChatMessage).where(ChatMessage.session_id == chat.id)
    query = query.where(ChatMessage.created_at > max(after)) if after else query
    return session.scalars(query.order_by(ChatMessage.position).limit(MOST_MESSAGES)).all()


def _fitting(rows: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
    """The first ones, as many as the budget holds; one at least. The rest comes next time."""
    left = TOKEN_BUDGET
    for place, row in enumerate(rows):
        left -= estimate(row.content)
        if left < 0 and place:
            return rows[:place]
    return rows


def _line(row: ChatMessage) -> Line:
    source = Source(MESSAGE, row.id, version_of(row.created_at))
    is_heavy = row.safety is not None and row.safety.get("level") == Level.CONCERN
    return Line(source, row.role == "user", row.content, row.created_at, is_heavy)


def _hold(session: Session, chat: ChatSession) -> bool:
    """Whether nobody else has looked through it. Who deletes it, or something of it, waits for us."""
    as_read = ChatSession.remembered_at.is_not_distinct_from(chat.remembered_at)
    its = select(ChatSession.id).where(ChatSession.id == chat.id, as_read)
    return session.scalar(its.with_for_update(key_share=True)) is not None


JOBS = (
    JobDefinition(JOB, remember, QueueName.BATCH),
    PeriodicJob("chat.remember_quiet", begin_due, every=60),
)
