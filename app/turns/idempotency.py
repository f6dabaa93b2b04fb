"""Idempotency keys: the same request sent twice is one piece of work with one answer, for a day."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import String, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.clock import now
from app.core.errors import AppError, BadRequest, Unprocessable
from app.core.json import JSONObject
from app.db.session import Base

LIFE = timedelta(hours=24)
LONGEST = 255


class IdempotencyKey(Base):
    """Which resource (a turn, a job) a caller's key stands for. ``digest`` is that of the request's route and body."""

    __tablename__ = "idempotency_keys"

    owner: Mapped[str] = mapped_column(String(260), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    resource_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    answer: Mapped[JSONObject | None]  # of work that is answered from here
    lease_until: Mapped[datetime | None]  # while such work runs


@dataclass(frozen=True, slots=True)
class Claim:
    """A caller's wish to have something done once."""

    owner: str
    key: str
    digest: str


def claim_of(owner: str, key: str | None, route: str, body: object) -> Claim | None:
    """None without a key; a key that is too long or not printable is refused."""
    if not key:
        return None
    if len(key) > LONGEST or not key.isprintable():
        raise BadRequest(f"Idempotency-Key must be 1 to {LONGEST} printable characters")
    text = msgspec.json.encode([route, body], order="sorted")
    return Claim(owner, key, hashlib.sha256(text).hexdigest())


def claim(session: Session, wish: Claim, resource_id: str, *, reused: type[AppError] = Unprocessable) -> str:
    """The id of the resource that the key stands for: ``resource_id`` if it is new, else the first one's.

    A request with the same key that is still being admitted is waited for. Raises ``reused`` when the key was used for
    something else.
    """
    _forget_old(session, wish)
    row = insert(IdempotencyKey).values(
        owner=wish.owner, key=wish.key, digest=wish.digest, resource_id=resource_id, created_at=now()
    )
    session.execute(row.on_conflict_do_nothing())
    query = select(IdempotencyKey).where(IdempotencyKey.owner == wish.owner, IdempotencyKey.key == wish.key)
    kept = session.scalars(query).one()
    if kept.digest != wish.digest:
        raise reused("This Idempotency-Key was used for another request", code="IDEMPOTENCY_KEY_REUSED")
    return kept.resource_id


def point_to(session: Session, wish: Claim, resource_id: str) -> None:
    """The key stands for a new attempt from now on."""
    row = session.get_one(IdempotencyKey, (wish.owner, wish.key), with_for_update=True)
    row.resource_id = resource_id


def _forget_old(session: Session, wish: Claim) -> None:
    old = IdempotencyKey.created_at < now() - LIFE
    session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.owner == wish.owner, IdempotencyKey.key == wish.key, old)
    )
