"""Goals that are the team's too, so that they outlive the person who set them.

Only adds. Which of the goals that are there were set for the business nobody wrote down: they stay the person's own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    column = sa.Column("of_team", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("goals", column, if_not_exists=True)


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.drop_column("goals", "of_team", if_exists=True)
