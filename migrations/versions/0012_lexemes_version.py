"""Pieces say by which rules their lexemes were made, so that a worker makes those of older rules again.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE, COLUMN, INDEX = "document_chunks", "lexemes_version", "ix_document_chunks_lexemes_version"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        column = sa.Column(COLUMN, sa.SmallInteger, nullable=False, server_default="0")
        op.add_column(TABLE, column, if_not_exists=True)
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")  # one that was cut short is not usable
        op.create_index(INDEX, TABLE, [COLUMN], postgresql_concurrently=True)
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(INDEX, postgresql_concurrently=True, if_exists=True)
        op.drop_column(TABLE, COLUMN, if_exists=True)
