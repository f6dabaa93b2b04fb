"""Tenants and their members: who may do what follows from the asker's role in that tenant, not from their token's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth import audit, revocations
from app.auth.principals import Principal, Role
from app.auth.roles import EVERYBODY, RUNNING
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, NotFound
from app.core.ids import new_id
from app.identity import invitations, people
from app.identity.models import Invitation, Membership, Tenant, User
from app.identity.people import Place

MOST = 20  # tenants that one person may have made
LEADING = frozenset({Role.OWNER, Role.OPERATOR})
GIVEN = tuple(role for role in Role if role is not Role.OPERATOR)  # operators are made by the operator's command


class LastOwner(Conflict):
    code, text = "LAST_OWNER", "A tenant needs an owner: make somebody else one first"


@dataclass(frozen=True, slots=True)
class Member:
    user_id: str
    email: str
    name: str
    role: str
    joined_at: datetime


def create(session: Session, principal: Principal, name: str) -> Place:
    """The person works in it from now on."""
    user = people.account(session, principal.user_id)
    _check_count(session, user)
    tenant = Tenant(tenant_id=new_id("tenant"), name=name, created_by=user.user_id, created_at=now())
    session.add(tenant)
    session.flush()
    _join(session, tenant.tenant_id, user, Role.OWNER)
    people.work_in(session, user, tenant.tenant_id)
    audit.record(session, principal, "tenant.create", tenant.tenant_id, tenant.tenant_id)
    return Place(tenant.tenant_id, name, Role.OWNER)


def mine(session: Session, principal: Principal) -> list[Place]:
    return people.places(session, people.account(session, principal.user_id))[1:]


def rename(session: Session, principal: Principal, tenant: str, name: str) -> Place:
    role = _admit(session, principal, tenant, RUNNING)
    row = session.get_one(Tenant, tenant)
    row.name = name
    audit.record(session, principal, "tenant.rename", tenant, tenant)
    return Place(tenant, name, role)


def members(session: Session, principal: Principal, tenant: str) -> list[Member]:
    """As they joined."""
    _admit(session, principal, tenant, EVERYBODY, lock=False)
    query = select(User.user_id, User.email, User.name, Membership.role, Membership.created_at)
    query = query.join(Membership, Membership.user_id == User.user_id).where(Membership.tenant_id == tenant)
    return [Member(*row) for row in session.execute(query.order_by(Membership.created_at, User.user_id))]


def change_role(session: Session, principal: Principal, tenant: str, user_id: str, role: Role) -> Member:
    """Only owners make owners, and change what owners are. Raises ``LastOwner``."""
    own = _admit(session, principal, tenant, RUNNING)
    row = _member(session, tenant, user_id)
    _check_rank(own, {Role(row.role), role})
    if row.role == Role.OWNER and role is not Role.OWNER:
        _check_owners(session, tenant)
    row.role = role
    _told(session, principal, "member.role", tenant, user_id)
    user = people.account(session, user_id)
    return Member(user_id, user.email, user.name, role, row.created_at)


def transfer(session: Session, principal: Principal, tenant: str, user_id: str) -> Member:
    """The owner's place goes to another member; who gave it away goes on as admin."""
    _admit(session, principal, tenant, LEADING)
    made = change_role(session, principal, tenant, user_id, Role.OWNER)
    if principal.user_id != user_id and _role(session, principal.user_id, tenant) is Role.OWNER:
        change_role(session, principal, tenant, principal.user_id, Role.ADMIN)
    return made


def remove(session: Session, principal: Principal, tenant: str, user_id: str) -> None:
    """Leaving, for whoever means themselves. What they made in the tenant stays there. Raises ``LastOwner``."""
    leaves = principal.user_id == user_id
    own = _admit(session, principal, tenant, EVERYBODY if leaves else RUNNING)
    row = _member(session, tenant, user_id)
    if not leaves:
        _check_rank(own, {Role(row.role)})
    if row.role == Role.OWNER:
        _check_owners(session, tenant)
    session.delete(row)
    session.flush()
    _told(session, principal, "member.leave" if leaves else "member.remove", tenant, user_id)
    user = people.account(session, user_id)
    if user.tenant_id == tenant:
        people.work_in(session, user, people.places(session, user)[0].id)


