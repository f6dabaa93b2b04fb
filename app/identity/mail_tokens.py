"""Links that are mailed: 256 random bits, known here by their digest, good once and not for long."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import BadRequest
from app.identity.models import MailToken, Purpose, User

LASTS = {
    Purpose.VERIFY: timedelta(days=3), Purpose.MAGIC_LINK: timedelta(minutes=15), Purpose.RESET: timedelta(hours=1),
    Purpose.ADDRESS: timedelta(days=1),
}  # fmt: skip


class LinkOver(BadRequest):
    code, text = "LINK_INVALID", "This link was used, replaced or is too old: ask for another one"


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def random_token() -> str:
    return secrets.token_urlsafe(32)


def make(session: Session, user: User, purpose: Purpose, address: str) -> str:
    token = random_token()
    session.add(
        MailToken(
            digest=digest_of(token), tenant_id=user.tenant_id, user_id=user.user_id, purpose=purpose, address=address,
            expires_at=now() + LASTS[purpose],
        )
    )  # fmt: skip
    return token


def owner_of(session: Session, purpose: Purpose, token: str) -> str:
    """The address that a token is for, which it stays good for. Raises ``LinkOver``."""
    its = MailToken.digest == digest_of(token), MailToken.purpose == purpose, MailToken.expires_at > now()
    address = session.scalar(select(MailToken.address).where(*its))
    if address is None:
        raise LinkOver
    return address


def use(session: Session, purpose: Purpose, token: str) -> tuple[User, str]:
    """Whose it is, and for which address; of two who come at once one gets it. Raises ``LinkOver``."""
    its = MailToken.digest == digest_of(token), MailToken.purpose == purpose, MailToken.expires_at > now()
    found = session.execute(delete(MailToken).where(*its).returning(MailToken.user_id, MailToken.address)).one_or_none()
    user = session.get(User, found.user_id, with_for_update=True) if found else None
    if found is None or user is None or (purpose is not Purpose.ADDRESS and user.email != found.address):
        raise LinkOver
    return user, found.address
