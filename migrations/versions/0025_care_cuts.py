"""What a model said is noted as well where nothing was found in the person's words: an event may have no category.

Only lifts a constraint: an old process goes on while this runs, and after it.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.alter_column("care_events", "category", nullable=True)


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.execute("DELETE FROM care_events WHERE category IS NULL")
    op.alter_column("care_events", "category", nullable=False)
