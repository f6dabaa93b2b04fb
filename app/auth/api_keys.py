"""API keys: made, listed, revoked."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from limits import parse_many
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth import allow_list, revocations
from app.auth.allow_list import Restrictions
from app.auth.models import ApiKey
from app.auth.principals import Scope
from app.core.clock import now
from app.core.errors import AppError, BadRequest, NotFound, Unauthorized
from app.core.ids import new_id

SCHEME = "ch"


class NameTaken(AppError):
    code, status, text = "KEY_NAME_TAKEN", 409, "A key of this name exists already"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a new key is good for, from where, how often and until when. None of these limits it unless given."""

    scopes: Sequence[str] = tuple(Scope)
    origins: Sequence[str] = ()
    hosts: Sequence[str] = ()
    networks: Sequence[str] = ()
    rate: str | None = None
    expires_at: datetime | None = None

    def columns(self) -> dict[str, object]:
        """Raises ``ValueError`` with a sentence for whoever wrote them."""
        places = Restrictions.of(self.origins, self.hosts, self.networks)
        if not self.scopes or set(self.scopes) - set(Scope):
            raise ValueError(f"scopes must be some of: {', '.join(Scope)}")
        if self.expires_at is not None and self.expires_at <= now():
            raise ValueError("the key would have expired already")
        return {
            "origins": places.origins, "hosts": places.hosts, "networks": places.networks,
            "scopes": [scope for scope in Scope if scope in self.scopes], "rate": _rate(self.rate),
            "expires_at": self.expires_at,
        }  # fmt: skip


UNLIMITED = Terms()


def create(session: Session, tenant: str, name: str, allow: Sequence[str] = (), terms: Terms = UNLIMITED) -> str:
    """Stores a new key and returns it; nobody can read it again."""
    try:
        entries = [allow_list.normal(entry) for entry in allow]
        columns = terms.columns()
    except ValueError as error:
        raise BadRequest(str(error)) from None
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = {"id": new_id("key"), "tenant_id": tenant, "name": name, "prefix": prefix, "digest": digest(prefix, secret)}
    statement = insert(ApiKey).values(**row, **columns, allow=entries, created_at=now()).on_conflict_do_nothing()
    if session.execute(statement.returning(ApiKey.id)).first() is None:
        raise NameTaken(f"Tenant {tenant} has a key named {name} already")
    return f"{SCHEME}_{prefix}_{secret}"


def live(session: Session, tenant: str) -> Sequence[ApiKey]:
    query = select(ApiKey).where(ApiKey.tenant_id == tenant, ApiKey.revoked_at.is_(None)).order_by(ApiKey.created_at)
    return session.scalars(query).all()


def revoke(session: Session, tenant: str, name: str) -> None:
    if _revoked(session, ApiKey.tenant_id == tenant, ApiKey.name == name) is None:
        raise NotFound(f"Tenant {tenant} has no key named {name}")


def revoke_one(session: Session, key_id: str, tenant: str | None) -> ApiKey:
    """By its id; of this tenant, or of any."""
    row = _revoked(session, ApiKey.id == key_id, *([ApiKey.tenant_id == tenant] if tenant is not None else []))
    if row is None:
        raise NotFound(f"API key not found: {key_id[:100]}")
    return row


def _revoked(session: Session, *its: ColumnElement[bool]) -> ApiKey | None:
    statement = update(ApiKey).where(ApiKey.revoked_at.is_(None), *its).values(revoked_at=now()).returning(ApiKey)
    revocations.tell(session)
    return session.scalars(statement).one_or_none()


def parts(text: str) -> tuple[str, str]:
    """Prefix and secret. Raises ``Unauthorized``."""
    scheme, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if scheme != SCHEME or len(prefix) != 12 or not 32 <= len(secret) <= 64 or not text.isascii():
        raise Unauthorized("Invalid API key")
    return prefix, secret


def digest(prefix: str, secret: str) -> str:
    """256 random bits need no slow hash; the prefix is mixed in so that rows can't be swapped."""
    return hmac.new(prefix.encode(), secret.encode(), hashlib.sha256).hexdigest()


def _rate(text: str | None) -> str | None:
    if not text:
        return None
    try:
        parse_many(text)
    except ValueError:
        raise ValueError(f"rate must look like '60 per minute', not {text!r}") from None
    return text
