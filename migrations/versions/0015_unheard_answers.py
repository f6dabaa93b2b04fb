"""Answers that nobody waited for: their requests, sent again, are the same requests.

Only adds, with a default: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLES, COLUMN, INDEX = ("chat_turns", "idempotency_keys"), "unheard", "ix_chat_turns_unheard"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        for table in TABLES:
            column = sa.Column(COLUMN, sa.Boolean, nullable=False, server_default=sa.false())
            op.add_column(table, column, if_not_exists=True)
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")  # one that was cut short is not usable
        rare = sa.text(COLUMN)
        op.create_index(INDEX, TABLES[0], ["session_id"], postgresql_where=rare, postgresql_concurrently=True)
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(INDEX, postgresql_concurrently=True, if_exists=True)
        for table in TABLES:
            op.drop_column(table, COLUMN, if_exists=True)
