"""Traces of turns, who may read the words that belong to them, and what kind of model a call was made to.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
WORDS = (
    ("id", 64), ("tenant_id", 128), ("user_id", 128), ("feature", 120), ("answer_id", 128), ("conversation_id", 128),
    ("request_id", 128), ("outcome", 60),
)  # fmt: skip


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.create_table(
        "turn_traces",
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in WORDS),
        sa.Column("ms", sa.Float, nullable=False),
        sa.Column("input_tokens", sa.Integer, nullable=False),
        sa.Column("output_tokens", sa.Integer, nullable=False),
        sa.Column("cost", sa.Numeric(14, 8), nullable=False),
        sa.Column("unpriced", sa.Integer, nullable=False),
        *(sa.Column(name, JSONB, nullable=False) for name in ("stages", "retrieved", "calls")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turn_traces"),
        if_not_exists=True,
    )
    op.create_table(
        "tenant_traces",
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("operators_read_words", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_tenant_traces"),
        if_not_exists=True,
    )
    _indexes()
    op.add_column(
        "model_calls", sa.Column("operation", sa.String(16), nullable=False, server_default="chat"), if_not_exists=True
    )  # fmt: skip
    op.add_column("model_calls", sa.Column("quantity", sa.Numeric(14, 3)), if_not_exists=True)


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.drop_column("model_calls", "quantity", if_exists=True)
    op.drop_column("model_calls", "operation", if_exists=True)
    op.drop_table("tenant_traces", if_exists=True)
    op.drop_table("turn_traces", if_exists=True)


def _indexes() -> None:
    op.create_index("ix_turn_traces_owner", "turn_traces", ["tenant_id", "user_id", "id"], if_not_exists=True)
    op.create_index(
        "ix_turn_traces_answer", "turn_traces", ["answer_id"], postgresql_where=sa.text("answer_id <> ''"),
        if_not_exists=True,
    )  # fmt: skip
    op.create_index(
        "ix_turn_traces_created_at", "turn_traces", ["created_at"], postgresql_using="brin", if_not_exists=True
    )  # fmt: skip
