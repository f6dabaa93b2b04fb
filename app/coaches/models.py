"""What people let human coaches do, what these have read of it, and what they note for themselves."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_id
from app.db.ownership import Owned
from app.db.privacy import OfPerson
from app.db.restoring import Stays
from app.db.session import Base

CASCADE = "CASCADE"
OF_COACHES = Stays("It is between a person and their coaches there")
STANDING = text("ended_at IS NULL AND coach_id <> ''")


class Scope(StrEnum):
    READ = "read"  # conversations, goals, the journal
    REPLY = "reply"  # answer in conversations, take them over


class Seen(StrEnum):
    """What was read: a list, or one with all that belongs to it."""

    SESSIONS = "sessions"
    SESSION = "session"
    GOALS = "goals"
    GOAL = "goal"
    ENTRIES = "entries"
    ENTRY = "entry"


class Consent(Owned, Base):
    """A person lets a coach of their tenant do what is in ``scopes``, until ``ended_at``.

    The coach's name is taken out when they are erased: whoever is nobody may do nothing.
    """

    __tablename__ = "consents"
    privacy = OfPerson(names=("coach_id",), restored=OF_COACHES)
    __table_args__ = (
        Index("ix_consents_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index(
            "uq_consents_standing", "tenant_id", "coach_id", "user_id", unique=True,
            postgresql_where=STANDING,
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("consent"))
    coach_id: Mapped[str] = mapped_column(String(128))
    scopes: Mapped[list[str]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class ConsentRead(Owned, Base):
    """One reading, with the ids of what was shown; written in the transaction that read."""

    __tablename__ = "consent_reads"
    privacy = OfPerson(restored=OF_COACHES)
    __table_args__ = (
        CheckConstraint(f"type IN ({', '.join(repr(seen.value) for seen in Seen)})", name="type"),
        Index("ix_consent_reads_consent", "consent_id", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("read"))
    consent_id: Mapped[str] = mapped_column(ForeignKey("consents.id", ondelete=CASCADE))
    type: Mapped[Seen] = mapped_column(String(12))
    ids: Mapped[list[str]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(default=now)


class CoachNote(Owned, Base):
    """What a coach writes down about a person. It is about them: it goes with them, and their export has it."""

    __tablename__ = "coach_notes"
    privacy = OfPerson(names=("coach_id",), restored=OF_COACHES)
    __table_args__ = (Index("ix_coach_notes_coach", "tenant_id", "coach_id", "user_id", text("created_at DESC")),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("note"))
    coach_id: Mapped[str] = mapped_column(String(128))
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
