"""Accounts of people, their sign-ins, tenants, invitations and mails.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
ROLES = "'owner', 'admin', 'manager', 'member', 'coach', 'viewer', 'operator'"
MAILS = "'sign_up', 'magic_link', 'reset', 'invitation', 'address', 'notice', 'reminder'"
TABLES = ("mails", "mail_tokens", "identities", "invitations", "memberships", "tenants", "users", "sign_ins")


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    _sign_ins()
    _users()
    _tenants()
    _invitations()
    _identities()
    _mail_tokens()
    _mails()


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for table in TABLES:
        op.drop_table(table, if_exists=True)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _owner() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("tenant_id", sa.String(128), nullable=False), sa.Column("user_id", sa.String(128), nullable=False)


def _to_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=f"fk_{table}_user_id", ondelete="CASCADE")


def _to_tenant(table: str) -> sa.ForeignKeyConstraint:
    to = ["tenants.tenant_id"]
    return sa.ForeignKeyConstraint(["tenant_id"], to, name=f"fk_{table}_tenant_id", ondelete="CASCADE")


def _sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(64), nullable=False),
        *_owner(),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        _time("created_at"),
        _time("used_at"),
        _time("expires_at"),
        _time("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.CheckConstraint("kind IN ('tokens', 'cookie')", name="kind"),
        if_not_exists=True,
    )
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"], if_not_exists=True)
    op.create_index("ix_sign_ins_expires_at", "sign_ins", ["expires_at"], if_not_exists=True)


def _users() -> None:
    op.create_table(
        "users",
        *_owner(),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("password_hash", sa.String(200)),
        _time("verified_at", nullable=True),
        sa.Column("totp_secret", sa.String(64)),
        _time("totp_confirmed_at", nullable=True),
        sa.Column("totp_step", sa.Integer, nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("user_id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        if_not_exists=True,
    )


def _tenants() -> None:
    op.create_table(
        "tenants",
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenants"),
        if_not_exists=True,
    )
    op.create_table(
        "memberships",
        *_owner(),
        sa.Column("role", sa.String(20), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", name="pk_memberships"),
        sa.CheckConstraint(f"role IN ({ROLES})", name="role"),
        _to_user("memberships"),
        _to_tenant("memberships"),
        if_not_exists=True,
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"], if_not_exists=True)


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("invited_by", sa.String(128), nullable=False),
        sa.Column("digest", sa.String(64)),
        _time("created_at"),
        _time("expires_at"),
        _time("accepted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("digest", name="uq_invitations_digest"),
        _to_tenant("invitations"),
        if_not_exists=True,
    )
    op.create_index(
        "uq_invitations_open", "invitations", ["tenant_id", "address"],
        unique=True, postgresql_where=sa.text("accepted_at IS NULL"), if_not_exists=True,
    )  # fmt: skip
    op.create_index("ix_invitations_expires_at", "invitations", ["expires_at"], if_not_exists=True)


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        *_owner(),
        _time("created_at"),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_identities"),
        _to_user("identities"),
        if_not_exists=True,
    )
    op.create_index("ix_identities_user_id", "identities", ["user_id"], if_not_exists=True)


def _mail_tokens() -> None:
    op.create_table(
        "mail_tokens",
        sa.Column("digest", sa.String(64), nullable=False),
        *_owner(),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        _time("expires_at"),
        sa.PrimaryKeyConstraint("digest", name="pk_mail_tokens"),
        sa.CheckConstraint("purpose IN ('verify', 'magic_link', 'reset', 'address')", name="purpose"),
        _to_user("mail_tokens"),
        if_not_exists=True,
    )
    op.create_index("ix_mail_tokens_user_id", "mail_tokens", ["user_id"], if_not_exists=True)
    op.create_index("ix_mail_tokens_expires_at", "mail_tokens", ["expires_at"], if_not_exists=True)


def _mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.String(64), nullable=False),
        *_owner(),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("about", sa.String(64)),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("links", JSONB, nullable=False, server_default="[]"),
        _time("created_at"),
        _time("sent_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.CheckConstraint(f"kind IN ({MAILS})", name="kind"),
        if_not_exists=True,
    )
    op.create_index("ix_mails_created_at", "mails", ["created_at"], if_not_exists=True)
