"""API keys at rest: a public prefix to find them by, and a keyed hash. Sign-ins. What was revoked; who did what."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.auth.principals import Scope
from app.core.clock import now
from app.core.ids import new_id
from app.core.json import to_json
from app.db.ownership import Owned
from app.db.privacy import Name, OfPerson, OfTeam
from app.db.restoring import Stays
from app.db.session import Base

EMPTY = "[]"


class ApiKey(Base):
    """A machine's key of one tenant. ``digest`` is HMAC-SHA-256; the key itself is shown once and not kept.

    ``allow`` is the contract's list, where each entry may be met by page, host or address; ``origins``, ``hosts`` and
    ``networks`` are lists that each must be met. ``last_used_at`` is right to a minute or two.
    """

    __tablename__ = "api_keys"
    privacy = OfTeam(secrets=("digest",))
    __table_args__ = (
        Index("uq_api_keys_live_name", "tenant_id", "name", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("key"))
    tenant_id: Mapped[str] = mapped_column(String(128))
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    allow: Mapped[list[str]] = mapped_column(default=list)
    origins: Mapped[list[str]] = mapped_column(default=list, server_default=EMPTY)
    hosts: Mapped[list[str]] = mapped_column(default=list, server_default=EMPTY)
    networks: Mapped[list[str]] = mapped_column(default=list, server_default=EMPTY)
    scopes: Mapped[list[str]] = mapped_column(default=lambda: list(Scope), server_default=to_json(list(Scope)))
    rate: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInKind(StrEnum):
    TOKENS = "tokens"  # access tokens, and a refresh token that is another one each time
    COOKIE = "cookie"  # of a browser


class SignIn(Owned, Base):
    """Somebody on one device. What opens it is signed with ``salt``; ``generation`` counts its refresh tokens."""

    __tablename__ = "sign_ins"
    privacy = OfPerson(secrets=("salt",), restored=Stays("A way into the account is never made by a file"))
    __table_args__ = (
        CheckConstraint("kind IN ('tokens', 'cookie')", name="kind"),
        Index("ix_sign_ins_user_id", "user_id"),
        Index("ix_sign_ins_expires_at", "expires_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("signin"))
    kind: Mapped[SignInKind] = mapped_column(String(10))
    role: Mapped[str] = mapped_column(String(20))
    salt: Mapped[str] = mapped_column(String(64))
    generation: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Revoked(StrEnum):
    PERSON = "person"  # all their tokens that were issued before a time
    BY_ID = "token"  # the one of this id


class ActorKind(StrEnum):
    PERSON = "person"
    KEY = "key"
    COMMAND = "command"


class Revocation(Base):
    """Tokens that count no more. ``changed_at`` is the database's clock: processes ask for what is new to them."""

    __tablename__ = "revocations"
    privacy = OfTeam(kept="What was revoked must stay refused, by the id that its tokens have: for ever")
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'token')", name="kind"),
        Index("ix_revocations_changed_at", "changed_at"),
    )

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    subject: Mapped[str] = mapped_column(String(128), primary_key=True)
    issued_before: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class AuditEntry(Base):
    """One deed of an operator, an owner, a key or a command. ``tenant_id`` is whose it concerns; null: the service's.

    Names and ids only: no words of users, no secrets.
    """

    __tablename__ = "audit_entries"
    privacy = OfTeam(
        names=(Name("actor", "actor_tenant_id", beside=("address",)), "target"),
        kept="Who did what with access: for ever",
    )
    __table_args__ = (
        CheckConstraint("actor_kind IN ('person', 'key', 'command')", name="actor_kind"),
        Index("ix_audit_entries_tenant_id", "tenant_id", text("id DESC")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    tenant_id: Mapped[str | None] = mapped_column(String(128))
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor: Mapped[str] = mapped_column(String(128))
    actor_tenant_id: Mapped[str | None] = mapped_column(String(128))
    role: Mapped[str] = mapped_column(String(20), default="")
    action: Mapped[str] = mapped_column(String(60))
    target: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    request_id: Mapped[str] = mapped_column(String(128), default="")
