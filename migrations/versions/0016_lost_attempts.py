"""Attempts that a job's workers did not live to finish, counted apart from those that failed.

Only adds, with a default: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE, COLUMN = "jobs", "lost_attempts"


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.add_column(TABLE, sa.Column(COLUMN, sa.Integer, nullable=False, server_default="0"), if_not_exists=True)


def downgrade() -> None:
    op.drop_column(TABLE, COLUMN, if_exists=True)
