"""The queue that a job waits in, and an index that finds whose turn it is.

Only adds, with a default: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE, COLUMN, CHECK, INDEX = "jobs", "queue", "ck_jobs_queue", "ix_jobs_waiting"
KNOWN = "queue IN ('interactive', 'batch', 'anonymous')"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        column = sa.Column(COLUMN, sa.String(12), nullable=False, server_default="interactive")
        op.add_column(TABLE, column, if_not_exists=True)
        again = f"DROP CONSTRAINT IF EXISTS {CHECK}, ADD CONSTRAINT {CHECK} CHECK ({KNOWN}) NOT VALID"
        op.execute(f"ALTER TABLE {TABLE} {again}")
        op.execute(f"ALTER TABLE {TABLE} VALIDATE CONSTRAINT {CHECK}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")  # one that was cut short is not usable
        waiting = sa.text("state = 'queued'")
        columns = [COLUMN, "tenant_id", "due_at"]
        op.create_index(INDEX, TABLE, columns, postgresql_where=waiting, postgresql_concurrently=True)
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(INDEX, postgresql_concurrently=True, if_exists=True)
        op.drop_column(TABLE, COLUMN, if_exists=True)
