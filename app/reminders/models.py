"""What a person wants to be reminded of or asked about, when it was, and what they answered."""

from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Time, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_id
from app.db.ownership import Owned
from app.db.privacy import OfPerson
from app.db.restoring import Restored
from app.db.session import Base
from app.reminders import restoring

CASCADE = "CASCADE"
MOST = 500  # of a person


class Kind(StrEnum):
    REMINDER = "reminder"
    CHECK_IN = "check_in"  # asks how something goes; the answer is noted with the goal


class Channel(StrEnum):
    FEED = "feed"
    EMAIL = "email"
    WEBHOOK = "webhook"
    PUSH = "push"


class Reminder(Owned, Base):
    """``occurs_at`` is the occurrence that comes next, ``next_at`` when it is told: later, where something holds it.

    Both are null once nothing comes any more. ``at`` is the rule's DTSTART, on the clocks of ``timezone``.
    """

    __tablename__ = "reminders"
    privacy = OfPerson(
        secrets=("webhook_url",), restored=Restored(prefix="reminder", mended=restoring.reminder, most=MOST)
    )
    __table_args__ = (
        Index("ix_reminders_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("ix_reminders_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("reminder"))
    kind: Mapped[str] = mapped_column(String(12), default=Kind.REMINDER)
    text: Mapped[str] = mapped_column(String(500))
    goal_id: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]
    rrule: Mapped[str | None] = mapped_column(String(500))
    timezone: Mapped[str] = mapped_column(String(64))
    channels: Mapped[list[str]] = mapped_column(JSONB)
    webhook_url: Mapped[str | None] = mapped_column(String(2083))
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_to: Mapped[time | None] = mapped_column(Time)
    paused_until: Mapped[datetime | None]
    occurs_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def quiet_hours(self) -> dict[str, time] | None:
        return hours(self.quiet_from, self.quiet_to)


class ReminderRun(Owned, Base):
    """An occurrence that was told, once: in which conversation, and what came back."""

    __tablename__ = "reminder_runs"
    privacy = OfPerson(restored=Restored(prefix="run"))
    __table_args__ = (
        Index("uq_reminder_runs_occurrence", "reminder_id", "occurs_at", unique=True),
        Index("ix_reminder_runs_sent", "tenant_id", "user_id", "sent_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("run"))
    reminder_id: Mapped[str] = mapped_column(ForeignKey("reminders.id", ondelete=CASCADE))
    occurs_at: Mapped[datetime]
    sent_at: Mapped[datetime] = mapped_column(default=now)
    session_id: Mapped[str] = mapped_column(String(64))
    answered_at: Mapped[datetime | None]
    value: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str | None]


class ReminderSettings(Owned, Base):
    """What holds for all reminders of a person; where a reminder says something itself, that counts."""

    __tablename__ = "reminder_settings"
    privacy = OfPerson(restored=Restored(mended=restoring.settings))

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    per_day: Mapped[int]
    cool_down_hours: Mapped[float]
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_to: Mapped[time | None] = mapped_column(Time)
    paused_until: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def quiet_hours(self) -> dict[str, time] | None:
        return hours(self.quiet_from, self.quiet_to)


def hours(begin: time | None, end: time | None) -> dict[str, time] | None:
    return {"begin": begin, "end": end} if begin is not None and end is not None else None
