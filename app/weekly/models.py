"""A person's weeks, each with what was made of it."""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.db.leases import Lease
from app.db.ownership import Owned
from app.db.privacy import Derivation, OfPerson
from app.db.restoring import Restored
from app.db.session import Base
from app.provenance.service import CHANGED_SINCE
from app.receipts import placing
from app.receipts.placing import Placed


class WeeklyInsight(Owned, Base):
    """One week of one person, known by its Saturday. Without ``content`` none has been written yet; it is empty when
    something that it was made from was deleted.

    While ``lease_until`` lies ahead a run of the id ``run_id`` is writing; ``error`` tells how the last one failed.
    """

    __tablename__ = "weekly_insights"
    privacy = OfPerson(
        restored=Restored(prefix="insight"),
        machinery=("run_id", "lease_until"),
        derived={"content": ("journal_entries", "goals", "milestones", "progress_updates")},
        derivation=Derivation.RECORDED,
    )
    __table_args__ = (Index("uq_weekly_insights_week", "tenant_id", "user_id", "week_of", unique=True),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("insight"))
    week_of: Mapped[date]
    week_start: Mapped[datetime]
    week_end: Mapped[datetime]
    content: Mapped[str | None]
    entry_count: Mapped[int] = mapped_column(default=0)
    entries_analyzed: Mapped[int] = mapped_column(default=0)
    model: Mapped[str | None] = mapped_column(String(120))
    receipts: Mapped[list[Placed] | None] = mapped_column(JSONB)  # places in ``content``
    run_id: Mapped[str] = mapped_column(String(64), index=True)
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def shown_receipts(self) -> list[JSONObject]:
        return placing.shown(self.content, self.receipts)

    @property
    def shown(self) -> str:
        return self.content or CHANGED_SINCE


LEASE = Lease(WeeklyInsight.run_id, WeeklyInsight.lease_until)
