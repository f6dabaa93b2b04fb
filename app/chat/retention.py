"""Conversations that go on while what was said in them long ago goes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from app.chat.admission import preview, title_of
from app.chat.models import UNTITLED, ChatMessage, ChatSession

MESSAGES_LOOKED_AT, SESSIONS_AT_ONCE = 500, 10
FAR = 2**30  # no conversation is so long


def remove_old(session: Session, old: ColumnElement[bool]) -> int:
    """Of a few sessions the messages that are old, with what was made of them; how many.

    A message that comes meanwhile waits: admission locks the session's row too.
    """
    found = session.scalars(select(ChatMessage.session_id).where(old).limit(MESSAGES_LOOKED_AT))
    ids = sorted(set(found))[:SESSIONS_AT_ONCE]
    held = select(ChatSession).where(ChatSession.id.in_(ids)).order_by(ChatSession.id).with_for_update()
    chats = session.scalars(held).all()
    gone = old, ChatMessage.session_id.in_(ids)
    first = ChatMessage.position == 1, ChatMessage.role == "user"
    words = select(ChatMessage.session_id, ChatMessage.content).where(*gone, *first)
    titles = {session_id: title_of(content) for session_id, content in session.execute(words)}
    removed: CursorResult[Any] = session.execute(delete(ChatMessage).where(*gone))  # type: ignore[assignment]
    _renumber(session, ids)
    for chat in chats:
        _mend(session, chat, titles.get(chat.id))
    return removed.rowcount


def _renumber(session: Session, ids: Sequence[str]) -> None:
    """Positions count from 1 without gaps; on their way they are where no other is."""
    its = ChatMessage.session_id.in_(ids)
    place = func.row_number().over(partition_by=ChatMessage.session_id, order_by=ChatMessage.position)
    placed = select(ChatMessage.id, place.label("place")).where(its).subquery()
    for change in (
        update(ChatMessage).where(ChatMessage.id == placed.c.id).values(position=placed.c.place + FAR),
        update(ChatMessage).where(its).values(position=ChatMessage.position - FAR),
    ):
        session.execute(change.execution_options(synchronize_session=False))


def _mend(session: Session, chat: ChatSession, title: str | None) -> None:
    """What the session says of its messages; ``title`` is what the first one had made, if that is gone."""
    its = select(ChatMessage).where(ChatMessage.session_id == chat.id)
    last = session.scalar(its.order_by(ChatMessage.position.desc()).limit(1))
    chat.message_count, chat.last_message = (last.position, preview(last.content)) if last else (0, None)
    chat.summary, chat.summarised_through = None, 0
    if chat.title == title:
        said = its.where(ChatMessage.role == "user", ChatMessage.safety.is_(None))
        now_first = session.scalar(said.order_by(ChatMessage.position).limit(1))
        chat.title = title_of(now_first.content) if now_first else UNTITLED
