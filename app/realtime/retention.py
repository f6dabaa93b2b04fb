"""What the realtime coach keeps of what is gone: nothing."""

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from app.realtime.models import Chat, CoachSession, Media, Voice

AT_ONCE = 200


def remove_old_chats(session: Session, old: ColumnElement[bool]) -> int:
    """Some of them, and what their sessions sum up; how many."""
    ids = session.scalars(select(Chat.id).where(old).limit(AT_ONCE)).all()
    left = session.scalars(delete(Chat).where(Chat.id.in_(ids)).returning(Chat.session_id)).all()
    session.execute(update(CoachSession).where(CoachSession.id.in_(set(left))).values(summary=""))
    return len(left)


def remove_old_sounds(session: Session, old: ColumnElement[bool]) -> int:
    """Some of them; a voice whose preview goes has none."""
    ids = session.scalars(select(Media.id).where(old).limit(AT_ONCE)).all()
    session.execute(update(Voice).where(Voice.preview.in_(ids)).values(preview=None))
    return len(session.scalars(delete(Media).where(Media.id.in_(ids)).returning(Media.id)).all())
