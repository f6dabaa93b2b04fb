"""Accounts: found, made, proven, and the tenants that each may work in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth import revocations
from app.auth.models import SignIn
from app.auth.principals import Principal, Role
from app.auth.tokens import personal_tenant
from app.core.clock import now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.identity.models import Identity, MailToken, Membership, Tenant, User


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant that somebody may work in."""

    id: str
    name: str
    role: Role


def find(session: Session, email: str) -> User | None:
    return session.scalars(select(User).where(User.email == email)).one_or_none()


def account(session: Session, user_id: str, *, lock: bool = False) -> User:
    """Raises ``NotFound`` for a token whose person has no account here."""
    user = session.get(User, user_id, with_for_update=lock)
    if user is None:
        raise NotFound("You have no account here: you signed in elsewhere")
    return user


def lock_owner(session: Session, *, sign_in_id: str) -> None:
    """Whoever changes all sign-ins of a person has the person's row first; so must who begins with one of them."""
    its = SignIn.id == sign_in_id, SignIn.user_id == User.user_id
    session.execute(select(User.user_id).where(*its).with_for_update(of=User))


def confirmed_address(session: Session, user_id: str) -> str | None:
    """Where mail reaches them, if they have shown that it does."""
    its = User.user_id == user_id, User.verified_at.is_not(None)
    return session.scalar(select(User.email).where(*its))


def propose(session: Session, email: str, name: str, password_hash: str | None) -> None:
    """A new account whose address nobody has proven. Until somebody does, the last who asked sets its password."""
    user_id = new_id("user")
    values = {"name": name, "password_hash": password_hash}
    row = insert(User).values(
        user_id=user_id, tenant_id=personal_tenant(user_id), email=email, created_at=now(), totp_step=0, **values
    )
    session.execute(
        row.on_conflict_do_update(index_elements=["email"], set_=values, where=User.verified_at.is_(None))
    )  # fmt: skip


def make(session: Session, email: str, name: str, password_hash: str | None) -> User:
    """The account of this address, proven; one that is there stays as it is."""
    propose(session, email, name, password_hash)
    session.expire_all()
    user = session.scalars(select(User).where(User.email == email)).one()
    user.verified_at = user.verified_at or now()
    session.flush()
    return user


def confirm(user: User) -> None:
    user.verified_at = user.verified_at or now()


def prove(user: User) -> None:
    """The person has shown that the address is theirs. A password from before may be anybody's."""
    if user.verified_at is None:
        user.verified_at, user.password_hash = now(), None


def places(session: Session, user: User) -> list[Place]:
    """The person's own first, then as they came to them."""
    query = select(Tenant.tenant_id, Tenant.name, Membership.role).join(Membership)
    query = query.where(Membership.user_id == user.user_id).order_by(Membership.created_at)
    own = Place(personal_tenant(user.user_id), "", Role.MEMBER)
    return [own, *(Place(tenant, name, Role(role)) for tenant, name, role in session.execute(query))]


def principal(session: Session, user: User) -> Principal:
    """Whoever has left the tenant that they worked in is back in their own."""
    found = {place.id: place for place in places(session, user)}
    at = found.get(user.tenant_id) or found[personal_tenant(user.user_id)]
    return Principal(user.user_id, at.id, at.role)


def work_in(session: Session, user: User, tenant: str) -> Principal:
    """From now on, on all devices. Raises ``NotFound``."""
    found = next((place for place in places(session, user) if place.id == tenant), None)
    if found is None:
        raise NotFound("You are in no such tenant")
    owned = {"tenant_id": tenant}
    user.tenant_id = tenant
    for model in (Identity, MailToken):
        session.execute(update(model).where(model.user_id == user.user_id).values(owned))
    session.execute(update(SignIn).where(SignIn.user_id == user.user_id).values(**owned, role=found.role))
    return Principal(user.user_id, tenant, found.role)


def sign_out_everywhere(session: Session, user: User) -> None:
    """Ends every sign-in, all that these have given out, and links in mails that would open the account."""
    ending = update(SignIn).where(SignIn.user_id == user.user_id, SignIn.ended_at.is_(None))
    session.execute(ending.values(ended_at=now()))
    session.execute(delete(MailToken).where(MailToken.user_id == user.user_id))
    for place in places(session, user):
        revocations.revoke_person(session, place.id, user.user_id)


def forget_unproven(session: Session, before: datetime) -> None:
    """Addresses that nobody has confirmed may be those of people who know nothing of it."""
    session.execute(delete(User).where(User.verified_at.is_(None), User.created_at < before))


def is_operator(session: Session, user: User) -> bool:
    role = Membership.role == Role.OPERATOR
    query = select(func.count()).select_from(Membership).where(Membership.user_id == user.user_id, role)
    return bool(session.scalar(query))


def names_of(session: Session, user_ids: Sequence[str]) -> dict[str, User]:
    return {user.user_id: user for user in session.scalars(select(User).where(User.user_id.in_(user_ids)))}
