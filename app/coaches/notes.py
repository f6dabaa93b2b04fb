"""What a coach writes down about people who agreed. Each coach has their own."""

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.coaches.access import consent_of
from app.coaches.models import CoachNote
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page

MOST = 1000  # of one coach about one person


def add(session: Session, coach: Principal, user_id: str, said: str) -> CoachNote:
    """Raises ``Conflict`` past ``MOST``."""
    consent = consent_of(session, coach, user_id)
    its = CoachNote.owned_by(consent), _by(coach)
    if (session.scalar(select(func.count()).select_from(CoachNote).where(*its)) or 0) >= MOST:
        raise Conflict(f"There are {MOST} notes already")
    moment = now()
    row = CoachNote(
        **owner_columns(consent), id=new_id("note"), coach_id=coach.user_id, text=said, created_at=moment,
        updated_at=moment,
    )  # fmt: skip
    session.add(row)
    return row


def page(session: Session, coach: Principal, user_id: str, asked: PageRequest) -> Page[CoachNote]:
    """Newest first."""
    consent = consent_of(session, coach, user_id)
    query = select(CoachNote).where(CoachNote.owned_by(consent), _by(coach))
    return keyset_page(session, query, CoachNote.created_at, consent, asked, counted=True)


def change(session: Session, coach: Principal, note_id: str, said: str) -> CoachNote:
    row = _find(session, coach, note_id)
    row.text, row.updated_at = said, now()
    return row


def remove(session: Session, coach: Principal, note_id: str) -> None:
    row = _find(session, coach, note_id)
    session.execute(delete(CoachNote).where(CoachNote.id == row.id))


def _find(session: Session, coach: Principal, note_id: str) -> CoachNote:
    """Of a person who still agrees."""
    its = CoachNote.id == note_id, CoachNote.tenant_id == coach.tenant_id, _by(coach)
    row = session.scalar(select(CoachNote).where(*its).with_for_update())
    if row is None:
        raise NotFound("Note not found")
    consent_of(session, coach, row.user_id)
    return row


def _by(coach: Principal) -> ColumnElement[bool]:
    return CoachNote.coach_id == coach.user_id
