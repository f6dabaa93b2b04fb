"""Sessions: made, listed, read, renamed, deleted; each its owner's."""

from collections import defaultdict

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.auth.principals import Principal
from app.chat.admission import SESSION_NOT_FOUND, AdmittedTurn, find_turn
from app.chat.models import LEASE, UNTITLED, ChatMessage, ChatSession, ChatTurn
from app.core.clock import now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page
from app.streams.run import RunState

MOST_WHOLE, MOST_MESSAGES = 200, 100  # sessions that are listed with messages, and messages of each


def create(session: Session, principal: Principal, title: str | None, personality_id: str | None) -> ChatSession:
    moment = now()
    row = ChatSession(
        **owner_columns(principal), id=new_id("session"), title=title or UNTITLED, personality_id=personality_id,
        message_count=0, summarised_through=0, created_at=moment, updated_at=moment, messages=[],
    )  # fmt: skip
    session.add(row)
    return row


def page(session: Session, principal: Principal, request: PageRequest) -> Page[ChatSession]:
    """The caller's sessions, last used first."""
    query = select(ChatSession).where(ChatSession.owned_by(principal))
    return keyset_page(session, query, ChatSession.updated_at, principal, request, counted=True)


def list_whole(session: Session, principal: Principal) -> list[ChatSession]:
    """The caller's sessions, last used first, each with its newest messages."""
    rows = {row.id: row for row in page(session, principal, PageRequest(MOST_WHOLE)).items}
    newest = ChatMessage.position > ChatSession.message_count - MOST_MESSAGES
    query = select(ChatMessage).join(ChatSession, ChatSession.id == ChatMessage.session_id)
    said = defaultdict[str, list[ChatMessage]](list)
    for message in session.scalars(query.where(ChatSession.id.in_(rows), newest).order_by(ChatMessage.position)):
        said[message.session_id].append(message)
    for row in rows.values():
        set_committed_value(row, "messages", said[row.id])
    return list(rows.values())


def find(session: Session, principal: Principal, session_id: str, *, whole: bool = False) -> ChatSession:
    """The caller's session; the ``whole`` of it has all its messages."""
    query = select(ChatSession).where(ChatSession.id == session_id, ChatSession.owned_by(principal))
    row = session.scalar(query.options(selectinload(ChatSession.messages)) if whole else query)
    if row is None:
        raise NotFound(SESSION_NOT_FOUND)
    return row


def rename(session: Session, principal: Principal, session_id: str, title: str) -> ChatSession:
    change = update(ChatSession).where(ChatSession.id == session_id, ChatSession.owned_by(principal))
    changed = change.values(title=title.strip(), updated_at=now()).returning(ChatSession)
    row: ChatSession | None = session.scalar(changed)
    if row is None:
        raise NotFound(SESSION_NOT_FOUND)
    return row


def remove(session: Session, principal: Principal, session_id: str) -> str | None:
    """Deletes the session with all its messages; the id of the turn that may still run in it."""
    find(session, principal, session_id)
    turn = session.scalar(select(ChatTurn.id).where(ChatTurn.session_id == session_id, ChatTurn.finished_at.is_(None)))
    session.execute(delete(ChatSession).where(ChatSession.id == session_id, ChatSession.owned_by(principal)))
    return turn


def turn_of(session: Session, principal: Principal, session_id: str, turn_id: str | None = None) -> AdmittedTurn:
    """The session's turn of that id, or its last one. Raises ``NotFound``."""
    turn = find_turn(session, principal, session_id, turn_id)
    if turn is None:
        raise NotFound("No such turn in this session" if turn_id else "Nothing has been said in this session yet")
    return turn


def turn_by_id(session: Session, principal: Principal, turn_id: str) -> AdmittedTurn:
    """The caller's turn, in whatever session. Raises ``NotFound``."""
    place = select(ChatTurn.session_id).where(ChatTurn.id == turn_id, ChatTurn.owned_by(principal))
    session_id = session.scalar(place)
    if session_id is None:
        raise NotFound("No such turn")
    return turn_of(session, principal, session_id, turn_id)


def running_turn(session: Session, principal: Principal, session_id: str) -> AdmittedTurn | None:
    query = select(ChatTurn.id).where(ChatTurn.session_id == session_id, ChatTurn.state == RunState.RUNNING)
    turn_id = session.scalar(query)
    return turn_of(session, principal, session_id, turn_id) if turn_id else None


def lost_turn(session: Session, principal: Principal, session_id: str) -> str | None:
    """The id of the session's turn, if its process is gone."""
    lost = ChatTurn.session_id == session_id, ChatTurn.state == RunState.RUNNING, LEASE.is_expired
    return session.scalar(select(ChatTurn.id).where(ChatTurn.owned_by(principal), *lost))
