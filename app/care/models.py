"""What was found and shown, never what was said; and who is to be asked how they are."""

from datetime import datetime

from sqlalchemy import BigInteger, Float, Identity, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.care.levels import Category, Level
from app.core.clock import now
from app.db.ownership import Owned
from app.db.session import Base


class CareEvent(Owned, Base):
    """One finding that something was done about. ``shown`` is what the person was given."""

    __tablename__ = "care_events"
    __table_args__ = (
        Index("ix_care_events_created", "created_at"),
        Index("ix_care_events_tenant", "tenant_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    path: Mapped[str] = mapped_column(String(40))
    level: Mapped[Level] = mapped_column(String(8))
    category: Mapped[Category | None] = mapped_column(String(16))
    score: Mapped[float | None] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String(120))  # the rule or the model that spoke
    language: Mapped[str] = mapped_column(String(8))
    country: Mapped[str | None] = mapped_column(String(2))
    shown: Mapped[str] = mapped_column(String(16))


class FollowUp(Owned, Base):
    """A person who was in a crisis: ``until`` then their turns open with a question, unless they say they are safe."""

    __tablename__ = "care_follow_ups"

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    language: Mapped[str] = mapped_column(String(8))
    until: Mapped[datetime] = mapped_column(index=True)
