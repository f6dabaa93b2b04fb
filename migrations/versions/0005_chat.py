"""Weekly insights, suggested prompts, coach personalities, account settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "account_settings",
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("weekly_digest", sa.Boolean(), nullable=False),
        sa.Column("personality_id", sa.String(64), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", name="pk_account_settings"),
    )
    wanted = sa.text("weekly_digest")
    op.create_index("ix_account_settings_digest", "account_settings", ["timezone"], postgresql_where=wanted)
    _personalities()
    _insights()


def _personalities() -> None:
    op.create_table(
        "personalities",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("system_prompt", sa.String(), nullable=False),
        sa.Column("style", sa.String(20), nullable=False),
        sa.Column("first_message", sa.String(), nullable=True),
        sa.Column("voice_id", sa.String(100), nullable=True),
        sa.Column("eleven_labs_agent_id", sa.String(100), nullable=True),
        sa.Column("voice_stability", sa.Float(), nullable=True),
        sa.Column("voice_similarity_boost", sa.Float(), nullable=True),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_personalities"),
    )
    newest = [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")]
    op.create_index("ix_personalities_owner", "personalities", ["tenant_id", "user_id", *newest])


def _insights() -> None:
    op.create_table(
        "weekly_insights",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("week_of", sa.Date(), nullable=False),
        sa.Column("week_start", MOMENT, nullable=False),
        sa.Column("week_end", MOMENT, nullable=False),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("entries_analyzed", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(120), nullable=True),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_weekly_insights"),
    )
    week = ["tenant_id", "user_id", "week_of"]
    op.create_index("uq_weekly_insights_week", "weekly_insights", week, unique=True)
    op.create_table(
        "suggested_prompts",
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("prompts", JSONB, nullable=False),
        sa.Column("sources", JSONB, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", name="pk_suggested_prompts"),
    )


def downgrade() -> None:
    for table in ("suggested_prompts", "weekly_insights", "personalities", "account_settings"):
        op.drop_table(table)
