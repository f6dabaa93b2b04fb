"""Whom a coach may see: the one place that looks for a consent. It is held until the transaction ends.

Whoever ends a consent waits for those who use it, and they for it: once it has ended, nothing more is read or said.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.chat.admission import SESSION_NOT_FOUND
from app.chat.models import ChatSession
from app.coaches.models import Consent, ConsentRead, Scope, Seen
from app.core.errors import Forbidden, NotFound
from app.core.ids import new_id
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest
from app.identity import people

MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Coached:
    """A person who agreed; the name is empty where no account tells it."""

    subject: Consent
    name: str = ""


class NotAgreed(Forbidden):
    code, text = "NO_CONSENT", "The person has not agreed to this"


def coached(session: Session, coach: Principal, asked: PageRequest) -> Page[Coached]:
    """Who agreed, the newest consent first; the cursor is the id of one."""
    mine = select(Consent).where(_stands(coach))
    query = mine.where(Consent.id < asked.cursor) if asked.cursor else mine
    rows = session.scalars(query.order_by(Consent.id.desc()).limit(asked.limit + 1)).all()
    items, has_more = rows[: asked.limit], len(rows) > asked.limit
    known = people.names_of(session, [row.user_id for row in items])
    named = [Coached(row, known[row.user_id].name if row.user_id in known else "") for row in items]
    total = session.scalar(select(func.count()).select_from(Consent).where(_stands(coach))) or 0
    return Page(named, has_more, items[-1].id if has_more else None, total)


def consent_of(session: Session, coach: Principal, user_id: str, scope: Scope | None = None) -> Consent:
    """Raises ``NotFound`` for who has not agreed to anything, ``NotAgreed`` for who has to something else."""
    query = select(Consent).where(Consent.user_id == user_id, _stands(coach))
    return _checked(session.scalar(query.with_for_update(read=True)), scope, "Person not found")


def consent_for(session: Session, coach: Principal, session_id: str, scope: Scope) -> Consent:
    """Of whoever's conversation it is."""
    its = ChatSession.id == session_id, ChatSession.tenant_id == coach.tenant_id
    person = session.scalar(select(ChatSession.user_id).where(*its))
    query = select(Consent).where(Consent.user_id == person, _stands(coach))
    return _checked(session.scalar(query.with_for_update(read=True)), scope, SESSION_NOT_FOUND)


def person_of(consent: Consent) -> Principal:
    return Principal(consent.user_id, consent.tenant_id)


def note_read(session: Session, consent: Consent, seen: Seen, ids: list[str]) -> None:
    """Comes with what was read, or it was not."""
    session.add(ConsentRead(**owner_columns(consent), id=new_id("read"), consent_id=consent.id, type=seen, ids=ids))


def _stands(coach: Principal) -> ColumnElement[bool]:
    return (
        (Consent.tenant_id == coach.tenant_id) & (Consent.coach_id == coach.user_id)
        & Consent.ended_at.is_(None) & (Consent.coach_id != "")
    )  # fmt: skip


def _checked(consent: Consent | None, scope: Scope | None, missing: str) -> Consent:
    if consent is None:
        raise NotFound(missing)
    if scope is not None and scope not in consent.scopes:
        raise NotAgreed
    return consent
