"""What a person has set for themselves."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.db.session import Base


class AccountSettings(Base):
    """A person's settings; whoever has no row has the defaults. An empty ``language`` is that of what they write."""

    __tablename__ = "account_settings"
    __table_args__ = (Index("ix_account_settings_digest", "timezone", postgresql_where=text("weekly_digest")),)

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    language: Mapped[str] = mapped_column(String(35), default="")
    weekly_digest: Mapped[bool] = mapped_column(default=False)
    personality_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
