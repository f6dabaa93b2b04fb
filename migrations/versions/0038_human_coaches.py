"""Human coaches: what people agree to, what was read and noted; who has a conversation, wrote a message, is on call.

Only adds: an old process goes on while this runs, and after it. Until it is gone it lets a model answer in what a human
has taken over.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
MOMENT = sa.DateTime(timezone=True)
SEEN = "type IN ('sessions', 'session', 'goals', 'goal', 'entries', 'entry')"
INDEXES = {  # few rows are in them: most messages are no human coach's
    "ix_chat_sessions_taken_over": ("chat_sessions", "taken_over_by"),
    "ix_chat_messages_author": ("chat_messages", "author_id"),
}


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column, if_not_exists=True)
    _consents()
    _reads()
    _notes()
    with op.get_context().autocommit_block():
        for name, (table, column) in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # one that was cut short is not usable
            there = sa.text(f"{column} IS NOT NULL")
            op.create_index(name, table, [column], postgresql_where=there, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for table in ("coach_notes", "consent_reads", "consents"):
        op.drop_table(table, if_exists=True)
    for table, columns in _columns().items():
        for column in columns:
            op.drop_column(table, column.name, if_exists=True)


def _columns() -> dict[str, tuple[sa.Column[Any], ...]]:
    return {
        "chat_sessions": (
            sa.Column("taken_over_by", sa.String(128)),
            sa.Column("taken_over_name", sa.String(200)),
            sa.Column("taken_over_until", MOMENT),
        ),
        "chat_messages": (
            sa.Column("author_id", sa.String(128)),
            sa.Column("author_tenant", sa.String(128)),
            sa.Column("author_name", sa.String(200)),
        ),
        "chat_turns": (sa.Column("for_human", sa.Boolean, nullable=False, server_default=sa.false()),),
        "tenant_care": (sa.Column("on_call", sa.String(128), nullable=False, server_default=""),),
    }


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("coach_id", sa.String(128), nullable=False),
        sa.Column("scopes", JSONB, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        if_not_exists=True,
    )
    newest = ["tenant_id", "user_id", sa.text("created_at DESC"), sa.text("id DESC")]
    op.create_index("ix_consents_owner", "consents", newest, if_not_exists=True)
    op.create_index(
        "uq_consents_standing", "consents", ["tenant_id", "coach_id", "user_id"], unique=True, if_not_exists=True,
        postgresql_where=sa.text("ended_at IS NULL AND coach_id <> ''"),
    )  # fmt: skip


def _reads() -> None:
    op.create_table(
        "consent_reads",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("consent_id", sa.String(64), sa.ForeignKey("consents.id", ondelete="CASCADE"), nullable=False),
        sa.Column("type", sa.String(12), nullable=False),
        sa.Column("ids", JSONB, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(SEEN, name="type"),
        if_not_exists=True,
    )
    newest = ["consent_id", sa.text("created_at DESC"), sa.text("id DESC")]
    op.create_index("ix_consent_reads_consent", "consent_reads", newest, if_not_exists=True)


def _notes() -> None:
    op.create_table(
        "coach_notes",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("coach_id", sa.String(128), nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        if_not_exists=True,
    )
    by_coach = ["tenant_id", "coach_id", "user_id", sa.text("created_at DESC")]
    op.create_index("ix_coach_notes_coach", "coach_notes", by_coach, if_not_exists=True)
