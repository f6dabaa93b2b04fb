"""Exports of all of a person or a tenant, and their files in pieces.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
STATES = "status IN ('queued', 'running', 'completed', 'failed')"
IS_OPEN = sa.text("status IN ('queued', 'running')")


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.create_table(
        "exports",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("of_tenant", sa.String(128)),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("webhook_url", sa.String(2083)),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("link_salt", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger),
        sa.Column("counts", JSONB),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(STATES, name="status"),
        if_not_exists=True,
    )
    _indices()
    op.create_table(
        "export_files",
        sa.Column("export_id", sa.String(64), sa.ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        if_not_exists=True,
    )
    # what is zipped already is not packed once more
    op.execute("ALTER TABLE export_files ALTER COLUMN data SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.drop_table("export_files", if_exists=True)
    op.drop_table("exports", if_exists=True)


def _indices() -> None:
    op.create_index(
        "ix_exports_owner", "exports", ["tenant_id", "user_id", sa.text("created_at DESC")], if_not_exists=True
    )
    op.create_index(
        "uq_exports_open", "exports", ["tenant_id", "user_id"],
        unique=True, postgresql_where=IS_OPEN, if_not_exists=True,
    )  # fmt: skip
    op.create_index(
        "ix_exports_of_tenant", "exports", ["of_tenant"],
        postgresql_where=sa.text("of_tenant IS NOT NULL"), if_not_exists=True,
    )  # fmt: skip
    op.create_index("ix_exports_expires_at", "exports", ["expires_at"], if_not_exists=True)
