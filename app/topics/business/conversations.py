"""Conversations about the business: with a memory, with the goal or issue they began from, with stored insights."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.core.json import JSONObject, JSONValue, texts_of
from app.db.leases import DEADLINE, renewing
from app.db.ownership import owner_columns
from app.db.pages import last_page
from app.db.session import Database
from app.llm.choices import known_id
from app.llm.interfaces import Message
from app.topics.business import insights
from app.topics.business.models import LEASE, Conversation, ConversationMessage
from app.topics.business.schemas import NewConversation
from app.topics.engine import Engine
from app.workspace.sources.interfaces import KEYS, DataAccess, Source

HISTORY_LIMIT = 40  # messages that the model sees
INSIGHTS = 20
SUBJECTS = {"goalId": Source.GOAL, "issueId": Source.ISSUE}
# A lease with so little left is renewed no more. The claim of the request that died runs out a moment earlier, and who
# has waited for that one shall find the conversation free.
NO_MORE = timedelta(seconds=2)


class ConversationBusy(Conflict):
    code, text = "SESSION_BUSY", "Another message of this conversation is being answered"


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to answer a message, which is stored, and what is known then: said before, and found out."""

    id: str
    conversation: Conversation
    text: str
    history: tuple[Message, ...]
    insights: list[JSONObject]


def start(db: Database, engine: Engine, access: DataAccess, body: NewConversation) -> dict[str, JSONValue]:
    """A new conversation; with a first message it is answered at once."""
    own = owner_columns(access.principal)
    row = Conversation(id=new_id("conv"), **own, topic=body.topic, context=body.context or {}, created_at=now())
    with db.begin() as session:
        session.add(row)
    data: JSONObject = {"id": row.id, "topic": row.topic, "createdAt": iso(row.created_at)}
    first = (body.initialMessage or "").strip()
    reply = answer(db, engine, access, row.id, body.initialMessage or "") if first else {}
    return {"success": True, "data": {**data, **reply}}


def answer(db: Database, engine: Engine, access: DataAccess, conversation_id: str, text: str) -> JSONObject:
    """One message at a time. Raises ``ConversationBusy``; when the answer fails, the next message is taken at once."""
    turn = _listen(db, access.principal, conversation_id, text)
    with _answering(db, turn):
        data = _generate(engine, access, turn)
        _store(db, access.principal, turn, str(data["response"]))
    return data


def find(session: Session, principal: Principal, conversation_id: str) -> Conversation:
    mine = Conversation.id == conversation_id, Conversation.owned_by(principal)
    row = session.scalar(select(Conversation).where(*mine).with_for_update())
    if row is None:
        raise NotFound(f"Conversation not found: {conversation_id[:100]}")
    return row


def _listen(db: Database, principal: Principal, conversation_id: str, text: str) -> Turn:
    """What is said is stored before the model is asked; said again after a failure, it is stored once."""
    turn_id = new_id("turn")
    with db.begin() as session:
        row = find(session, principal, conversation_id)
        if _is_busy(session, row):
            raise ConversationBusy
        row.busy_until, row.busy_with = DEADLINE, turn_id
        before = _last_messages(session, row, HISTORY_LIMIT + 1)
        again = bool(before) and (before[-1].role, before[-1].content) == ("user", text)
        if not again:
            _add_message(session, row, "user", text)
        known = insights.recent(session, principal, INSIGHTS)
    said = before[: len(before) - again][-HISTORY_LIMIT:]
    history = (Message("user" if one.role == "user" else "assistant", one.content) for one in said)
    return Turn(turn_id, row, text, tuple(history), known)


def _is_busy(session: Session, row: Conversation) -> bool:
    held = Conversation.busy_until > func.clock_timestamp() + NO_MORE
    return session.scalar(select(Conversation.id).where(Conversation.id == row.id, held)) is not None


@contextmanager
def _answering(db: Database, turn: Turn) -> Iterator[None]:
    """Keeps the conversation for this turn, and frees it if there is no answer. ``_store`` frees it with one."""
    key, its = turn.conversation.id, Conversation.busy_with == turn.id

    def renew() -> None:
        with db.begin() as session:
            LEASE.renew(session, [key], its)

    def free() -> None:
        with suppress(SQLAlchemyError), db.begin() as session:  # else the lease runs out
            LEASE.release(session, key, its)

    with ExitStack() as undo, renewing(renew):
        undo.callback(free)
        yield
        undo.pop_all()


def _store(db: Database, principal: Principal, turn: Turn, text: str) -> None:
    """Raises ``ConversationBusy`` when the lease ended and another message took its place."""
    with db.begin() as session:
        row = find(session, principal, turn.conversation.id)
        if row.busy_with != turn.id:
            raise ConversationBusy
        row.busy_until = row.busy_with = None
        _add_message(session, row, "assistant", text)


def _generate(engine: Engine, access: DataAccess, turn: Turn) -> JSONObject:
    row = turn.conversation
    context = {**row.context, **_subjects(engine, access, row.context)}
    values: JSONObject = {"topic": row.topic, "insights": turn.insights, "message": turn.text, "context": context}
    outcome = engine.execute(engine.call("conversation", values, access, turn.history))
    ids = {str(insight["id"]) for insight in turn.insights}
    related = dict.fromkeys(known_id(name, ids) for name in texts_of(outcome.data["relatedInsights"]))
    return {
        **outcome.data,
        "relatedInsights": [name for name in related if name],
    }


def _subjects(engine: Engine, access: DataAccess, context: JSONObject) -> JSONObject:
    """The goal and the issue that the conversation is about, if they are the caller's."""
    wanted = {source: str(context[name]) for name, source in SUBJECTS.items() if context.get(name)}
    if not wanted:
        return {}
    found = engine.sources.gather(set(wanted), access, {KEYS[source]: row_id for source, row_id in wanted.items()})
    return {str(source): document for source, document in found.items() if isinstance(document, dict)}


def _last_messages(session: Session, row: Conversation, limit: int) -> Sequence[ConversationMessage]:
    query = select(ConversationMessage).where(ConversationMessage.conversation_id == row.id)
    return last_page(session, query, ConversationMessage.id, limit).items


def _add_message(session: Session, row: Conversation, role: str, text: str) -> None:
    session.add(
        ConversationMessage(id=new_id("msg"), conversation_id=row.id, role=role, content=text, created_at=now())
    )
