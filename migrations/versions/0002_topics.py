"""The workspace of a business, topics and their runs, feeds; goal ids are unique within a tenant."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)
CHILDREN = ("goal_entry_links", "milestones", "progress_updates")


def upgrade() -> None:
    _goals_per_tenant()
    _workspace()
    _topics()
    op.create_table(
        "feed_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_feed_events_owner", "feed_events", ["tenant_id", "user_id", "id"])
    op.create_index("ix_feed_events_created_at", "feed_events", ["created_at"])
    op.add_column("idempotency_keys", sa.Column("answer", JSONB, nullable=True))
    op.add_column("idempotency_keys", sa.Column("lease_until", MOMENT, nullable=True))


def _goals_per_tenant() -> None:
    for table in CHILDREN:
        op.drop_constraint(f"fk_{table}_goal_id", table, type_="foreignkey")
    op.drop_constraint("pk_goal_entry_links", "goal_entry_links", type_="primary")
    op.drop_constraint("pk_goals", "goals", type_="primary")
    op.create_primary_key("pk_goals", "goals", ["tenant_id", "id"])
    op.create_primary_key("pk_goal_entry_links", "goal_entry_links", ["tenant_id", "goal_id", "journal_entry_id"])
    for table in CHILDREN:
        op.create_foreign_key(
            f"fk_{table}_tenant_id_goal_id", table, "goals", ["tenant_id", "goal_id"], ["tenant_id", "id"],
            ondelete="CASCADE",
        )  # fmt: skip
    op.alter_column("goals", "target_date", nullable=True)
    op.add_column("goals", sa.Column("details", JSONB, nullable=False, server_default="{}"))
    op.alter_column("goals", "details", server_default=None)


def _workspace() -> None:
    op.create_table(
        "workspace_records",
        sa.Column("tenant_id", sa.String(128), primary_key=True),
        sa.Column("collection", sa.String(20), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    newest = [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")]
    op.create_index("ix_workspace_records_listed", "workspace_records", ["tenant_id", "collection", *newest])
    op.create_table(
        "measure_values",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("measure_id", sa.String(64), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
    )
    last = sa.literal_column("id DESC")
    op.create_index("ix_measure_values_measure", "measure_values", ["tenant_id", "measure_id", last])


def _topics() -> None:
    op.create_table(
        "topic_settings",
        sa.Column("topic_id", sa.String(100), primary_key=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("model", sa.String(200), nullable=True),
        sa.Column("temperature", sa.Float(), nullable=True),
        sa.Column("max_tokens", sa.Integer(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", sa.String(128), nullable=False),
    )
    op.create_table(
        "prompt_versions",
        sa.Column("topic_id", sa.String(100), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
    )
    op.create_table(
        "topic_runs",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("topic_id", sa.String(100), nullable=False),
        sa.Column("parameters", JSONB, nullable=False),
        sa.Column("gathered", JSONB, nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("result", JSONB, nullable=True),
        sa.Column("about", JSONB, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("error_code", sa.String(40), nullable=True),
        sa.Column("callback_url", sa.String(2083), nullable=True),
        sa.Column("estimated_ms", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("completed_at", MOMENT, nullable=True),
    )
    newest = [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")]
    op.create_index("ix_topic_runs_owner", "topic_runs", ["tenant_id", "user_id", *newest])


def downgrade() -> None:
    op.drop_column("idempotency_keys", "lease_until")
    op.drop_column("idempotency_keys", "answer")
    tables = ("feed_events", "topic_runs", "prompt_versions", "topic_settings", "measure_values", "workspace_records")
    for table in tables:
        op.drop_table(table)
    op.drop_column("goals", "details")
    op.execute("UPDATE goals SET target_date = created_at WHERE target_date IS NULL")
    op.alter_column("goals", "target_date", nullable=False)
    for table in CHILDREN:
        op.drop_constraint(f"fk_{table}_tenant_id_goal_id", table, type_="foreignkey")
    op.drop_constraint("pk_goal_entry_links", "goal_entry_links", type_="primary")
    op.drop_constraint("pk_goals", "goals", type_="primary")
    op.create_primary_key("pk_goals", "goals", ["id"])
    op.create_primary_key("pk_goal_entry_links", "goal_entry_links", ["goal_id", "journal_entry_id"])
    for table in CHILDREN:
        op.create_foreign_key(f"fk_{table}_goal_id", table, "goals", ["goal_id"], ["id"], ondelete="CASCADE")
