"""Files of entries and of chat messages. Each person's bytes are there once, by their hash, however often attached."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.attachments.interfaces import StorageKind
from app.attachments.stored_bytes import exported
from app.core.clock import now
from app.db.ownership import Owned
from app.db.privacy import OfNobody, OfPerson, PartOf
from app.db.restoring import Brought
from app.db.session import Base

CASCADE = "CASCADE"


class Blob(Owned, Base):
    """A person's bytes; nobody else's are found by a hash. ``storage`` says where they lie.

    ``words`` and ``thumbnail`` are null until somebody asked for them, and empty where there are none.
    """

    __tablename__ = "blobs"
    privacy = OfPerson(unexported="The bytes of attachments, which an export has as files")
    __table_args__ = (Index("uq_blobs_hash", "tenant_id", "user_id", "hash", unique=True),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))  # SHA-256, in hexadecimal
    size: Mapped[int] = mapped_column(BigInteger)
    content_type: Mapped[str] = mapped_column(String(127))
    storage: Mapped[StorageKind] = mapped_column(String(10))
    words: Mapped[str | None]
    thumbnail: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)


class BlobPiece(Base):
    """A part of what lies in the database."""

    __tablename__ = "blob_pieces"
    privacy = PartOf(by="blob_id", unexported="The bytes of attachments, which an export has as files")

    blob_id: Mapped[str] = mapped_column(ForeignKey("blobs.id", ondelete=CASCADE), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class BlobRemoval(Base):
    """What is to be deleted outside of the database: a blob's row is gone, or was never made.

    A trigger of ``blobs`` writes it, whoever deletes there.
    """

    __tablename__ = "blob_removals"
    privacy = OfNobody(why="Random names of bytes that belong to nobody any more, until they are deleted")
    __table_args__ = (Index("ix_blob_removals_due_at", "due_at"),)

    blob_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    due_at: Mapped[datetime]


class Attachment(Owned, Base):
    """A file as a person knows it, of an entry or given to the coach."""

    __tablename__ = "attachments"
    privacy = OfPerson(
        secrets=("link_salt",), machinery=("blob_id",), content=exported, restored=Brought(prefix="attachment")
    )
    __table_args__ = (
        Index("ix_attachments_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("ix_attachments_entry", "entry_id", postgresql_where=text("entry_id IS NOT NULL")),
        Index("ix_attachments_blob", "blob_id"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    entry_id: Mapped[str | None] = mapped_column(ForeignKey("journal_entries.id", ondelete=CASCADE))
    blob_id: Mapped[str] = mapped_column(ForeignKey("blobs.id", ondelete=CASCADE))
    name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(127))
    size: Mapped[int] = mapped_column(BigInteger)
    link_salt: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
