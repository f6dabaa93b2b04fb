"""Business conversations answer one message at a time: which turn has a conversation, and until when.

Only adds columns that may be empty: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE = "conversations"
COLUMNS = {"busy_until": sa.DateTime(timezone=True), "busy_with": sa.String(64)}


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for name, kind in COLUMNS.items():
        op.add_column(TABLE, sa.Column(name, kind, nullable=True), if_not_exists=True)


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for name in COLUMNS:
        op.drop_column(TABLE, name, if_exists=True)
