"""Conversations that the coach begins, as when a reminder is due."""

from sqlalchemy.orm import Session

from app.care.safety import stored_of
from app.chat.admission import TITLE_LENGTH, preview
from app.chat.models import ChatMessage, ChatSession
from app.core.clock import now
from app.core.ids import new_id
from app.db.ownership import Owner, owner_columns


def begin(session: Session, owner: Owner, said: str) -> str:
    """A session with one message, the coach's; its id. The first answer in it says that a machine gives it."""
    moment, title = now(), " ".join(said.split())[:TITLE_LENGTH].strip()
    row = ChatSession(
        **owner_columns(owner), id=new_id("session"), title=title, message_count=1, last_message=preview(said),
        summarised_through=0, created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(ChatMessage(
        id=new_id("msg"), session_id=row.id, position=1, role="assistant", content=said, context=[],
        safety=stored_of(said), created_at=moment,
    ))  # fmt: skip
    return row.id
