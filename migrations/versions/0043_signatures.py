"""Signatures of vectors, by which the likely ones of a person's are found in an index alone; lexemes beside their rows.

Only adds: an old process goes on while this runs, and after it. A worker signs what is there, and what old ones store.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BIT

revision = "0043"
down_revision = "0041"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE, COLUMN = "document_chunks", "signature"
SIGNED, UNSIGNED = "ix_document_chunks_signature", "ix_document_chunks_unsigned"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        op.add_column(TABLE, sa.Column(COLUMN, BIT(varying=True), nullable=True), if_not_exists=True)
        # Ranking reads them of thousands of rows, and the texts of few: those are put elsewhere when a row is long.
        op.execute(f"ALTER TABLE {TABLE} ALTER COLUMN lexemes SET STORAGE MAIN")
        for name in (SIGNED, UNSIGNED):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # one that was cut short is not usable
        op.create_index(
            SIGNED, TABLE, ["tenant_id", "user_id", "embedding_model", COLUMN], postgresql_include=["id"],
            postgresql_where=sa.text("embedding IS NOT NULL"), postgresql_concurrently=True,
        )  # fmt: skip
        where = sa.text("embedding IS NOT NULL AND signature IS NULL")
        op.create_index(UNSIGNED, TABLE, ["id"], postgresql_where=where, postgresql_concurrently=True)
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in (UNSIGNED, SIGNED):
            op.drop_index(name, postgresql_concurrently=True, if_exists=True)
        op.execute(f"ALTER TABLE {TABLE} ALTER COLUMN lexemes SET STORAGE EXTENDED")
        op.drop_column(TABLE, COLUMN, if_exists=True)
