"""Interviews may be stopped: by who began them, or because nobody looks any more.

Only adds, and widens a constraint: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE, INDEX, CHECK = "interviews", "ix_interviews_running", "ck_interviews_status"
COLUMNS = {"seen_at": sa.DateTime(timezone=True), "stop_salt": sa.String(64), "stop_hash": sa.String(64)}
BEFORE = "'in-progress', 'completed', 'failed'"
AFTER = f"{BEFORE}, 'stopped', 'abandoned'"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        for name, kind in COLUMNS.items():
            op.add_column(TABLE, sa.Column(name, kind, nullable=True), if_not_exists=True)
        _allow(AFTER)
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")  # one that was cut short is not usable
        running = sa.text("status = 'in-progress'")
        op.create_index(INDEX, TABLE, ["created_at"], postgresql_where=running, postgresql_concurrently=True)
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    """What was stopped has failed, as far as the version before knows."""
    with op.get_context().autocommit_block():
        op.drop_index(INDEX, postgresql_concurrently=True, if_exists=True)
        op.execute(f"UPDATE {TABLE} SET status = 'failed' WHERE status NOT IN ({BEFORE})")  # noqa: S608
        _allow(BEFORE)
        for name in COLUMNS:
            op.drop_column(TABLE, name, if_exists=True)


def _allow(states: str) -> None:
    rule = f"ADD CONSTRAINT {CHECK} CHECK (status IN ({states})) NOT VALID"
    op.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {CHECK}, {rule}")
    op.execute(f"ALTER TABLE {TABLE} VALIDATE CONSTRAINT {CHECK}")
