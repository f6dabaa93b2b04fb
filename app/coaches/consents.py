"""Consents of a person: given to a coach, listed, ended, with what the coach has read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal, Role
from app.auth.tokens import personal_tenant
from app.chat import human
from app.coaches.models import STANDING, Consent, ConsentRead, Scope
from app.core.clock import now
from app.core.errors import BadRequest, NotFound
from app.core.ids import new_id
from app.core.json import JSONObject
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page
from app.feeds import service as feeds
from app.identity import people
from app.identity.models import Membership, Tenant

GIVEN, ENDED = "consent.given", "consent.ended"


class NewConsent(TypedDict):
    coach: str
    scopes: Sequence[Scope]


@dataclass(frozen=True, slots=True)
class Named:
    """A consent with the coach's name, which is empty where no account tells it."""

    subject: Consent
    coach_name: str = ""


def give(session: Session, principal: Principal, new: NewConsent) -> Named:
    """One that stands already gets the new scopes. Raises ``BadRequest``, ``NotFound`` for who is no coach here."""
    _check_coach(session, principal, new["coach"])
    scopes = [scope for scope in Scope if scope in new["scopes"]]
    moment = now()
    changed = {"scopes": scopes, "updated_at": moment}
    row = insert(Consent).values(
        **owner_columns(principal), id=new_id("consent"), coach_id=new["coach"], created_at=moment, **changed
    )
    row = row.on_conflict_do_update(
        index_elements=["tenant_id", "coach_id", "user_id"], index_where=STANDING, set_=changed
    )
    given = session.scalars(row.returning(Consent), execution_options={"populate_existing": True}).one()
    if Scope.REPLY not in scopes:
        human.hand_back_all(session, given, given.coach_id)
    _tell_coach(session, given, GIVEN, scopes=list(scopes))
    return _named(session, [given])[0]


def page(session: Session, principal: Principal, asked: PageRequest) -> Page[Named]:
    """Newest first, with those that have ended."""
    query = select(Consent).where(Consent.owned_by(principal))
    found = keyset_page(session, query, Consent.created_at, principal, asked, counted=True)
    return Page(_named(session, found.items), found.has_more, found.next_cursor, found.total)


def end(session: Session, principal: Principal, consent_id: str) -> None:
    """Whoever reads with it is waited for; from then on nobody does. What the coach has taken over is handed back."""
    row = _find(session, principal, consent_id, lock=True)
    if row.ended_at is not None:
        return
    row.ended_at = now()
    session.flush()
    human.hand_back_all(session, row, row.coach_id)
    _tell_coach(session, row, ENDED)


def reads(session: Session, principal: Principal, consent_id: str, asked: PageRequest) -> Page[ConsentRead]:
    """Newest first."""
    _find(session, principal, consent_id)
    query = select(ConsentRead).where(ConsentRead.consent_id == consent_id, ConsentRead.owned_by(principal))
    return keyset_page(session, query, ConsentRead.created_at, principal, asked, counted=True)


def _find(session: Session, principal: Principal, consent_id: str, *, lock: bool = False) -> Consent:
    query = select(Consent).where(Consent.id == consent_id, Consent.owned_by(principal))
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("Consent not found")
    return row


def _check_coach(session: Session, principal: Principal, coach: str) -> None:
    """Where accounts are kept elsewhere, the coach's own token says what they are."""
    if coach == principal.user_id:
        raise BadRequest("coach must be somebody else")
    member = session.get(Membership, (principal.tenant_id, coach))
    is_known = session.get(Tenant, principal.tenant_id) is not None
    is_alone = principal.tenant_id == personal_tenant(principal.user_id)
    if (member.role != Role.COACH) if member else (is_known or is_alone):
        raise NotFound("There is no such coach in your tenant")


def _named(session: Session, rows: Sequence[Consent]) -> list[Named]:
    known = people.names_of(session, [row.coach_id for row in rows])
    return [Named(row, known[row.coach_id].name if row.coach_id in known else "") for row in rows]


def _tell_coach(session: Session, row: Consent, event: str, **more: list[str]) -> None:
    data: JSONObject = {"user_id": row.user_id, "consent_id": row.id, **more}
    if row.coach_id:
        feeds.append(session, row.tenant_id, row.coach_id, event, data)
