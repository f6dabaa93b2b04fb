"""People who have an account here, the tenants that they are in, and what is mailed to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.auth.principals import Role
from app.core.clock import now
from app.core.ids import new_id
from app.db.ownership import Owned
from app.db.privacy import OfPerson, OfTeam
from app.db.restoring import Stays
from app.db.session import Base

ADDRESS = String(254)
EMPTY = "[]"
OF_ACCOUNT = Stays("An account and the ways into it are never made by a file")


class Purpose(StrEnum):
    """What a link in a mail is good for, once."""

    VERIFY = "verify"
    MAGIC_LINK = "magic_link"
    RESET = "reset"
    ADDRESS = "address"


class MailKind(StrEnum):
    SIGN_UP = "sign_up"
    MAGIC_LINK = "magic_link"
    RESET = "reset"
    INVITATION = "invitation"
    ADDRESS = "address"  # to the new one
    NOTICE = "notice"  # to the old one
    REMINDER = "reminder"


class User(Owned, Base):
    """An account. ``tenant_id`` is the tenant that the person works in now; ``totp_step`` the last one that counted.

    Without ``verified_at`` nobody has shown yet that the address is theirs: no password opens it.
    """

    __tablename__ = "users"
    privacy = OfPerson(secrets=("password_hash", "totp_secret"), machinery=("totp_step",), restored=OF_ACCOUNT)

    user_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    email: Mapped[str] = mapped_column(ADDRESS, unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    verified_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_confirmed_at: Mapped[datetime | None]
    totp_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Tenant(Base):
    """A team with members. Tenants of tokens that others sign have no row here."""

    __tablename__ = "tenants"
    privacy = OfTeam(names=("created_by",))

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    created_by: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Membership(Owned, Base):
    """In which tenant somebody has which role. Nobody needs one in the tenant that is theirs alone."""

    __tablename__ = "memberships"
    privacy = OfPerson(restored=OF_ACCOUNT)
    __table_args__ = (
        CheckConstraint(f"role IN ({', '.join(repr(role.value) for role in Role)})", name="role"),
        Index("ix_memberships_user_id", "user_id"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Invitation(Base):
    """Of one address into one tenant. Only the newest link opens it: ``digest`` is that of its token."""

    __tablename__ = "invitations"
    privacy = OfTeam(secrets=("digest",), names=("address", "invited_by"))
    __table_args__ = (
        Index(
            "uq_invitations_open", "tenant_id", "address", unique=True, postgresql_where=text("accepted_at IS NULL")
        ),
        Index("ix_invitations_expires_at", "expires_at"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("invitation"))
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(ADDRESS)
    role: Mapped[str] = mapped_column(String(20))
    invited_by: Mapped[str] = mapped_column(String(128))
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class Identity(Owned, Base):
    """An account at an OpenID provider that opens one here."""

    __tablename__ = "identities"
    privacy = OfPerson(restored=OF_ACCOUNT)
    __table_args__ = (Index("ix_identities_user_id", "user_id"),)

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class MailToken(Owned, Base):
    """What a link in a mail ends with, as its SHA-256; it is good for ``address`` alone."""

    __tablename__ = "mail_tokens"
    privacy = OfPerson(unexported="Keys to the account: they end within days")
    __table_args__ = (
        CheckConstraint("purpose IN ('verify', 'magic_link', 'reset', 'address')", name="purpose"),
        Index("ix_mail_tokens_user_id", "user_id"),
        Index("ix_mail_tokens_expires_at", "expires_at"),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    purpose: Mapped[Purpose] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(ADDRESS)
    expires_at: Mapped[datetime]


class Mail(Owned, Base):
    """A mail that a worker writes and sends: who asks for one learns nothing of whom it would go to.

    ``about`` is an invitation's id. Text and links are kept for the outbox only, which production has none of; the
    ``text`` of a reminder is there from the beginning.
    """

    __tablename__ = "mails"
    privacy = OfPerson(unexported="Mail in hand: it is gone when it is sent")
    __table_args__ = (
        CheckConstraint(
            "kind IN ('sign_up', 'magic_link', 'reset', 'invitation', 'address', 'notice', 'reminder')", name="kind"
        ),
        Index("ix_mails_created_at", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("mail"))
    kind: Mapped[MailKind] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(ADDRESS)
    about: Mapped[str | None] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(default="")
    links: Mapped[list[str]] = mapped_column(default=list, server_default=EMPTY)
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
