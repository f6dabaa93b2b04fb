"""Conversations about the business: with a memory, with the goal or issue they began from, with stored insights."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care import disclosure
from app.care.safety import shown_to_models, without_crises
from app.care.service import Care
from app.care.words import Words
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
from app.topics.topic import Outcome
from app.turns.trace import Answer
from app.workspace.sources.interfaces import KEYS, DataAccess, Source

FEATURE = "topics.conversation"
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
    """Leave to answer a message, which is stored, and what is known then: said before, and found out.

    With ``discloses`` the answer says that a machine gives it.
    """

    id: str
    conversation: Conversation
    message_id: str
    text: str
    history: tuple[Message, ...]
    insights: list[JSONObject]
    discloses: bool
    answer_id: str = field(default_factory=lambda: new_id("msg"))


def start(db: Database, engine: Engine, access: DataAccess, body: NewConversation) -> dict[str, JSONValue]:
    """A new conversation; with a first message it is answered at once."""
    own = owner_columns(access.principal)
    moment = now()
    row = Conversation(
        id=new_id("conv"), **own, topic=body.topic, context=body.context or {}, disclosed_at=moment, created_at=moment
    )  # fmt: skip
    with db.begin() as session:
        session.add(row)
    told = disclosure.text_for(access.principal.place)
    data: JSONObject = {"id": row.id, "topic": row.topic, "createdAt": iso(row.created_at), "disclosure": told}
    first = (body.initialMessage or "").strip()
    reply = answer(db, engine, access, row.id, body.initialMessage or "") if first else {}
    return {"success": True, "data": {**data, **reply}}


def answer(db: Database, engine: Engine, access: DataAccess, conversation_id: str, text: str) -> JSONObject:
    """One message at a time. Raises ``ConversationBusy``; when the answer fails, the next message is taken at once."""
    turn = _listen(db, engine.pipeline.care, access.principal, conversation_id, text)
    with _answering(db, turn):
        outcome = _generate(engine, access, turn)
        _store(db, access.principal, turn, outcome)
    told = {"disclosure": disclosure.text_for(access.principal.place)} if turn.discloses else {}
    return {**_related(turn, outcome.data), "metadata": {**outcome.metadata, **told}}


def place_of(db: Database, principal: Principal, conversation_id: str, text: str) -> str:
    """The id of what was said last before these words: the same while they are answered, and after it."""
    mine = Conversation.id == conversation_id, Conversation.owned_by(principal)
    with db.read() as session:
        row = session.scalar(select(Conversation).where(*mine))
        said = _last_messages(session, row, 3) if row else []
    exchange = said[-2:] if said and said[-1].role == "assistant" else said[-1:]
    is_theirs = bool(exchange) and (exchange[0].role, exchange[0].content) == ("user", text)
    before = said[: -len(exchange)] if is_theirs else said
    return before[-1].id if before else ""


def find(session: Session, principal: Principal, conversation_id: str) -> Conversation:
    mine = Conversation.id == conversation_id, Conversation.owned_by(principal)
    row = session.scalar(select(Conversation).where(*mine).with_for_update())
    if row is None:
        raise NotFound(f"Conversation not found: {conversation_id[:100]}")
    return row


def _listen(db: Database, care: Care, principal: Principal, conversation_id: str, text: str) -> Turn:
    """What is said is stored before the model is asked; said again after a failure, it is stored once."""
    turn_id = new_id("turn")
    safety = care.look(Words(principal.tenant_id, principal.user_id, FEATURE, text, place=principal.place))
    with db.begin() as session:
        row = find(session, principal, conversation_id)
        if _is_busy(session, row):
            raise ConversationBusy
        row.busy_until, row.busy_with = DEADLINE, turn_id
        before = _last_messages(session, row, HISTORY_LIMIT + 1)
        again = bool(before) and (before[-1].role, before[-1].content) == ("user", text)
        asked = before[-1] if again else _add_message(session, row, "user", text, safety.stored)
        known = insights.recent(session, principal, INSIGHTS)
    said = before[: len(before) - again][-HISTORY_LIMIT:]
    due = disclosure.is_due(row.disclosed_at)
    return Turn(turn_id, row, asked.id, text, tuple(map(_shown, said)), known, due)


def _shown(one: ConversationMessage) -> Message:
    text = shown_to_models(one.role, one.content, one.safety)
    return Message("user" if one.role == "user" else "assistant", text)


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


def _store(db: Database, principal: Principal, turn: Turn, outcome: Outcome) -> None:
    """Raises ``ConversationBusy`` when the lease ended and another message took its place."""
    found = outcome.safety.stored
    with db.begin() as session:
        row = find(session, principal, turn.conversation.id)
        if row.busy_with != turn.id:
            raise ConversationBusy
        row.busy_until = row.busy_with = None
        row.disclosed_at = now() if turn.discloses else row.disclosed_at
        _add_message(session, row, "assistant", str(outcome.data["response"]), found, turn.answer_id)
        if found:
            asked = update(ConversationMessage).where(ConversationMessage.id == turn.message_id)
            session.execute(asked.values(safety=found))


def _generate(engine: Engine, access: DataAccess, turn: Turn) -> Outcome:
    row = turn.conversation
    context = {**row.context, **_subjects(engine, access, row.context)}
    about = without_crises({"topic": row.topic, "context": context})
    values: JSONObject = {**about, "insights": turn.insights, "message": turn.text}
    call = replace(engine.call("conversation", values, access, turn.history), said=turn.text)
    return engine.execute(call, speaks="response", answer=Answer(turn.answer_id, row.id))


def _related(turn: Turn, data: JSONObject) -> JSONObject:
    """The stored insights that the answer names."""
    ids = {str(insight["id"]) for insight in turn.insights}
    related = dict.fromkeys(known_id(name, ids) for name in texts_of(data.get("relatedInsights")))
    return {**data, "relatedInsights": [name for name in related if name]}


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


def _add_message(
    session: Session, row: Conversation, role: str, text: str, safety: JSONObject | None, message_id: str = ""
) -> ConversationMessage:
    made = ConversationMessage(
        id=message_id or new_id("msg"), conversation_id=row.id, role=role, content=text, safety=safety, created_at=now()
    )
    session.add(made)
    return made
