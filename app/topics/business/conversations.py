"""Conversations about the business: with a memory, with the goal or issue they began from, with stored insights."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.db.session import Database
from app.llm.interfaces import Message
from app.topics.business import insights
from app.topics.business.models import Conversation, ConversationMessage
from app.topics.engine import Engine
from app.workspace.sources.interfaces import KEYS, DataAccess, Source

REMEMBERED = 40  # messages that the model sees
INSIGHTS = 20
SUBJECTS = {"goalId": Source.GOAL, "issueId": Source.ISSUE}
Body = dict[str, Any]


def initiate(db: Database, engine: Engine, access: DataAccess, body: Body) -> Body:
    """A new conversation; with a first message it is answered at once."""
    owner = access.principal
    row = Conversation(
        id=new_id("conv"), tenant_id=owner.tenant_id, user_id=owner.user_id, topic=body["topic"],
        context=body["context"] or {}, created_at=now(),
    )  # fmt: skip
    with db.begin() as session:
        session.add(row)
    data = {"id": row.id, "topic": row.topic, "createdAt": iso(row.created_at)}
    if (body["initialMessage"] or "").strip():
        data |= answer(db, engine, access, row.id, body["initialMessage"])["data"]
    return {"success": True, "data": data}


def answer(db: Database, engine: Engine, access: DataAccess, conversation_id: str, text: str) -> Body:
    """What is said is stored before the model is asked; said again after a failure, it is stored once."""
    with db.begin() as session:
        row = find(session, access.principal, conversation_id)
        said = _messages(session, row)
        again = bool(said) and (said[-1].role, said[-1].content) == ("user", text)
        if not again:
            _say(session, row, "user", text)
        known = insights.recent(session, access.principal, INSIGHTS)
    past = [Message(_role(one), one.content) for one in said[: len(said) - again]]
    data = _reply(engine, access, row, past, text, known)
    with db.begin() as session:
        _say(session, row, "assistant", data["response"])
    return {"success": True, "data": data}


def find(session: Session, principal: Principal, conversation_id: str) -> Conversation:
    mine = Conversation.tenant_id == principal.tenant_id, Conversation.user_id == principal.user_id
    row = session.scalar(select(Conversation).where(Conversation.id == conversation_id, *mine).with_for_update())
    if row is None:
        raise NotFound(f"Conversation not found: {conversation_id[:100]}")
    return row


def _reply(
    engine: Engine, access: DataAccess, row: Conversation, said: Sequence[Message], text: str, known: list[Body]
) -> Body:
    values: Body = {"topic": row.topic, "insights": known, "message": text}
    values["context"] = row.context | _subjects(engine, access, row.context)
    outcome = engine.execute(engine.run("conversation", values, access), past=said[-REMEMBERED:])
    ids = {insight["id"] for insight in known}
    related = [insight_id for insight_id in outcome.data["relatedInsights"] if insight_id in ids]
    return outcome.data | {"relatedInsights": related}


def _subjects(engine: Engine, access: DataAccess, context: Body) -> Body:
    """The goal and the issue that the conversation is about, if they are the caller's."""
    wanted = {source: str(context[name]) for name, source in SUBJECTS.items() if context.get(name)}
    if not wanted:
        return {}
    found = engine.sources.gather(set(wanted), access, {KEYS[source]: row_id for source, row_id in wanted.items()})
    return {str(source): document for source, document in found.items() if isinstance(document, dict)}


def _messages(session: Session, row: Conversation) -> Sequence[ConversationMessage]:
    query = select(ConversationMessage).where(ConversationMessage.conversation_id == row.id)
    return session.scalars(query.order_by(ConversationMessage.id)).all()


def _say(session: Session, row: Conversation, role: str, text: str) -> None:
    session.add(
        ConversationMessage(id=new_id("msg"), conversation_id=row.id, role=role, content=text, created_at=now())
    )


def _role(message: ConversationMessage) -> Any:
    return message.role
