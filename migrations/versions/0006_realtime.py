"""The realtime coach: voices, agents, sessions, chats, slides, media."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)
TABLES = ("slide_revisions", "slide_decks", "realtime_chats", "realtime_sessions", "agents", "voices", "media")


def text(name: str, length: int | None = None, null: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=null)


def moment(name: str) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=False)


def document(name: str) -> sa.Column:
    return sa.Column(name, JSONB, nullable=False)


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.String(36), primary_key=True),
        text("tenant_id", 128), text("content_type", 40), sa.Column("data", sa.LargeBinary(), nullable=False),
        moment("created_at"),
    )  # fmt: skip
    op.create_index("ix_media_tenant_id", "media", ["tenant_id"])
    _people()
    _talk()


def _people() -> None:
    op.create_table(
        "voices",
        sa.Column("id", sa.Integer(), primary_key=True),
        text("tenant_id", 128), text("name", 255), text("service", 20), text("voice_id", 200), text("gender", 10),
        text("preview", 36, null=True), moment("created_at"),
        sa.UniqueConstraint("tenant_id", "name", name="uq_voices_tenant_id_name"),
    )  # fmt: skip
    op.create_table(
        "agents",
        sa.Column("id", sa.Integer(), primary_key=True),
        text("tenant_id", 128), sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("voice_pk", sa.Integer(), sa.ForeignKey("voices.id", ondelete="SET NULL"), nullable=True),
        text("name", 250), text("description", 500), text("persona", 2000),
        sa.Column("age", sa.Integer(), nullable=True), sa.Column("max_tokens", sa.Integer(), nullable=False),
        text("glb", 500, null=True), text("avatar", 36, null=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        moment("created_at"), moment("updated_at"), sa.UniqueConstraint("bot_id", name="uq_agents_bot_id"),
    )  # fmt: skip
    op.create_index("ix_agents_tenant", "agents", ["tenant_id", sa.literal_column("created_at DESC")])


def _talk() -> None:
    op.create_table(
        "realtime_sessions",
        sa.Column("id", sa.Integer(), primary_key=True),
        text("tenant_id", 128),
        sa.Column("agent_id", sa.Integer(), sa.ForeignKey("agents.id", ondelete="CASCADE"), nullable=False),
        text("thread_id", 100), text("title", 255), text("summary"),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        moment("created_at"), moment("updated_at"),
        sa.UniqueConstraint("tenant_id", "thread_id", name="uq_realtime_sessions_tenant_id_thread_id"),
    )  # fmt: skip
    op.create_index("ix_realtime_sessions_agent_id", "realtime_sessions", ["agent_id"])
    op.create_table(
        "realtime_chats",
        sa.Column("id", sa.Integer(), primary_key=True),
        text("tenant_id", 128), _session(), text("query"), text("response"), text("state", 12), document("emotion"),
        document("viseme"), document("meta"), moment("created_at"), moment("updated_at"),
    )  # fmt: skip
    op.create_index("ix_realtime_chats_session", "realtime_chats", ["session_id", sa.literal_column("id DESC")])
    op.create_table(
        "slide_decks",
        sa.Column("id", sa.Integer(), primary_key=True),
        text("tenant_id", 128), _session(), sa.Column("version", sa.Integer(), nullable=False), text("title", 255),
        text("summary"), document("editorjs"), text("updated_by", 64), moment("created_at"), moment("updated_at"),
        sa.UniqueConstraint("session_id", name="uq_slide_decks_session_id"),
    )  # fmt: skip
    op.create_table(
        "slide_revisions",
        sa.Column("deck_id", sa.Integer(), sa.ForeignKey("slide_decks.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        text("title", 255), text("summary"), document("editorjs"), text("updated_by", 64), moment("created_at"),
    )  # fmt: skip


def _session() -> sa.Column:
    of = sa.ForeignKey("realtime_sessions.id", ondelete="CASCADE")
    return sa.Column("session_id", sa.Integer(), of, nullable=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
