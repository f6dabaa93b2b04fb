"""Actions that coaches propose, and what people have set of them.

Only adds tables and a column with a default: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
STATES = "state IN ('proposed', 'done', 'declined', 'superseded', 'undone')"
TIMES = ("shown_at", "confirmed_at", "done_at", "declined_at", "undone_at")


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    _actions()
    op.create_table(
        "action_settings",
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("allowed", JSONB, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", name="pk_action_settings"),
        if_not_exists=True,
    )
    proposes = sa.Column("proposes", sa.Boolean, server_default=sa.false(), nullable=False)
    op.add_column("chat_turns", proposes, if_not_exists=True)


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.drop_column("chat_turns", "proposes", if_exists=True)
    for table in ("action_settings", "actions"):
        op.drop_table(table, if_exists=True)


def _actions() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("summary", sa.String, nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("arguments", JSONB, nullable=False),
        sa.Column("before", JSONB, nullable=True),
        sa.Column("after", JSONB, nullable=True),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("proposed_by", sa.String(120), nullable=False),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("session_id", "message_id", "answer_id")),
        sa.Column("at_once", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=True),
        sa.Column("successor_id", sa.String(64), nullable=True),
        *(sa.Column(name, JSONB, nullable=True) for name in ("result", "rows_before", "rows_after")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in TIMES),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_actions"),
        sa.CheckConstraint(STATES, name=op.f("ck_actions_state")),
        if_not_exists=True,
    )
    order = ["tenant_id", "user_id", sa.text("created_at DESC"), sa.text("id DESC")]
    op.create_index("ix_actions_owner", "actions", order, if_not_exists=True)
    op.create_index("ix_actions_answer", "actions", ["answer_id"], if_not_exists=True)
    op.create_index("ix_actions_session", "actions", ["session_id"], if_not_exists=True)
    op.create_index(
        "ix_actions_undoable", "actions", ["done_at"], if_not_exists=True,
        postgresql_where=sa.text("rows_after IS NOT NULL"),
    )  # fmt: skip
