"""What the model is told of the conversation: the newest messages that fit, the very first, a summary of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.care.safety import in_crisis, shown_to_models
from app.chat.models import ChatSession
from app.db.statements import Statement
from app.llm import prompts
from app.llm.interfaces import Message
from app.llm.tokens import estimate

TOKEN_BUDGET = 12_000
MOST_MESSAGES = 200
MOST_BYTES = 16 * TOKEN_BUDGET  # no text has more of them for a token

# Of the messages between two positions the first ones in an order, until those so far come to so many bytes: sizes are
# added up where the messages are, so that what the model can't be shown is not read.
READABLE = """SELECT position, role, content, attachment_ids, safety,
  role = 'assistant' AND author_name IS NOT NULL AS is_human FROM (
  SELECT position, role, content, attachment_ids, safety, author_name, sum(octet_length(content)) OVER (
    ORDER BY position {order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS spent
  FROM chat_messages WHERE session_id = :session AND position > :after AND position < :before
  ORDER BY position {order} LIMIT :messages
) AS sized WHERE spent IS NULL OR spent < :bytes ORDER BY position {order}"""
SAID_BEFORE = Statement("""SELECT content FROM chat_messages WHERE session_id = :session AND position < :before
  AND role = 'user' AND coalesce(safety ->> 'level', '') <> 'crisis' ORDER BY position DESC LIMIT :messages""")
NEWEST, OLDEST = (Statement(READABLE.format(order=order)) for order in ("DESC", "ASC"))


@dataclass(frozen=True, slots=True)
class History:
    """Messages in order, ending before the one to be answered. ``left_out`` tells that a summary is due.

    ``opening`` is what the coach began the conversation with; a person begins all others.
    ``attachments`` are the ids of what was given with them, newest first. ``has_human``: some are a human coach's.
    """

    messages: tuple[Message, ...]
    summary: str
    left_out: bool
    opening: str = ""
    attachments: tuple[str, ...] = ()
    has_human: bool = False

    def asking(self, question: str) -> tuple[Message, ...]:
        """The messages for the model, the question last."""
        return _alternating([*self.messages, Message("user", question)])


NONE = History((), "", False)


class MessageRow(NamedTuple):
    position: int
    role: Literal["user", "assistant"]
    content: str
    attachments: tuple[str, ...] = ()
    is_human: bool = False


def said_before(connection: Connection, session_id: str, before: int, most: int) -> list[str]:
    """What the person said last before the message at that position, oldest first."""
    values = {"session": session_id, "before": before, "messages": most}
    return [row.content for row in SAID_BEFORE.rows(connection, values)][::-1]


def load(session: Session | Connection, session_id: str, before: int) -> History:
    """The history of a session up to the message at position ``before``."""
    kept = newest_that_fit(session, session_id, before)
    if kept and kept[0].position == 1:
        return _history(kept, kept)
    first = readable(OLDEST, session, session_id, kept[0].position if kept else before, most=1)
    opening, first = _opening(first)
    if not kept or kept[0].position == len(opening) + 1:
        return _history(kept, kept, "".join(opening))
    known = session.execute(
        select(ChatSession.summary, ChatSession.summarised_through).where(ChatSession.id == session_id)
    ).one()
    left_out = known.summarised_through < kept[0].position - 1
    return _history([*first, *kept], kept, "".join(opening), known.summary or "", left_out)


def newest_that_fit(session: Session | Connection, session_id: str, before: int) -> list[MessageRow]:
    """Rows in the order of the conversation, beginning with something the person said."""
    kept = readable(NEWEST, session, session_id, before)
    while kept and kept[-1].role != "user":
        kept.pop()
    return kept[::-1]


def readable(
    which: Statement, session: Session | Connection, session_id: str, before: int, after: int = 0,
    most: int = MOST_MESSAGES,
) -> list[MessageRow]:  # fmt: skip
    """The ``NEWEST`` or ``OLDEST`` messages between two positions, as many as a prompt has room for; one at least."""
    values = {"session": session_id, "after": after, "before": before, "messages": most, "bytes": MOST_BYTES}
    budget, kept = TOKEN_BUDGET, list[MessageRow]()
    for row in which.rows(session, values):
        budget -= estimate(row.content)
        if budget < 0 and kept:
            break
        attachments = () if in_crisis(row.safety) else tuple(row.attachment_ids)
        shown = shown_to_models(row.role, row.content, row.safety)
        kept.append(MessageRow(row.position, row.role, shown, attachments, row.is_human))
    return kept


def _history(
    told: Sequence[MessageRow], kept: Sequence[MessageRow], opening: str = "", summary: str = "", left_out: bool = False
) -> History:
    has_human = any(row.is_human for row in told)
    return History(_as_messages(told), summary, left_out, opening, _attachments(kept), has_human)


def _opening(first: list[MessageRow]) -> tuple[list[str], list[MessageRow]]:
    """A first message of the coach's, apart from a person's: conversations with a model begin with the person."""
    said = [row.content for row in first if row.role == "assistant"]
    return said, [] if said else first


def _as_messages(rows: Sequence[MessageRow]) -> tuple[Message, ...]:
    return tuple(Message(row.role, _of_human(row.content) if row.is_human else row.content) for row in rows)


def _of_human(content: str) -> str:
    """The model is to know that it did not say this itself."""
    return f"<human_coach>\n{prompts.fenced(content)}\n</human_coach>"


def _attachments(rows: Sequence[MessageRow]) -> tuple[str, ...]:
    return tuple(one for row in reversed(rows) for one in row.attachments)


def _alternating(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Roles alternate for the model, whatever was cut or failed in between."""
    merged: list[Message] = []
    for message in messages:
        if merged and merged[-1].role == message.role:
            merged[-1] = Message(message.role, f"{merged[-1].content}\n\n{message.content}")
        else:
            merged.append(message)
    return tuple(merged)
