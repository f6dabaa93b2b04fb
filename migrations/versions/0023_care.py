"""What care found, whom it follows up, and what is marked because of it.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TOLD = ("chat_sessions", "coaching_sessions", "conversations")
PLACED = ("account_settings", "agents")
MARKED = ("chat_messages", "coaching_messages", "conversation_messages", "journal_entries")


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    _events()
    _follow_ups()
    for table in PLACED:
        op.add_column(table, sa.Column("country", sa.String(2), nullable=False, server_default=""), if_not_exists=True)
    for table in TOLD:
        op.add_column(table, sa.Column("disclosed_at", sa.DateTime(timezone=True)), if_not_exists=True)
    for table in MARKED:
        op.add_column(table, sa.Column("safety", JSONB), if_not_exists=True)


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for table in MARKED:
        op.drop_column(table, "safety", if_exists=True)
    for table in TOLD:
        op.drop_column(table, "disclosed_at", if_exists=True)
    for table in PLACED:
        op.drop_column(table, "country", if_exists=True)
    op.drop_table("care_follow_ups", if_exists=True)
    op.drop_table("care_events", if_exists=True)


def _events() -> None:
    op.create_table(
        "care_events",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("path", sa.String(40), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("category", sa.String(16), nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("country", sa.String(2)),
        sa.Column("shown", sa.String(16), nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_care_events_created", "care_events", ["created_at"], if_not_exists=True)
    op.create_index("ix_care_events_tenant", "care_events", ["tenant_id", "id"], if_not_exists=True)


def _follow_ups() -> None:
    op.create_table(
        "care_follow_ups",
        sa.Column("tenant_id", sa.String(128), primary_key=True),
        sa.Column("user_id", sa.String(128), primary_key=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_care_follow_ups_until", "care_follow_ups", ["until"], if_not_exists=True)
