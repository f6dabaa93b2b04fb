"""Coaching sessions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)
LIVE = sa.text("status IN ('active', 'paused')")


def upgrade() -> None:
    op.create_table(
        "coaching_sessions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("topic_id", sa.String(100), nullable=False),
        sa.Column("asked_as", sa.String(100), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("context", JSONB, nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("max_turns", sa.Integer(), nullable=False),
        sa.Column("result", JSONB, nullable=True),
        sa.Column("busy_until", MOMENT, nullable=True),
        sa.Column("busy_with", sa.String(64), nullable=True),
        sa.Column("last_activity", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("completed_at", MOMENT, nullable=True),
    )
    live = {"postgresql_where": LIVE}
    columns = ["tenant_id", "user_id", "topic_id"]
    op.create_index("uq_coaching_sessions_live", "coaching_sessions", columns, unique=True, **live)
    newest = [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")]
    op.create_index("ix_coaching_sessions_owner", "coaching_sessions", ["tenant_id", "user_id", *newest])
    op.create_index("ix_coaching_sessions_topic", "coaching_sessions", ["tenant_id", "topic_id"], **live)
    op.create_table(
        "coaching_messages",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["coaching_sessions.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", "place"),
    )


def downgrade() -> None:
    op.drop_table("coaching_messages")
    op.drop_table("coaching_sessions")
