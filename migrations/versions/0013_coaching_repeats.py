"""Which request to a coaching session, sent again, is the same request.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE, COLUMN = "coaching_sessions", "may_repeat"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        op.add_column(TABLE, sa.Column(COLUMN, sa.String(10), nullable=True), if_not_exists=True)
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    op.drop_column(TABLE, COLUMN)
