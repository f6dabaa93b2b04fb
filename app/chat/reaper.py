"""Turns whose process is gone: ended as failed, with all that is known of what was said."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.chat import storage
from app.chat.events import text_of
from app.chat.models import ChatTurn, TurnState
from app.chat.storage import Outcome
from app.chat.telling import INTERRUPTED
from app.core.clock import now
from app.db.session import Database
from app.streams.interfaces import Gone
from app.streams.log import EventLog

MOST = 500


def found(session: Session) -> Sequence[str]:
    lost = (ChatTurn.state == TurnState.RUNNING) & (ChatTurn.lease_until < now())
    return session.scalars(select(ChatTurn.id).where(lost).order_by(ChatTurn.id).limit(MOST)).all()


def of_session(session: Session, principal: Principal, session_id: str) -> str | None:
    """The session's running turn, if nobody keeps it any more."""
    mine = (ChatTurn.tenant_id == principal.tenant_id) & (ChatTurn.user_id == principal.user_id)
    lost = (ChatTurn.state == TurnState.RUNNING) & (ChatTurn.lease_until < now())
    return session.scalar(select(ChatTurn.id).where(ChatTurn.session_id == session_id, mine, lost))


def settle(db: Database, broker: EventLog, turn_id: str) -> bool:
    """Ends the turn; whether it was still open."""
    said = _last_words(db, broker, turn_id)
    with db.single() as connection:
        return storage.settle(connection, turn_id, Outcome(TurnState.FAILED, said, INTERRUPTED)) is not None


def _last_words(db: Database, broker: EventLog, turn_id: str) -> str:
    """The stream is at most a tenth of a second behind, the row some seconds; Redis may have lost the stream."""
    with db.read() as session:
        kept = session.scalar(select(ChatTurn.partial).where(ChatTurn.id == turn_id)) or ""
    try:
        streamed = "".join(text_of(frame.data) for frame in broker.replay(turn_id))
    except Gone:
        return kept
    return max(kept, streamed, key=len)
