"""What the model is told of the conversation: the newest messages that fit, the very first, a summary of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import Session

from app.chat.models import ChatMessage, ChatSession
from app.llm.interfaces import Message
from app.llm.tokens import estimate

TOKEN_BUDGET = 12_000
MOST_MESSAGES = 200


@dataclass(frozen=True, slots=True)
class History:
    """Messages in order, ending before the one to be answered. ``left_out`` tells that a summary is due."""

    messages: tuple[Message, ...]
    summary: str
    left_out: bool

    def asking(self, question: str) -> tuple[Message, ...]:
        """The messages for the model, the question last."""
        return _alternating([*self.messages, Message("user", question)])


NONE = History((), "", False)
COLUMNS = (ChatMessage.position, ChatMessage.role, ChatMessage.content)
MessageRow = Row[int, str, str]


def load(session: Session | Connection, session_id: str, before: int) -> History:
    """The history of a session up to the message at position ``before``."""
    kept = newest_that_fit(session, session_id, before)
    if not kept or kept[0].position == 1:
        return History(_as_messages(kept), "", False)
    opening = select(*COLUMNS).where(ChatMessage.session_id == session_id).order_by(ChatMessage.position).limit(1)
    first = session.execute(opening).all()
    known = session.execute(
        select(ChatSession.summary, ChatSession.summarised_through).where(ChatSession.id == session_id)
    ).one()
    return History(_as_messages([*first, *kept]), known.summary or "", known.summarised_through < kept[0].position - 1)


def newest_that_fit(session: Session | Connection, session_id: str, before: int) -> list[MessageRow]:
    """Rows in the order of the conversation, beginning with something the person said."""
    earlier = (ChatMessage.session_id == session_id, ChatMessage.position < before)
    newest = session.execute(
        select(*COLUMNS).where(*earlier).order_by(ChatMessage.position.desc()).limit(MOST_MESSAGES)
    )
    budget, kept = TOKEN_BUDGET, []
    for row in newest:
        budget -= estimate(row.content)
        if budget < 0:
            break
        kept.append(row)
    while kept and kept[-1].role != "user":
        kept.pop()
    return kept[::-1]


def _as_messages(rows: Sequence[MessageRow]) -> tuple[Message, ...]:
    return tuple(Message(row.role, row.content) for row in rows)


def _alternating(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Roles alternate for the model, whatever was cut or failed in between."""
    merged: list[Message] = []
    for message in messages:
        if merged and merged[-1].role == message.role:
            merged[-1] = Message(message.role, f"{merged[-1].content}\n\n{message.content}")
        else:
            merged.append(message)
    return tuple(merged)
