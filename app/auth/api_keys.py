"""API keys: made, listed, revoked, and checked with a few seconds of memory."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth import allow_list
from app.auth.models import ApiKey
from app.core.clock import now
from app.core.errors import AppError, BadRequest, NotFound, Unauthorized
from app.core.ids import new_id
from app.db.session import Database

SCHEME = "ch"
REMEMBERED = 4.0  # seconds; a revoked key is refused everywhere within 5
REMEMBERED_KEYS = 10_000


class NameTaken(AppError):
    code, status, text = "KEY_NAME_TAKEN", 409, "A key of this name exists already"


@dataclass(frozen=True, slots=True)
class Key:
    """A checked key: whose it is and where it may be used from."""

    id: str
    tenant_id: str
    name: str
    allow: tuple[str, ...]


def create(session: Session, tenant: str, name: str, allow: Sequence[str] = ()) -> str:
    """Stores a new key and returns it; nobody can read it again."""
    try:
        entries = [allow_list.normal(entry) for entry in allow]
    except ValueError as error:
        raise BadRequest(str(error)) from None
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = {"id": new_id("key"), "tenant_id": tenant, "name": name, "prefix": prefix, "digest": _digest(prefix, secret)}
    statement = insert(ApiKey).values(**row, allow=entries, created_at=now()).on_conflict_do_nothing()
    if session.execute(statement.returning(ApiKey.id)).first() is None:
        raise NameTaken(f"Tenant {tenant} has a key named {name} already")
    return f"{SCHEME}_{prefix}_{secret}"


def live(session: Session, tenant: str) -> Sequence[ApiKey]:
    query = select(ApiKey).where(ApiKey.tenant_id == tenant, ApiKey.revoked_at.is_(None)).order_by(ApiKey.created_at)
    return session.scalars(query).all()


def revoke(session: Session, tenant: str, name: str) -> None:
    statement = update(ApiKey).where(ApiKey.tenant_id == tenant, ApiKey.name == name, ApiKey.revoked_at.is_(None))
    if session.execute(statement.values(revoked_at=now()).returning(ApiKey.id)).first() is None:
        raise NotFound(f"Tenant {tenant} has no key named {name}")


class Keyring:
    """Checks keys against the table; what it found is good for ``REMEMBERED`` seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[str, tuple[float, Key]] = {}

    def check(self, text: str) -> Key:
        """Raises ``Unauthorized`` for a key that is malformed, unknown or revoked."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        found = self._seen.get(digest)
        if found is not None and time.monotonic() - found[0] < REMEMBERED:
            return found[1]
        key = self._look_up(text)
        if len(self._seen) >= REMEMBERED_KEYS:
            self._seen.clear()
        self._seen[digest] = (time.monotonic(), key)
        return key

    def _look_up(self, text: str) -> Key:
        prefix, secret = _parts(text)
        query = select(ApiKey).where(ApiKey.prefix == prefix, ApiKey.revoked_at.is_(None))
        with self._database.read() as session:
            row = session.scalars(query).one_or_none()
        if row is None or not hmac.compare_digest(row.digest, _digest(prefix, secret)):
            raise Unauthorized("Invalid API key")
        return Key(row.id, row.tenant_id, row.name, tuple(row.allow))


def _parts(text: str) -> tuple[str, str]:
    scheme, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if scheme != SCHEME or len(prefix) != 12 or not 32 <= len(secret) <= 64 or not text.isascii():
        raise Unauthorized("Invalid API key")
    return prefix, secret


def _digest(prefix: str, secret: str) -> str:
    """256 random bits need no slow hash; the prefix is mixed in so that rows can't be swapped."""
    return hmac.new(prefix.encode(), secret.encode(), hashlib.sha256).hexdigest()
