"""How the last turn of a coaching session ended, for readers that come late; an index for the leases of turns.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE, COLUMNS, INDEX = "coaching_sessions", ("turn_metadata", "turn_error"), "ix_coaching_sessions_busy_with"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        for name in COLUMNS:
            op.add_column(TABLE, sa.Column(name, JSONB, nullable=True), if_not_exists=True)
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")  # one that was cut short is not usable
        busy = sa.text("busy_until IS NOT NULL")
        op.create_index(INDEX, TABLE, ["busy_with"], postgresql_where=busy, postgresql_concurrently=True)
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(INDEX, postgresql_concurrently=True, if_exists=True)
        for name in COLUMNS:
            op.drop_column(TABLE, name, if_exists=True)
