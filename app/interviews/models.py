"""Interviews and what was said in them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_uuid
from app.core.json import JSONObject
from app.core.retention import Aging
from app.db.privacy import Ages, Derivation, OfNobody, PartOf
from app.db.session import Base


class Status(StrEnum):
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"  # by who began it
    ABANDONED = "abandoned"  # nobody looked at it any more


MOVES: Mapping[Status, frozenset[Status]] = {
    Status.IN_PROGRESS: frozenset({Status.COMPLETED, Status.FAILED, Status.STOPPED, Status.ABANDONED}),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset({Status.IN_PROGRESS}),
    Status.STOPPED: frozenset(),
    Status.ABANDONED: frozenset({Status.IN_PROGRESS}),
}
IS_RUNNING = "status = 'in-progress'"
RUNNING = text(IS_RUNNING)


class Agent(StrEnum):
    INTERVIEWER = "interviewer"
    CUSTOMER = "customer"


class Interview(Base):
    """``length`` is how many messages it will have. ``insights`` come soon after its completion, once.

    ``stop_hash`` and ``stop_salt`` are of the token that stops it, as ``stop_token`` has it. ``seen_at`` is when
    somebody looked at it, noted now and then, where that matters.
    """

    __tablename__ = "interviews"
    privacy = OfNobody(
        why="Begun by anybody, read by who knows its id", derived={"insights": ("interview_messages",)},
        derivation=Derivation.PART, ages=Ages(kind=Aging.TRANSCRIPTS, unless=IS_RUNNING),
    )  # fmt: skip
    __table_args__ = (
        Index("ix_interviews_created_at", text("created_at DESC")),
        Index("ix_interviews_running", "created_at", postgresql_where=RUNNING),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_uuid)
    persona: Mapped[JSONObject]
    problem: Mapped[str] = mapped_column(default="")
    solution: Mapped[str] = mapped_column(default="")
    length: Mapped[int]
    status: Mapped[str] = mapped_column(String(12), default=Status.IN_PROGRESS)
    error: Mapped[str | None]
    insights: Mapped[JSONObject | None]  # as ``insights.OUTPUT_SCHEMA`` has it
    created_at: Mapped[datetime] = mapped_column(default=now)
    completed_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    stop_salt: Mapped[str | None] = mapped_column(String(64))
    stop_hash: Mapped[str | None] = mapped_column(String(64))


class InterviewMessage(Base):
    """``position`` counts from 1 without gaps; interviewer and customer take turns."""

    __tablename__ = "interview_messages"
    privacy = PartOf(by="interview_id")

    interview_id: Mapped[str] = mapped_column(ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column("place", primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(36), default=new_uuid)
    agent: Mapped[str] = mapped_column(String(12))
    message: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
