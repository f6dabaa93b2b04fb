"""Invitations into a tenant: of one address, with one role, for a week."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth import audit
from app.auth.audit import Actor
from app.auth.principals import Role
from app.core.clock import now
from app.core.errors import BadRequest
from app.core.ids import new_id
from app.identity import mail_requests
from app.identity.mail_tokens import digest_of, random_token
from app.identity.models import Invitation, MailKind, Membership, User

LASTS = timedelta(days=7)


class InvitationOver(BadRequest):
    code, text = "INVITATION_INVALID", "This invitation is not for this address, or it was used or is too old"


def invite(session: Session, actor: Actor, tenant: str, address: str, role: Role, by: str) -> Invitation:
    """Sends it; whoever was invited already is invited anew."""
    fresh = {"role": role, "invited_by": by, "created_at": now(), "expires_at": now() + LASTS}
    row = insert(Invitation).values(id=new_id("invitation"), tenant_id=tenant, address=address, **fresh)
    is_open = Invitation.accepted_at.is_(None)
    row = row.on_conflict_do_update(index_elements=["tenant_id", "address"], index_where=is_open, set_=fresh)
    made = session.scalars(row.returning(Invitation), execution_options={"populate_existing": True}).one()
    mail_requests.post(session, MailKind.INVITATION, address, tenant, by, about=made.id)
    audit.record(session, actor, "invitation.create", made.id, tenant)
    return made


def renew(row: Invitation) -> str:
    """The token of its newest link."""
    token = random_token()
    row.digest = digest_of(token)
    return token


def accept(session: Session, token: str, user: User) -> str:
    """Makes the person a member; which tenant it is. To repeat it changes nothing. Raises ``InvitationOver``."""
    row = find(session, token, user.email)
    if row.accepted_at is None:
        row.accepted_at = now()
        its = {"tenant_id": row.tenant_id, "user_id": user.user_id}
        member = insert(Membership).values(**its, role=row.role, created_at=row.accepted_at)
        session.execute(member.on_conflict_do_nothing())
    elif session.get(Membership, (row.tenant_id, user.user_id)) is None:  # who has left needs a new one
        raise InvitationOver
    return row.tenant_id


def find(session: Session, token: str, address: str) -> Invitation:
    """Locked. Raises ``InvitationOver``."""
    its = Invitation.digest == digest_of(token), Invitation.expires_at > now()
    row = session.scalars(select(Invitation).where(*its).with_for_update()).one_or_none()
    if row is None or row.address != address:
        raise InvitationOver
    return row
