"""What texts were made from: one row for each text and each row that it draws on."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.db.ownership import Owned
from app.db.privacy import OfPerson
from app.db.restoring import Brought
from app.db.session import Base


class Standing(StrEnum):
    FRESH = "fresh"  # as it was when the text was made
    CHANGED = "changed"
    DELETED = "deleted"


class DerivedSource(Owned, Base):
    """A row that a text was made from, with its version then.

    The text is a row of the table ``derived_type``. Triggers on the tables of sources keep ``standing``: in the
    transaction that changes or deletes a source, whoever does it. With a source the words of the text are deleted.
    """

    __tablename__ = "derived_sources"
    privacy = OfPerson(restored=Brought())
    __table_args__ = (
        Index("ix_derived_sources_source", "tenant_id", "source_type", "source_id"),
        Index("ix_derived_sources_message", "source_id", postgresql_where=text("source_type = 'message'")),
    )

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    derived_type: Mapped[str] = mapped_column(String(40), primary_key=True)
    derived_id: Mapped[str] = mapped_column(String(520), primary_key=True)
    source_type: Mapped[str] = mapped_column(String(20), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(64))
    standing: Mapped[Standing] = mapped_column(String(8), default=Standing.FRESH)
    made_at: Mapped[datetime] = mapped_column(default=now)