def invite(session: Session, principal: Principal, tenant: str, address: str, role: Role) -> Invitation:
    _check_rank(_admit(session, principal, tenant, RUNNING), {role})
    known = people.find(session, address)
    if known is not None and _role(session, known.user_id, tenant) is not None:
        raise Conflict("This person is a member already")
    return invitations.invite(session, principal, tenant, address, role, principal.user_id)


def invited(session: Session, principal: Principal, tenant: str) -> list[Invitation]:
    """Those that are open, newest first."""
    _admit(session, principal, tenant, RUNNING, lock=False)
    its = Invitation.tenant_id == tenant, Invitation.accepted_at.is_(None), Invitation.expires_at > now()
    return list(session.scalars(select(Invitation).where(*its).order_by(Invitation.created_at.desc())))


def take_back(session: Session, principal: Principal, tenant: str, invitation_id: str) -> None:
    _admit(session, principal, tenant, RUNNING)
    row = session.get(Invitation, invitation_id)
    if row is None or row.tenant_id != tenant or row.accepted_at is not None:
        raise NotFound("Invitation not found")
    session.delete(row)
    audit.record(session, principal, "invitation.remove", row.id, tenant)


def join(session: Session, principal: Principal, token: str) -> Place:
    """By an invitation to the address of the account. Raises ``InvitationOver``."""
    user = people.account(session, principal.user_id)
    found = people.work_in(session, user, invitations.accept(session, token, user))
    audit.record(session, principal, "member.join", user.user_id, found.tenant_id)
    return Place(found.tenant_id, session.get_one(Tenant, found.tenant_id).name, found.role)


def enrol(session: Session, tenant: str, user: User, role: Role) -> None:
    """For the operator's command: into a tenant that is made if it is not there."""
    if session.get(Tenant, tenant) is None:
        session.add(Tenant(tenant_id=tenant, name=tenant, created_by=user.user_id, created_at=now()))
        session.flush()
    session.merge(Membership(tenant_id=tenant, user_id=user.user_id, role=role, created_at=now()))
    session.flush()
    people.work_in(session, user, tenant)


def _admit(
    session: Session, principal: Principal, tenant: str, roles: frozenset[Role], *, lock: bool = True
) -> Role:  # fmt: skip
    """The asker's role there. A tenant that they are not in is not there. Raises ``NotFound``, ``Forbidden``."""
    found = session.get(Tenant, tenant, with_for_update=lock)
    operates = Role.OPERATOR if principal.role is Role.OPERATOR else None
    role = _role(session, principal.user_id, tenant) or operates
    if found is None or role is None:
        raise NotFound("Tenant not found")
    if role not in roles:
        raise Forbidden
    return role


def _role(session: Session, user_id: str, tenant: str) -> Role | None:
    row = session.get(Membership, (tenant, user_id))
    return Role(row.role) if row else None


def _member(session: Session, tenant: str, user_id: str) -> Membership:
    row = session.get(Membership, (tenant, user_id))
    if row is None:
        raise NotFound("Member not found")
    return row


def _join(session: Session, tenant: str, user: User, role: Role) -> None:
    session.add(Membership(tenant_id=tenant, user_id=user.user_id, role=role))
    session.flush()


def _check_rank(own: Role, touched: set[Role]) -> None:
    if Role.OPERATOR in touched and own is not Role.OPERATOR:
        raise Forbidden
    if Role.OWNER in touched and own not in LEADING:
        raise Forbidden("Only owners may do this")


def _check_owners(session: Session, tenant: str) -> None:
    """One of them is about to be none: the row of the tenant is locked."""
    query = select(func.count()).select_from(Membership)
    if (session.scalar(query.where(Membership.tenant_id == tenant, Membership.role == Role.OWNER)) or 0) < 2:
        raise LastOwner


def _check_count(session: Session, user: User) -> None:
    query = select(func.count()).select_from(Tenant).where(Tenant.created_by == user.user_id)
    if (session.scalar(query) or 0) >= MOST:
        raise Conflict(f"You have made {MOST} tenants already")


def _told(session: Session, principal: Principal, action: str, tenant: str, user_id: str) -> None:
    """What the person was before, their tokens say: these count no more."""
    revocations.revoke_person(session, tenant, user_id)
    audit.record(session, principal, action, user_id, tenant)
