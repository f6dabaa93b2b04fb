"""Entries that were given a day without a time are of that day in every time zone.

Only adds, with a default: an old process goes on while this runs, and after it. What is at the stroke of a UTC midnight
was given as a day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE, COLUMN = "journal_entries", "all_day"
MIDNIGHT = "entry_date = date_trunc('day', entry_date, 'UTC')"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        column = sa.Column(COLUMN, sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column(TABLE, column, if_not_exists=True)
        op.execute(f"UPDATE {TABLE} SET {COLUMN} = true WHERE {MIDNIGHT}")  # noqa: S608 - constants only
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    op.drop_column(TABLE, COLUMN)
