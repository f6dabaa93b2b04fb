"""Reminders, when they were told, what holds for all of a person's; browsers that are pushed to, and our key for it.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    _reminders()
    _runs()
    op.create_table(
        "reminder_settings",
        sa.Column("tenant_id", sa.String(128), primary_key=True),
        sa.Column("user_id", sa.String(128), primary_key=True),
        sa.Column("per_day", sa.Integer, nullable=False),
        sa.Column("cool_down_hours", sa.Float, nullable=False),
        sa.Column("quiet_from", sa.Time),
        sa.Column("quiet_to", sa.Time),
        sa.Column("paused_until", MOMENT),
        sa.Column("updated_at", MOMENT, nullable=False),
        if_not_exists=True,
    )
    _push()


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for table in ("push_keys", "push_subscriptions", "reminder_settings", "reminder_runs", "reminders"):
        op.drop_table(table, if_exists=True)


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("goal_id", sa.String(64)),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("rrule", sa.String(500)),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("channels", JSONB, nullable=False),
        sa.Column("webhook_url", sa.String(2083)),
        sa.Column("quiet_from", sa.Time),
        sa.Column("quiet_to", sa.Time),
        sa.Column("paused_until", MOMENT),
        sa.Column("occurs_at", MOMENT),
        sa.Column("next_at", MOMENT),
        sa.Column("last_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        if_not_exists=True,
    )
    newest = ["tenant_id", "user_id", sa.text("created_at DESC"), sa.text("id DESC")]
    op.create_index("ix_reminders_owner", "reminders", newest, if_not_exists=True)
    op.create_index(
        "ix_reminders_next_at", "reminders", ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"), if_not_exists=True,
    )  # fmt: skip


def _runs() -> None:
    op.create_table(
        "reminder_runs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("reminder_id", sa.String(64), sa.ForeignKey("reminders.id", ondelete="CASCADE"), nullable=False),
        sa.Column("occurs_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("value", sa.String(200)),
        sa.Column("text", sa.String),
        if_not_exists=True,
    )
    op.create_index(
        "uq_reminder_runs_occurrence", "reminder_runs", ["reminder_id", "occurs_at"], unique=True, if_not_exists=True
    )
    op.create_index("ix_reminder_runs_sent", "reminder_runs", ["tenant_id", "user_id", "sent_at"], if_not_exists=True)


def _push() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("endpoint", sa.String(1000), nullable=False),
        sa.Column("receiver", sa.String(100), nullable=False),
        sa.Column("secret", sa.String(40), nullable=False),
        sa.Column("contact", sa.String(300), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        if_not_exists=True,
    )
    op.create_index(
        "uq_push_subscriptions_endpoint", "push_subscriptions", ["tenant_id", "user_id", "endpoint"],
        unique=True, if_not_exists=True,
    )  # fmt: skip
    op.create_table(
        "push_keys",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("pem", sa.String, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        if_not_exists=True,
    )
