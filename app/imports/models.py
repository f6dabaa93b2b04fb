"""What a person brings along from another journal: an import, its file until it is read, and what stayed behind."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_id
from app.db.ownership import Owned
from app.db.privacy import OfPerson
from app.db.restoring import Stays
from app.db.session import Base


class Format(StrEnum):
    DAYONE = "dayone"
    APPLE = "apple"
    JOURNEY = "journey"
    JRNL = "jrnl"
    MARKDOWN = "markdown"
    CSV = "csv"
    NOTION = "notion"
    COACHHOUSE = "coachhouse"


class Status(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OF_THERE = Stays("What was imported there says nothing of here, where this import is kept")
OPEN = (Status.QUEUED, Status.RUNNING)
IS_OPEN = text("status IN ('queued', 'running')")


class Import(Owned, Base):
    """``position`` items of the file are stored or listed, in the transaction that moved it: whoever takes the import
    over goes on behind them."""

    __tablename__ = "imports"
    privacy = OfPerson(restored=OF_THERE)
    __table_args__ = (
        Index("ix_imports_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("uq_imports_open", "tenant_id", "user_id", unique=True, postgresql_where=IS_OPEN),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("import"))
    status: Mapped[Status] = mapped_column(String(10), default=Status.QUEUED)
    format: Mapped[str | None] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    entries: Mapped[int] = mapped_column(default=0)
    goals: Mapped[int] = mapped_column(default=0)
    attachments: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("entries", "goals", "attachments", "duplicates", "skipped")}


class ImportSkip(Owned, Base):
    """Something in the file that was not taken over, and why."""

    __tablename__ = "import_skips"
    privacy = OfPerson(restored=OF_THERE)

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str]
    reason: Mapped[str]


class ImportFile(Owned, Base):
    """A piece of an uploaded file. Pieces are there before their import, which begins when the last one has come."""

    __tablename__ = "import_files"
    privacy = OfPerson(unexported="Gone as soon as they are read")
    __table_args__ = (Index("ix_import_files_created_at", "created_at"),)

    import_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)


class ImportRow(Owned, Base):
    """A row of another table that an import of our own export brought; entries and goals say it themselves."""

    __tablename__ = "import_rows"
    privacy = OfPerson(unexported="Says which import brought a row that an export has")

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    table: Mapped[str] = mapped_column(String(63), primary_key=True)
    row_id: Mapped[str] = mapped_column(String(64), primary_key=True)
