"""What coaches remember of people, and triggers that take a fact away with the messages that it rests on.

Only adds. Conversations that are there already count as read: what is said in them from now on may be remembered. A
fact that goes takes along its piece of the index, and the summaries in which it may be told.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
CASCADE = "CASCADE"
UNREAD = "remembered_at IS NULL OR remembered_at < updated_at"
OF_MESSAGE = "source_type = 'message'"
FUNCTIONS = ("forget_facts_of", "note_message", "forget_fact")

# The sources go with the fact: its trigger sees to that.
FACTS_OF = """CREATE OR REPLACE FUNCTION forget_facts_of() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM memory_facts AS f USING derived_sources AS d, gone AS g
    WHERE d.source_type = 'message' AND d.source_id = g.id AND d.derived_type = 'memory_facts'
      AND f.id = d.derived_id AND f.tenant_id = d.tenant_id;
  RETURN NULL;
END $$"""
NOTE = """CREATE OR REPLACE FUNCTION note_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE derived_sources AS d SET standing = 'changed'
    WHERE d.source_type = 'message' AND d.source_id = OLD.id AND d.standing = 'fresh';
  RETURN NULL;
END $$"""
FORGET = """CREATE OR REPLACE FUNCTION forget_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE chat_sessions AS s SET summary = NULL, summarised_through = 0
    WHERE s.tenant_id = OLD.tenant_id AND s.user_id = OLD.user_id AND s.summary IS NOT NULL
      AND EXISTS (SELECT 1 FROM chat_messages AS m WHERE m.session_id = s.id AND (m.context ? OLD.id OR m.id IN (
        SELECT d.source_id FROM derived_sources AS d WHERE d.tenant_id = OLD.tenant_id
          AND d.derived_type = 'memory_facts' AND d.derived_id = OLD.id)));
  DELETE FROM document_chunks AS c
    WHERE c.tenant_id = OLD.tenant_id AND c.user_id = OLD.user_id AND c.source_id = OLD.id;
  DELETE FROM derived_sources AS d
    WHERE d.tenant_id = OLD.tenant_id AND d.derived_type = 'memory_facts' AND d.derived_id = OLD.id;
  RETURN NULL;
END $$"""


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    _tables()
    # One moment for all that are there, which costs no rewriting; new ones have none.
    op.execute("ALTER TABLE chat_sessions ADD COLUMN IF NOT EXISTS remembered_at timestamptz DEFAULT now()")
    op.execute("ALTER TABLE chat_sessions ALTER COLUMN remembered_at DROP DEFAULT")
    for function in (FACTS_OF, NOTE, FORGET):
        op.execute(function)
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        _indexes()
        _triggers()
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {function}() CASCADE")  # with the triggers
    op.execute("DELETE FROM derived_sources WHERE derived_type = 'memory_facts'")
    op.execute("DELETE FROM document_chunks WHERE kind = 'memory'")
    op.drop_index("ix_derived_sources_message", "derived_sources", if_exists=True)
    op.drop_index("ix_chat_sessions_unread", "chat_sessions", if_exists=True)
    op.execute("ALTER TABLE chat_sessions DROP COLUMN IF EXISTS remembered_at")
    op.drop_table("memory_settings", if_exists=True)
    op.drop_table("memory_facts", if_exists=True)


def _tables() -> None:
    owner = [sa.Column(name, sa.String(128), nullable=False) for name in ("tenant_id", "user_id")]
    moments = [sa.Column(name, sa.DateTime(timezone=True), nullable=False)
               for name in ("said_at", "created_at", "updated_at")]  # fmt: skip
    op.create_table(
        "memory_facts",
        sa.Column("id", sa.String(64), primary_key=True),
        *owner,
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("special", sa.String(20)),
        sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("replaces", sa.String(64)),
        sa.Column("superseded_by", sa.String(64), sa.ForeignKey("memory_facts.id", ondelete=CASCADE)),
        *moments,
        sa.CheckConstraint("state IN ('proposed', 'kept')", name="state"),
        if_not_exists=True,
    )
    op.create_table(
        "memory_settings",
        sa.Column("tenant_id", sa.String(128), primary_key=True),
        sa.Column("user_id", sa.String(128), primary_key=True),
        sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        if_not_exists=True,
    )


def _indexes() -> None:
    newest = ["tenant_id", "user_id", sa.text("created_at DESC"), sa.text("id DESC")]
    op.create_index("ix_memory_facts_owner", "memory_facts", newest, if_not_exists=True)
    op.create_index(
        "ix_memory_facts_superseded", "memory_facts", ["superseded_by"], if_not_exists=True,
        postgresql_where=sa.text("superseded_by IS NOT NULL"),
    )  # fmt: skip
    for name, table, columns, where in (
        ("ix_derived_sources_message", "derived_sources", ["source_id"], OF_MESSAGE),
        ("ix_chat_sessions_unread", "chat_sessions", ["updated_at"], UNREAD),
    ):
        op.create_index(
            name, table, columns, if_not_exists=True, postgresql_concurrently=True, postgresql_where=sa.text(where)
        )


def _triggers() -> None:
    gone = "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_facts_of()"
    _trigger("chat_messages_remembered", "DELETE ON chat_messages", gone)
    changed = "FOR EACH ROW WHEN (OLD.content IS DISTINCT FROM NEW.content) EXECUTE FUNCTION note_message()"
    _trigger("chat_messages_changed", "UPDATE ON chat_messages", changed)
    _trigger("memory_facts_forgotten", "DELETE ON memory_facts", "FOR EACH ROW EXECUTE FUNCTION forget_fact()")


def _trigger(name: str, when: str, then: str) -> None:
    op.execute(f"CREATE OR REPLACE TRIGGER {name} AFTER {when} {then}")
