"""What can be found: pieces of goals, progress notes, journal entries and remembered facts, each its owner's."""

from datetime import datetime

from pgvector import HalfVector
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import BigInteger, Identity, Index, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import BIT, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.db.ownership import Owned
from app.db.privacy import Derivation, OfPerson
from app.db.session import Base


class DocumentChunk(Owned, Base):
    """One piece of one document. ``lexemes`` holds a word that stands for the owner, so that one GIN index serves all.

    A worker makes lexemes of an older ``lexemes_version`` again.

    ``embedding`` is filled in by a worker when an embedding model is configured, and again when it is another one.
    A piece that has an ``embedding_model`` and no vector was refused by that model.

    ``signature`` has a bit for the sign of each number of the vector: near vectors differ in few of them, and to count
    these an index is all that has to be read.
    """

    __tablename__ = "document_chunks"
    privacy = OfPerson(
        unexported="Made for search, from texts that an export has",
        derived=dict.fromkeys(
            ("title", "text", "lexemes", "embedding", "signature"),
            ("journal_entries", "goals", "progress_updates", "memory_facts"),
        ),
        derivation=Derivation.REWRITTEN,
    )
    __table_args__ = (
        Index("ix_document_chunks_lexemes", "lexemes", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_document_chunks_owner_recent", "tenant_id", "user_id", "kind", text("dated_at DESC")),
        Index("ix_document_chunks_source", "tenant_id", "user_id", "source_id"),
        Index("ix_document_chunks_parent", "tenant_id", "user_id", "parent_id"),
        Index("ix_document_chunks_embedding_model", "embedding_model"),
        Index("ix_document_chunks_lexemes_version", "lexemes_version"),
        Index(
            "ix_document_chunks_signature",
            "tenant_id",
            "user_id",
            "embedding_model",
            "signature",
            postgresql_include=["id"],
            postgresql_where=text("embedding IS NOT NULL"),
        ),
        Index(
            "ix_document_chunks_unsigned",
            "id",
            postgresql_where=text("embedding IS NOT NULL AND signature IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[str] = mapped_column(String(64))
    parent_id: Mapped[str | None] = mapped_column(String(64))
    part: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    dated_at: Mapped[datetime]
    attributes: Mapped[dict[str, str]] = mapped_column(JSONB)
    lexemes: Mapped[str] = mapped_column(TSVECTOR)
    lexemes_version: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    embedding: Mapped[HalfVector | None] = mapped_column(HALFVEC())
    embedding_model: Mapped[str | None] = mapped_column(String(100))
    signature: Mapped[str | None] = mapped_column(BIT(varying=True))
