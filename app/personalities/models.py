"""Coaches of a person's own making."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_id
from app.db.ownership import Owned
from app.db.privacy import OfPerson
from app.db.restoring import Restored
from app.db.session import Base


class Personality(Owned, Base):
    """How a coach speaks. Which one is the default stands in the person's settings."""

    __tablename__ = "personalities"
    privacy = OfPerson(restored=Restored(prefix="personality"))
    __table_args__ = (
        Index("ix_personalities_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("personality"))
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str]
    system_prompt: Mapped[str]
    style: Mapped[str] = mapped_column(String(20))
    first_message: Mapped[str | None]
    voice_id: Mapped[str | None] = mapped_column(String(100))
    eleven_labs_agent_id: Mapped[str | None] = mapped_column(String(100))
    voice_stability: Mapped[float | None]
    voice_similarity_boost: Mapped[float | None]
    language: Mapped[str] = mapped_column(String(35), default="en")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
