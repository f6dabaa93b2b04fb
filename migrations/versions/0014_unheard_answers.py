"""Chat answers that nobody waited for: their messages, sent again, are the same messages.

Only adds, with a default: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE, COLUMN, INDEX = "chat_turns", "unheard", "ix_chat_turns_unheard"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        column = sa.Column(COLUMN, sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column(TABLE, column, if_not_exists=True)
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")  # one that was cut short is not usable
        rare = sa.text(COLUMN)
        op.create_index(INDEX, TABLE, ["session_id"], postgresql_where=rare, postgresql_concurrently=True)
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(INDEX, postgresql_concurrently=True, if_exists=True)
        op.drop_column(TABLE, COLUMN, if_exists=True)
