"""Pieces are found by the model that embedded them, so that another model embeds them again.

Only swaps one index for another: an old process goes on while this runs, and after it.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE, OLD, NEW = "document_chunks", "ix_document_chunks_pending", "ix_document_chunks_embedding_model"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NEW}")  # one that was cut short is not usable
        op.create_index(NEW, TABLE, ["embedding_model"], postgresql_concurrently=True)
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {OLD}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {OLD}")
        op.execute(f"CREATE INDEX CONCURRENTLY {OLD} ON {TABLE} (id) WHERE embedding IS NULL")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NEW}")
