"""Conversations about the business: with a memory, with the goal or issue they began from, with stored insights."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.json import JSONObject, JSONValue, texts_of
from app.db.ownership import owner_columns
from app.db.pages import last_page
from app.db.session import Database
from app.llm.choices import known_id
from app.llm.interfaces import Message
from app.topics.business import insights
from app.topics.business.models import Conversation, ConversationMessage
from app.topics.business.schemas import NewConversation
from app.topics.engine import Engine
from app.workspace.sources.interfaces import KEYS, DataAccess, Source

HISTORY_LIMIT = 40  # messages that the model sees
INSIGHTS = 20
SUBJECTS = {"goalId": Source.GOAL, "issueId": Source.ISSUE}


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
    """What is said is stored before the model is asked; said again after a failure, it is stored once."""
    with db.begin() as session:
        row = find(session, access.principal, conversation_id)
        before = _last_messages(session, row, HISTORY_LIMIT + 1)
        again = bool(before) and (before[-1].role, before[-1].content) == ("user", text)
        if not again:
            _add_message(session, row, "user", text)
        known = insights.recent(session, access.principal, INSIGHTS)
    said = before[: len(before) - again]
    history = [Message("user" if one.role == "user" else "assistant", one.content) for one in said]
    data = _generate(engine, access, row, history, text, known)
    with db.begin() as session:
        _add_message(session, row, "assistant", str(data["response"]))
    return data


def find(session: Session, principal: Principal, conversation_id: str) -> Conversation:
    mine = Conversation.id == conversation_id, Conversation.owned_by(principal)
    row = session.scalar(select(Conversation).where(*mine).with_for_update())
    if row is None:
        raise NotFound(f"Conversation not found: {conversation_id[:100]}")
    return row


def _generate(
    engine: Engine, access: DataAccess, row: Conversation, history: list[Message], text: str, known: list[JSONObject]
) -> JSONObject:
    context = {**row.context, **_subjects(engine, access, row.context)}
    values: JSONObject = {"topic": row.topic, "insights": known, "message": text, "context": context}
    outcome = engine.execute(engine.call("conversation", values, access, tuple(history[-HISTORY_LIMIT:])))
    ids = {str(insight["id"]) for insight in known}
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
