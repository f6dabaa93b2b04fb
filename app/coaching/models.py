"""Coaching sessions and what was said in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.coaching.states import LIVE, Status
from app.core.clock import now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.core.retention import Aging
from app.db.leases import Lease
from app.db.ownership import Owned
from app.db.privacy import Ages, Derivation, OfPerson, PartOf
from app.db.restoring import Restored
from app.db.session import Base

MESSAGE, COMPLETE = "message", "complete"
IS_LIVE = f"status IN ({', '.join(repr(str(status)) for status in LIVE)})"
LIVE_ROWS = text(IS_LIVE)


class CoachingSession(Owned, Base):
    """``turns`` counts the person's messages, ``messages`` all that are stored.

    While ``busy_until`` lies ahead, the turn that ``busy_with`` names is making an answer; later it is the last one.
    ``turn_error`` (code and text) tells why it failed; ``turn_metadata`` is what is known of the last answer.
    ``may_repeat`` names the last request (``MESSAGE``, ``COMPLETE``) while its answer may not have arrived: sent again,
    it is the same one.
    """

    __tablename__ = "coaching_sessions"
    privacy = OfPerson(
        restored=Restored(prefix="sess"),
        machinery=("busy_until", "busy_with", "may_repeat"),
        derived={"result": ("coaching_messages",)},
        derivation=Derivation.PART,
        ages=Ages(
            kind=Aging.MESSAGES, since="last_activity", unless=f"{IS_LIVE} AND expires_at > clock_timestamp()"
        ),
    )  # fmt: skip
    __table_args__ = (
        Index("uq_coaching_sessions_live", "tenant_id", "user_id", "topic_id", unique=True, postgresql_where=LIVE_ROWS),
        Index("ix_coaching_sessions_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("ix_coaching_sessions_topic", "tenant_id", "topic_id", postgresql_where=LIVE_ROWS),
        Index("ix_coaching_sessions_busy_with", "busy_with", postgresql_where=text("busy_until IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("sess"))
    topic_id: Mapped[str] = mapped_column(String(100))
    asked_as: Mapped[str] = mapped_column(String(100))  # the topic's id as the caller spells it
    status: Mapped[str] = mapped_column(String(12), default=Status.ACTIVE)
    context: Mapped[JSONObject] = mapped_column(JSONB, default=dict)
    turns: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)
    max_turns: Mapped[int]
    result: Mapped[JSONObject | None] = mapped_column(JSONB)
    busy_until: Mapped[datetime | None]
    busy_with: Mapped[str | None] = mapped_column(String(64))
    turn_metadata: Mapped[JSONObject | None] = mapped_column(JSONB)
    turn_error: Mapped[JSONObject | None] = mapped_column(JSONB)
    may_repeat: Mapped[str | None] = mapped_column(String(10))
    disclosed_at: Mapped[datetime | None]  # when the person was last told that this is a machine
    last_activity: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    completed_at: Mapped[datetime | None]


LEASE = Lease(CoachingSession.busy_with, CoachingSession.busy_until)  # a turn's, while it makes an answer


class CoachingMessage(Base):
    """``place`` counts from 1 without gaps. ``safety`` is there where care had something to tell."""

    __tablename__ = "coaching_messages"
    privacy = PartOf(restored=Restored(), by="session_id")

    session_id: Mapped[str] = mapped_column(ForeignKey("coaching_sessions.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(String(10))
    content: Mapped[str]
    safety: Mapped[JSONObject | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(default=now)
