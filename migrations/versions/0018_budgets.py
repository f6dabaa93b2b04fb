"""Budgets: what a tenant may spend, and what the ledger is summed up by.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
CALLS, KEY = "model_calls", "key_id"
INDEXES = {
    "ix_model_calls_tenant": (["tenant_id", "created_at"], None),
    "ix_model_calls_key": ([KEY, "created_at"], KEY),
}


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.create_table(
        "tenant_budgets",
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("budgets", JSONB, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant_budgets"),
        if_not_exists=True,
    )
    op.add_column(CALLS, sa.Column(KEY, sa.String(64), nullable=True), if_not_exists=True)
    with op.get_context().autocommit_block():
        for name, (columns, filled) in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # one that was cut short is not usable
            where = sa.text(f"{filled} IS NOT NULL") if filled else None
            op.create_index(name, CALLS, columns, postgresql_concurrently=True, postgresql_where=where)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    op.drop_column(CALLS, KEY, if_exists=True)
    op.drop_table("tenant_budgets", if_exists=True)
