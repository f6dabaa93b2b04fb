"""Conversations that the coach begins, as when a reminder is due."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.care.safety import stored_of
from app.chat.admission import TITLE_LENGTH, preview
from app.chat.models import ChatMessage, ChatSession
from app.core.clock import now
from app.core.ids import new_id
from app.db.ownership import Owner, owner_columns


def begin(session: Session, openings: Sequence[tuple[Owner, str]]) -> list[str]:
    """Sessions with one message each, the coach's; their ids. The first answer in one says that a machine gives it."""
    rows = [_session_of(owner, said) for owner, said in openings]
    session.add_all(rows)
    session.flush()
    session.add_all(_first(row, said) for row, (_, said) in zip(rows, openings, strict=True))
    return [row.id for row in rows]


def _session_of(owner: Owner, said: str) -> ChatSession:
    moment, title = now(), " ".join(said.split())[:TITLE_LENGTH].strip()
    return ChatSession(
        **owner_columns(owner), id=new_id("session"), title=title, message_count=1, last_message=preview(said),
        summarised_through=0, created_at=moment, updated_at=moment,
    )  # fmt: skip


def _first(row: ChatSession, said: str) -> ChatMessage:
    return ChatMessage(
        id=new_id("msg"), session_id=row.id, position=1, role="assistant", content=said, context=[],
        safety=stored_of(said), created_at=row.created_at,
    )  # fmt: skip
