"""Exports, and their files in pieces: workers make them, and any web process serves them."""

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.db.ownership import Owned
from app.db.privacy import OfPerson, PartOf
from app.db.session import Base


class ExportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


OPEN = (ExportState.QUEUED, ExportState.RUNNING)


class Export(Owned, Base):
    """One file with all of a person, or of the tenant that ``of_tenant`` names. Its owner is who asked for it.

    A tenant's has copies of the rows of each of its people, whoever asked: it goes when one of them is erased.

    ``link_salt`` is what its link is signed with beside the house's secret; ``origin`` is where a webhook's link leads.
    """

    __tablename__ = "exports"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'completed', 'failed')", name="status"),
        Index("ix_exports_owner", "tenant_id", "user_id", text("created_at DESC")),
        Index(
            "uq_exports_open", "tenant_id", "user_id", unique=True,
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
        Index("ix_exports_of_tenant", "of_tenant", postgresql_where=text("of_tenant IS NOT NULL")),
        Index("ix_exports_expires_at", "expires_at"),
    )  # fmt: skip
    privacy = OfPerson(unexported="Copies of what an export has", copies="of_tenant")

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("export"))
    of_tenant: Mapped[str | None] = mapped_column(String(128))
    status: Mapped[ExportState] = mapped_column(String(12), default=ExportState.QUEUED)
    webhook_url: Mapped[str | None] = mapped_column(String(2083))
    origin: Mapped[str] = mapped_column(String(300))
    link_salt: Mapped[str] = mapped_column(String(64), default=lambda: secrets.token_hex(32))
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    counts: Mapped[JSONObject | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]  # when it is swept


class ExportPiece(Base):
    """One piece of a finished export's file; ``position`` counts from 0 without gaps."""

    __tablename__ = "export_files"
    privacy = PartOf(by="export_id", unexported="Copies of what an export has")

    export_id: Mapped[str] = mapped_column(ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes]
