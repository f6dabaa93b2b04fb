"""Tokens that count no more, and what operators, owners, keys and commands did.

Only adds tables: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revocations",
        sa.Column("tenant_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("issued_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "subject", name=op.f("pk_revocations")),
        sa.CheckConstraint("kind IN ('person', 'token')", name=op.f("ck_revocations_kind")),
    )
    op.create_index("ix_revocations_changed_at", "revocations", ["changed_at"])
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.String(length=128), nullable=True),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("actor_tenant_id", sa.String(length=128), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.CheckConstraint("actor_kind IN ('person', 'key', 'command')", name=op.f("ck_audit_entries_actor_kind")),
    )
    op.create_index("ix_audit_entries_tenant_id", "audit_entries", ["tenant_id", sa.text("id DESC")])


def downgrade() -> None:
    op.drop_table("audit_entries")
    op.drop_table("revocations")
