"""Files of entries and of chat messages.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
OWNER = ("tenant_id", "user_id")
STORAGES = "storage IN ('database', 's3')"
# whoever deletes a blob's row: what lies elsewhere is to be deleted there
NOTE_REMOVAL = """CREATE OR REPLACE FUNCTION note_blob_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO blob_removals (blob_id, due_at) VALUES (OLD.id, clock_timestamp()) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$"""
ON_DELETE = """CREATE TRIGGER note_removal AFTER DELETE ON blobs
FOR EACH ROW WHEN (OLD.storage <> 'database') EXECUTE FUNCTION note_blob_removal()"""


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    _blobs()
    _removals()
    _attachments()
    added = sa.Column("attachment_ids", JSONB, nullable=False, server_default=sa.text("'[]'"))
    op.add_column("chat_messages", added, if_not_exists=True)


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.drop_column("chat_messages", "attachment_ids", if_exists=True)
    for table in ("attachments", "blob_pieces", "blobs", "blob_removals"):
        op.drop_table(table, if_exists=True)
    op.execute("DROP FUNCTION IF EXISTS note_blob_removal()")


def _blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("id", sa.String(64), primary_key=True),
        *(sa.Column(name, sa.String(128), nullable=False) for name in OWNER),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content_type", sa.String(127), nullable=False),
        sa.Column("storage", sa.String(10), nullable=False),
        sa.Column("words", sa.String),
        sa.Column("thumbnail", sa.LargeBinary),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(STORAGES, name="storage"),
        if_not_exists=True,
    )
    op.create_index("uq_blobs_hash", "blobs", [*OWNER, "hash"], unique=True, if_not_exists=True)
    op.create_table(
        "blob_pieces",
        sa.Column("blob_id", sa.String(64), sa.ForeignKey("blobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        if_not_exists=True,
    )
    # pictures are packed already, and a part of a text is read as it lies there
    op.execute("ALTER TABLE blob_pieces ALTER COLUMN data SET STORAGE EXTERNAL")


def _removals() -> None:
    op.create_table(
        "blob_removals",
        sa.Column("blob_id", sa.String(64), primary_key=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_blob_removals_due_at", "blob_removals", ["due_at"], if_not_exists=True)
    op.execute(NOTE_REMOVAL)
    op.execute("DROP TRIGGER IF EXISTS note_removal ON blobs")
    op.execute(ON_DELETE)


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(64), primary_key=True),
        *(sa.Column(name, sa.String(128), nullable=False) for name in OWNER),
        sa.Column("entry_id", sa.String(64), sa.ForeignKey("journal_entries.id", ondelete="CASCADE")),
        sa.Column("blob_id", sa.String(64), sa.ForeignKey("blobs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("content_type", sa.String(127), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("link_salt", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        if_not_exists=True,
    )
    newest = [*OWNER, sa.text("created_at DESC"), sa.text("id DESC")]
    op.create_index("ix_attachments_owner", "attachments", newest, if_not_exists=True)
    of_entries = sa.text("entry_id IS NOT NULL")
    op.create_index(
        "ix_attachments_entry", "attachments", ["entry_id"], if_not_exists=True, postgresql_where=of_entries
    )  # fmt: skip
    op.create_index("ix_attachments_blob", "attachments", ["blob_id"], if_not_exists=True)
