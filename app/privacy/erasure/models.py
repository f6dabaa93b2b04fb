"""Erasures: what is planned, what goes on, and receipts of what was done."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_id
from app.db.privacy import OfTeam
from app.db.session import Base


class ErasureState(StrEnum):
    SCHEDULED = "scheduled"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


MOVES: Mapping[ErasureState, frozenset[ErasureState]] = {
    ErasureState.SCHEDULED: frozenset({ErasureState.RUNNING, ErasureState.CANCELLED}),
    ErasureState.RUNNING: frozenset({ErasureState.COMPLETED}),
    ErasureState.COMPLETED: frozenset(),
    ErasureState.CANCELLED: frozenset(),
}
OPEN = (ErasureState.SCHEDULED, ErasureState.RUNNING)
FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)


class AskedBy(StrEnum):
    PERSON = "person"
    OPERATOR = "operator"
    COMMAND = "command"
    LOG = "log"  # done once more, after a restore


class Erasure(Base):
    """All of one person goes at ``erase_at``. Ids and counts only: of ``counts`` rows by table are gone, of ``unnamed``
    the name was taken out.

    Until ``closed_until`` the database refuses new rows of the person (``guard``): from the beginning until they come
    back. ``person_key`` is both ids as ``joined`` writes them.
    """

    __tablename__ = "erasures"
    privacy = OfTeam(
        unexported="Receipts, with nothing in them but ids and counts",
        kept="Receipts, and what is to be done again after a restore: for ever",
    )
    __table_args__ = (
        CheckConstraint("status IN ('scheduled', 'running', 'completed', 'cancelled')", name="status"),
        CheckConstraint("asked_by IN ('person', 'operator', 'command', 'log')", name="asked_by"),
        Index(
            "uq_erasures_open", "tenant_id", "person", unique=True,
            postgresql_where=text("status IN ('scheduled', 'running')"),
        ),
        Index("ix_erasures_person", "tenant_id", "person", text("id DESC")),
        Index("ix_erasures_closed_person", "tenant_id", "person", postgresql_where=text("closed_until IS NOT NULL")),
        Index("ix_erasures_closed_key", "person_key", postgresql_where=text("closed_until IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("erasure"))
    tenant_id: Mapped[str] = mapped_column(String(128))
    person: Mapped[str] = mapped_column(String(128))
    person_key: Mapped[str] = mapped_column(String(1600))
    status: Mapped[ErasureState] = mapped_column(String(12), default=ErasureState.SCHEDULED)
    asked_by: Mapped[AskedBy] = mapped_column(String(10))
    requested_at: Mapped[datetime] = mapped_column(default=now)
    erase_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    closed_until: Mapped[datetime | None]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, server_default="{}")
    unnamed: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict, server_default="{}")

    def move(self, wanted: ErasureState) -> None:
        if wanted not in MOVES[self.status]:
            raise ValueError(f"An erasure that is {self.status} can't be {wanted}")
        self.status = wanted
