"""A human coach in a conversation: takes it over, answers in it, hands it back. The person is told of each.

Who may do so is decided above. Every function locks the session first, as admission does: a message that comes
meanwhile is the model's or the human's to answer, never both's.
"""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.care.languages import spoken
from app.care.safety import stored_of
from app.chat.admission import SESSION_NOT_FOUND, preview
from app.chat.models import ChatMessage, ChatSession, ChatTurn
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.ids import joined, run_id
from app.core.json import JSONObject
from app.core.places import Place
from app.db.ownership import Owner, owner_columns
from app.feeds import service as feeds
from app.streams.run import RunState

NOTICES, FALLBACK = Path(__file__).with_name("human.toml"), "en"
SILENCE = timedelta(hours=24)  # of the coach's: past it the model answers again
TOOK_OVER, HANDED_BACK, REPLIED, WRITTEN = (
    "coach.took_over", "coach.handed_back", "coach.replied", "coach.message",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coach:
    """A human, as a person of the tenant sees them."""

    tenant_id: str
    user_id: str
    name: str


class TakenOver(Conflict):
    code, text = "TAKEN_OVER", "Another coach has taken over this conversation"


def notice(place: Place) -> str:
    """In the first language of the client that we have it in."""
    known = _notices()
    return known[next((tag for tag in spoken(place.accepted) if tag in known), FALLBACK)]


def find(session: Session, owner: Owner, session_id: str) -> ChatSession:
    """Locked. Raises ``NotFound``."""
    its = ChatSession.id == session_id, ChatSession.owned_by(owner)
    chat = session.scalar(select(ChatSession).where(*its).with_for_update())
    if chat is None:
        raise NotFound(SESSION_NOT_FOUND)
    return chat


def take_over(session: Session, chat: ChatSession, coach: Coach) -> list[str]:
    """The turns of the model's that are to be stopped. Raises ``TakenOver``; whoever has it already goes on having it.

    They are marked as well, for a process that misses the signal.
    """
    _refuse_another(chat, coach)
    if not chat.is_taken_over:
        _tell(session, chat, TOOK_OVER)
    chat.taken_over_by, chat.taken_over_name, chat.taken_over_until = coach.user_id, coach.name, now() + SILENCE
    its = ChatTurn.session_id == chat.id, ChatTurn.state == RunState.RUNNING, ChatTurn.for_human.is_(False)
    running = list(session.scalars(select(ChatTurn.id).where(*its)))
    free = select(ChatTurn.id).where(*its).with_for_update(skip_locked=True)  # one that is being stored is over anyway
    marked = update(ChatTurn).where(ChatTurn.id.in_(session.scalars(free).all())).values(cancel_requested=True)
    session.execute(marked)
    return running


def hand_back(session: Session, chat: ChatSession) -> None:
    """The next answer of the model says again that it is a machine's."""
    if chat.taken_over_by is None:
        return
    if chat.is_taken_over:
        _tell(session, chat, HANDED_BACK)
    chat.taken_over_by = chat.taken_over_name = chat.taken_over_until = chat.disclosed_at = None


def hand_back_by_person(session: Session, owner: Owner, session_id: str) -> ChatSession:
    """The coach is told too."""
    chat = find(session, owner, session_id)
    had = chat.taken_over_by if chat.is_taken_over else None
    hand_back(session, chat)
    if had:
        feeds.append(session, chat.tenant_id, had, HANDED_BACK, {"user_id": chat.user_id, "session_id": chat.id})
    return chat


def hand_back_by(session: Session, chat: ChatSession, coach: Coach) -> None:
    """Raises ``TakenOver`` for what another coach has."""
    _refuse_another(chat, coach)
    hand_back(session, chat)


def hand_back_all(session: Session, owner: Owner, coach_id: str) -> None:
    """What this coach has of the person's."""
    its = ChatSession.owned_by(owner), ChatSession.taken_over_by == coach_id
    for chat in session.scalars(select(ChatSession).where(*its).order_by(ChatSession.id).with_for_update()).all():
        hand_back(session, chat)


def say(session: Session, chat: ChatSession, coach: Coach, message_id: str, said: str) -> ChatMessage:
    """A message of the coach's, with a turn of its own, so that the session's stream tells it too.

    Raises ``TakenOver``.
    """
    _refuse_another(chat, coach)
    moment = now()
    chat.message_count, chat.last_message, chat.updated_at = chat.message_count + 1, preview(said), moment
    if chat.is_taken_over:
        chat.taken_over_until = moment + SILENCE
    row = ChatMessage(
        id=message_id, session_id=chat.id, position=chat.message_count, role="assistant", content=said, context=[],
        safety=stored_of(said), author_id=coach.user_id, author_tenant=coach.tenant_id, author_name=coach.name,
        created_at=moment,
    )  # fmt: skip
    session.add(row)
    _add_turn(session, chat, row)
    session.flush()
    _tell(session, chat, REPLIED, message_id=message_id)
    return row


def tell_coach(session: Session, session_id: str, message_id: str) -> None:
    """That the person has written to them."""
    chat = session.get(ChatSession, session_id)
    if chat is None or not chat.is_taken_over:
        return
    data: JSONObject = {"user_id": chat.user_id, "session_id": chat.id, "message_id": message_id}
    feeds.append(session, chat.tenant_id, chat.taken_over_by or "", WRITTEN, data)


def _add_turn(session: Session, chat: ChatSession, row: ChatMessage) -> None:
    """It answers what the person said last; where they said nothing yet, there is nothing to stream."""
    asked = ChatMessage.session_id == chat.id, ChatMessage.role == "user"
    question = session.scalar(select(ChatMessage.id).where(*asked).order_by(ChatMessage.position.desc()).limit(1))
    if question is not None:
        turn = ChatTurn(
            **owner_columns(chat), id=run_id("turn", joined(chat.tenant_id, chat.user_id)), session_id=chat.id,
            user_message_id=question, answer_id=row.id, state=RunState.COMPLETED,
            created_at=row.created_at, finished_at=row.created_at,
        )  # fmt: skip
        session.add(turn)


def _tell(session: Session, chat: ChatSession, event: str, **more: str) -> None:
    """Ids only: who the coach is the session says."""
    data: JSONObject = {"session_id": chat.id, **more}
    feeds.append(session, chat.tenant_id, chat.user_id, event, data)


def _refuse_another(chat: ChatSession, coach: Coach) -> None:
    if chat.is_taken_over and chat.taken_over_by != coach.user_id:
        raise TakenOver


@cache
def _notices() -> dict[str, str]:
    return tomllib.loads(NOTICES.read_text(encoding="utf-8"))
