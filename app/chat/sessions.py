"""Sessions: made, listed, read, renamed, deleted; each its owner's."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.actions.models import Action, ActionState
from app.auth.principals import Principal
from app.care import disclosure
from app.chat import attached
from app.chat.admission import SESSION_NOT_FOUND, AdmittedTurn, find_turn
from app.chat.attached import Said
from app.chat.models import LEASE, UNTITLED, WITH_ACTIONS, ChatMessage, ChatSession, ChatTurn
from app.core.clock import now
from app.core.errors import BadRequest, NotFound
from app.core.ids import new_id
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page, last_page
from app.streams.run import RunState

MOST_WHOLE = 200  # sessions that are listed with messages
MOST_OF_EACH, MOST_IN_ALL = 100, 1000  # messages in that list


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """The newest ``limit`` messages, or those before the message with the id ``before``."""

    limit: int
    before: str | None = None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A session with some of its messages in order; ``has_more`` tells of earlier ones."""

    subject: ChatSession
    messages: Sequence[Said] = ()
    has_more: bool = False
    disclosure: str = ""  # of a new one

    @property
    def next_before(self) -> str | None:
        return self.messages[0].subject.id if self.has_more and self.messages else None


def create(session: Session, principal: Principal, title: str | None, personality_id: str | None) -> SessionPage:
    moment = now()
    row = ChatSession(
        **owner_columns(principal), id=new_id("session"), title=title or UNTITLED, personality_id=personality_id,
        message_count=0, summarised_through=0, disclosed_at=moment, created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(row)
    return SessionPage(row, disclosure=disclosure.text_for(principal.place))


def page(session: Session, principal: Principal, request: PageRequest) -> Page[ChatSession]:
    """The caller's sessions, last used first."""
    query = select(ChatSession).where(ChatSession.owned_by(principal))
    return keyset_page(session, query, ChatSession.updated_at, principal, request, counted=True)


def list_whole(session: Session, principal: Principal) -> list[SessionPage]:
    """The caller's sessions, last used first, each with its newest messages: some of each before more of any."""
    rows = page(session, principal, PageRequest(MOST_WHOLE)).items
    age = ChatSession.message_count - ChatMessage.position
    query = select(ChatMessage).join(ChatSession, ChatSession.id == ChatMessage.session_id)
    query = query.where(ChatSession.id.in_([row.id for row in rows]), age < MOST_OF_EACH)
    said = defaultdict[str, list[ChatMessage]](list)
    for message in session.scalars(
        query.order_by(age, ChatSession.updated_at.desc()).limit(MOST_IN_ALL).options(WITH_ACTIONS)
    ):
        said[message.session_id].insert(0, message)
    shown = {row.id: attached.shown(session, principal, said[row.id]) for row in rows}
    return [SessionPage(row, shown[row.id], len(shown[row.id]) < row.message_count) for row in rows]


def find(session: Session, principal: Principal, session_id: str) -> ChatSession:
    """The caller's session."""
    row = session.scalar(select(ChatSession).where(ChatSession.id == session_id, ChatSession.owned_by(principal)))
    if row is None:
        raise NotFound(SESSION_NOT_FOUND)
    return row


def read(session: Session, principal: Principal, asked: MessagesRequest, session_id: str) -> SessionPage:
    row = find(session, principal, session_id)
    query = select(ChatMessage).where(ChatMessage.session_id == row.id).options(WITH_ACTIONS)
    if asked.before:
        query = query.where(ChatMessage.position < _position(session, row, asked.before))
    found = last_page(session, query, ChatMessage.position, asked.limit)
    return SessionPage(row, attached.shown(session, principal, found.items), found.has_more)


def _position(session: Session, row: ChatSession, message_id: str) -> int:
    its = ChatMessage.id == message_id, ChatMessage.session_id == row.id
    position = session.scalar(select(ChatMessage.position).where(*its))
    if position is None:
        raise BadRequest("before is not a message of this session")
    return position


def rename(session: Session, principal: Principal, session_id: str, title: str) -> ChatSession:
    change = update(ChatSession).where(ChatSession.id == session_id, ChatSession.owned_by(principal))
    changed = change.values(title=title.strip(), updated_at=now()).returning(ChatSession)
    row: ChatSession | None = session.scalar(changed)
    if row is None:
        raise NotFound(SESSION_NOT_FOUND)
    return row


def remove(session: Session, principal: Principal, session_id: str) -> str | None:
    """Deletes the session with its messages, what was given with them, and what was proposed and is not done; the id
    of a turn that may run in it."""
    find(session, principal, session_id)
    turn = session.scalar(select(ChatTurn.id).where(ChatTurn.session_id == session_id, ChatTurn.finished_at.is_(None)))
    given = attached.given_in(session, session_id)
    proposed = Action.session_id == session_id, Action.state.not_in([ActionState.DONE, ActionState.UNDONE])
    session.execute(delete(Action).where(Action.owned_by(principal), *proposed))
    session.execute(delete(ChatSession).where(ChatSession.id == session_id, ChatSession.owned_by(principal)))
    attached.remove(session, principal, given)
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
