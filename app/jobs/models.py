"""Jobs as PostgreSQL knows them: the truth that outlives the queue."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, func, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_uuid
from app.core.json import JSONObject
from app.db.privacy import OfNobody, OfPerson
from app.db.session import Base


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class QueueName(StrEnum):
    """Classes of jobs, each with slots of its own in every worker."""

    INTERACTIVE = "interactive"  # somebody waits for it
    BATCH = "batch"
    ANONYMOUS = "anonymous"  # anybody may cause it


class Job(Base):
    """A piece of work for a worker. Its runner renews ``lease_until``; past that moment anyone may take it over.

    ``lost_attempts`` of its ``attempts`` are those whose worker was killed or stopped meanwhile.
    """

    __tablename__ = "jobs"
    privacy = OfPerson(unexported="Work in hand: it names rows that an export has")
    __table_args__ = (
        Index("ix_jobs_owner", "tenant_id", "user_id", "created_at"),
        Index("ix_jobs_open", "state", "due_at", postgresql_where=text("state IN ('queued', 'running')")),
        Index("ix_jobs_waiting", "queue", "tenant_id", "due_at", postgresql_where=text("state = 'queued'")),
        Index("ix_jobs_created_at", "created_at"),
    )

    id: Mapped[str] = mapped_column(UUID(as_uuid=False), primary_key=True, default=new_uuid)
    name: Mapped[str] = mapped_column(String(60))
    queue: Mapped[QueueName] = mapped_column(String(12), server_default=QueueName.INTERACTIVE)
    tenant_id: Mapped[str] = mapped_column(String(128), default="")
    user_id: Mapped[str] = mapped_column(String(128), default="")
    arguments: Mapped[JSONObject] = mapped_column(default=dict)
    state: Mapped[JobState] = mapped_column(String(12), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    lost_attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    error_code: Mapped[str | None] = mapped_column(String(60))
    due_at: Mapped[datetime] = mapped_column(default=func.clock_timestamp())
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class PeriodicRun(Base):
    """When a piece of periodic work last began, so that any number of workers do it once."""

    __tablename__ = "periodic_runs"
    privacy = OfNobody(why="When workers did what")

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    began_at: Mapped[datetime]
