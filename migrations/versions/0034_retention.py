"""How long rows of a tenant are kept, indexes by which old rows are found, and which rows an import brought.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
OLDEST_FIRST = ("chat_messages", "chat_turns", "conversation_messages", "realtime_chats", "model_calls")


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.create_table(
        "tenant_retention",
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("days", JSONB, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant_retention"),
        if_not_exists=True,
    )
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.String(64), nullable=False),
        sa.Column("table", sa.String(63), nullable=False),
        sa.Column("row_id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "table", "row_id", name="pk_import_rows"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_rows_import_id", ondelete="CASCADE"),
        if_not_exists=True,
    )
    with op.get_context().autocommit_block():
        for table in OLDEST_FIRST:
            name = f"ix_{table}_created_at"
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # one that was cut short is not usable
            op.create_index(name, table, ["created_at"], postgresql_using="brin", postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for table in OLDEST_FIRST:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS ix_{table}_created_at")
    op.drop_table("import_rows", if_exists=True)
    op.drop_table("tenant_retention", if_exists=True)
