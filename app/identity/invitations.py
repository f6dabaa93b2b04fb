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
    audit.record(session, actor, "invitation.create", address, tenant)
    return made


def renew(row: Invitation) -> str:
    """The token of its newest link."""
    token = random_token()
    row.digest = digest_of(token)
    return token


def accept(session: Session, token: str, user: User) -> str:
    """Makes the person a member; which tenant it is. Raises ``InvitationOver``."""
    row = find(session, token, user.email)
    row.accepted_at, row.digest = now(), None
    member = insert(Membership).values(
        tenant_id=row.tenant_id, user_id=user.user_id, role=row.role, created_at=row.accepted_at
    )  # fmt: skip
    session.execute(member.on_conflict_do_nothing())
    return row.tenant_id


def find(session: Session, token: str, address: str) -> Invitation:
    """Locked. Raises ``InvitationOver``."""
    its = Invitation.digest == digest_of(token), Invitation.expires_at > now(), Invitation.accepted_at.is_(None)
    row = session.scalars(select(Invitation).where(*its).with_for_update()).one_or_none()
    if row is None or row.address != address:
        raise InvitationOver
    return row
