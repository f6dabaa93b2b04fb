"""Sessions: made, listed, read, renamed, deleted; each its owner's."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.chat.admission import SESSION_NOT_FOUND, AdmittedTurn, of_row
from app.chat.models import LEASE, UNTITLED, ChatMessage, ChatSession, ChatTurn
from app.core.clock import now
from app.core.errors import BadRequest, NotFound
from app.core.ids import new_id
from app.streams.run import RunState


def create(session: Session, principal: Principal, title: str | None, personality_id: str | None) -> ChatSession:
    moment = now()
    row = ChatSession(
        id=new_id("session"), tenant_id=principal.tenant_id, user_id=principal.user_id, title=title or UNTITLED,
        personality_id=personality_id, message_count=0, summarised_through=0, created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(row)
    return row


def page(session: Session, principal: Principal, limit: int, cursor: str | None) -> dict[str, Any]:
    """The caller's sessions, last used first: ``{sessions, total, nextCursor}``."""
    mine = _mine(principal)
    query = select(ChatSession).where(*mine).order_by(ChatSession.updated_at.desc(), ChatSession.id.desc())
    if cursor:
        query = query.where(tuple_(ChatSession.updated_at, ChatSession.id) < _place(session, principal, cursor))
    rows = session.scalars(query.limit(limit + 1)).all()
    total = session.scalar(select(func.count()).select_from(ChatSession).where(*mine))
    return {"sessions": rows[:limit], "total": total, "nextCursor": rows[limit - 1].id if len(rows) > limit else None}


def find(session: Session, principal: Principal, session_id: str) -> ChatSession:
    row = session.scalar(select(ChatSession).where(ChatSession.id == session_id, *_mine(principal)))
    if row is None:
        raise NotFound(SESSION_NOT_FOUND)
    return row


def messages(session: Session, session_id: str) -> Sequence[ChatMessage]:
    """All messages of a session that is known to be the caller's."""
    query = select(ChatMessage).where(ChatMessage.session_id == session_id).order_by(ChatMessage.position)
    return session.scalars(query).all()


def rename(session: Session, principal: Principal, session_id: str, title: str) -> ChatSession:
    change = update(ChatSession).where(ChatSession.id == session_id, *_mine(principal))
    row: ChatSession | None = session.scalar(
        change.values(title=title.strip(), updated_at=now()).returning(ChatSession)
    )
    if row is None:
        raise NotFound(SESSION_NOT_FOUND)
    return row


def remove(session: Session, principal: Principal, session_id: str) -> str | None:
    """Deletes the session with all its messages; the id of the turn that may still run in it."""
    find(session, principal, session_id)
    turn = session.scalar(select(ChatTurn.id).where(ChatTurn.session_id == session_id, ChatTurn.finished_at.is_(None)))
    session.execute(delete(ChatSession).where(ChatSession.id == session_id, *_mine(principal)))
    return turn


def turn_of(session: Session, principal: Principal, session_id: str, turn_id: str | None = None) -> AdmittedTurn:
    """The session's turn of that id, or its last one. Raises ``NotFound``."""
    find(session, principal, session_id)
    query = select(ChatTurn).where(ChatTurn.session_id == session_id).order_by(ChatTurn.id.desc()).limit(1)
    row = session.scalar(query.where(ChatTurn.id == turn_id) if turn_id else query)
    if row is None:
        raise NotFound("No such turn in this session" if turn_id else "Nothing has been said in this session yet")
    return of_row(session, row, principal)


def running_turn(session: Session, principal: Principal, session_id: str) -> AdmittedTurn | None:
    """The turn that runs in a session of the caller's."""
    query = select(ChatTurn.id).where(ChatTurn.session_id == session_id, ChatTurn.state == RunState.RUNNING)
    turn_id = session.scalar(query)
    return turn_of(session, principal, session_id, turn_id) if turn_id else None


def lost_turn(session: Session, principal: Principal, session_id: str) -> str | None:
    """The id of the session's turn, if its process is gone."""
    mine = ChatTurn.tenant_id == principal.tenant_id, ChatTurn.user_id == principal.user_id
    lost = ChatTurn.state == RunState.RUNNING, LEASE.is_expired
    return session.scalar(select(ChatTurn.id).where(ChatTurn.session_id == session_id, *mine, *lost))


def _mine(principal: Principal) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ChatSession.tenant_id == principal.tenant_id, ChatSession.user_id == principal.user_id


def _place(session: Session, principal: Principal, cursor: str) -> Any:
    query = select(ChatSession.updated_at, ChatSession.id).where(ChatSession.id == cursor, *_mine(principal))
    row = session.execute(query).one_or_none()
    if row is None:
        raise BadRequest("cursor is not one of this list")
    return tuple(row)
