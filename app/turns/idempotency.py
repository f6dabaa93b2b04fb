"""Idempotency keys: the same request sent twice is one piece of work with one answer, for a day.

Requests that create something are known by their bodies too, for a moment: a double click sends no key.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, String, case, delete, false, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.clock import now
from app.core.errors import AppError, BadRequest, Unprocessable
from app.core.json import JSONObject
from app.db.privacy import OfPerson
from app.db.session import Base

LIFE = timedelta(hours=24)
DOUBLE_CLICK = timedelta(seconds=2)  # within which the same body of the same person is the same request
RUNNING = timedelta()  # the same body is the same request only while the first is being answered
LONGEST = 255
KEPT = "kept:{}"  # who owns answers that all of a tenant may be given
GIVEN_UP = timedelta(minutes=10)  # within which a client that went away comes back for its answer


class IdempotencyKey(Base):
    """Which resource (a turn, a job) a caller's key stands for. ``digest`` is that of the request's route and body."""

    __tablename__ = "idempotency_keys"
    privacy = OfPerson(key="owner", shared=KEPT, unexported="Answers, kept for 24 hours for whoever asks again")

    owner: Mapped[str] = mapped_column(String(260), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    resource_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    answer: Mapped[JSONObject | None]  # of work that is answered from here
    lease_until: Mapped[datetime | None]  # while such work runs
    unheard: Mapped[bool] = mapped_column(default=False, server_default=false())  # whoever asked had gone by then


@dataclass(frozen=True, slots=True)
class Claim:
    """A caller's wish to have something done once."""

    owner: str
    key: str
    digest: str
    life: timedelta = LIFE

    @property
    def is_named(self) -> bool:
        """Whether the caller sent a key."""
        return self.life == LIFE


def claim_of(owner: str, key: str | None, route: str, body: object, twin: timedelta | None = None) -> Claim | None:
    """A request without a key stands for itself, or, with ``twin``, for all with its body in that time.

    A key that is too long or not printable is refused.
    """
    if not key and twin is None:
        return None
    digest = hashlib.sha256(msgspec.json.encode([route, body], order="sorted")).hexdigest()
    if not key:
        return Claim(owner, f"\t{digest}", digest, twin or RUNNING)  # not printable: no caller's key
    if len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        raise BadRequest(f"Idempotency-Key must be 1 to {LONGEST} printable ASCII characters")
    return Claim(owner, key, digest)


def claim(session: Session, wish: Claim, resource_id: str, *, reused: type[AppError] = Unprocessable) -> str:
    """The id of the resource that the key stands for: ``resource_id`` if it is new, else the first one's.

    A request with the same key that is still being admitted is waited for. Raises ``reused`` when the key was used for
    something else.
    """
    _forget_old(session, wish)
    row = insert(IdempotencyKey).values(
        owner=wish.owner, key=wish.key, digest=wish.digest, resource_id=resource_id, created_at=func.clock_timestamp()
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


def is_old(wish: Claim) -> ColumnElement[bool]:
    """By the database's clock: the first request may have come to another machine."""
    life = case((IdempotencyKey.unheard, max(GIVEN_UP, wish.life)), else_=wish.life)
    return IdempotencyKey.created_at < func.clock_timestamp() - life


def _forget_old(session: Session, wish: Claim) -> None:
    old = is_old(wish)
    session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.owner == wish.owner, IdempotencyKey.key == wish.key, old)
    )
