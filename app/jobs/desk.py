"""Jobs as operators see them, and what they may do: have one that failed tried again, cancel one that is open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.core.errors import BadRequest, Conflict, NotFound
from app.db.pages import Page
from app.db.rows import each
from app.db.session import after_commit
from app.jobs.models import Job, JobState
from app.jobs.queue import JobQueue
from app.jobs.registry import JobDefinition, JobRegistry
from app.jobs.runner import CANCEL, NOW
from app.streams.signals import Signals

OPEN = (JobState.QUEUED, JobState.RUNNING)
BY_OPERATOR = "CANCELLED_BY_OPERATOR"


class JobOver(Conflict):
    code, text = "JOB_OVER", "This can't be done to this job as it is now"


@dataclass(frozen=True, slots=True)
class JobSearch:
    """Those that match all that is given, ``limit`` of them after the one named by ``cursor``."""

    limit: int
    cursor: str | None = None
    state: str | None = None
    queue: str | None = None
    name: str | None = None
    tenant: str | None = None


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job without its arguments, and what may be done about it."""

    id: str
    name: str
    queue: str
    tenant: str
    user: str
    state: str
    attempts: int
    lost_attempts: int
    error_code: str | None
    due_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    can_retry: bool
    can_cancel: bool


class JobDesk:
    """One per process."""

    def __init__(self, registry: JobRegistry, queue: JobQueue, signals: Signals) -> None:
        self._registry = registry
        self._queue = queue
        self._signals = signals

    @property
    def names(self) -> list[str]:
        return sorted(self._registry.jobs)

    def listing(self, session: Session, search: JobSearch) -> Page[JobRow]:
        """Newest first. Raises ``BadRequest`` for a cursor that is none."""
        wanted = {Job.state: search.state, Job.queue: search.queue, Job.name: search.name, Job.tenant_id: search.tenant}
        query = select(Job).where(*(column == value for column, value in wanted.items() if value is not None))
        if search.cursor:
            last = session.execute(select(Job.created_at, Job.id).where(Job.id == _uuid(search.cursor))).one_or_none()
            if last is None:
                raise BadRequest("cursor is not one of this list")
            query = query.where(tuple_(Job.created_at, Job.id) < tuple(last))
        found = session.scalars(query.order_by(Job.created_at.desc(), Job.id.desc()).limit(search.limit + 1)).all()
        rows, has_more = [self.shown(job) for job in found[: search.limit]], len(found) > search.limit
        return Page(rows, has_more, rows[-1].id if has_more else None)

    def counts(self, session: Session) -> dict[str, int]:
        """Of all that are kept, by state."""
        rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
        found = {str(state): count for state, count in rows}
        return {str(state): found.get(str(state), 0) for state in JobState}

    def retry(self, session: Session, job_id: str) -> JobRow:
        """From its first attempt on. Raises ``JobOver`` for one that has not failed, or whose work was given up."""
        job = self._locked(session, job_id)
        definition = self._registry.jobs.get(job.name)
        if job.state != JobState.FAILED or definition is None or not definition.can_be_tried_again:
            raise JobOver("Only a job that failed, and whose work was not given up with it, is tried again")
        if definition.reopen:
            definition.reopen(session, **job.arguments)
        job.state, job.attempts, job.lost_attempts = JobState.QUEUED, 0, 0
        job.error_code = job.finished_at = None
        job.due_at = NOW  # by the database's clock
        after_commit(session, lambda: self._queue.push(definition.queue, job_id))
        return self._fresh(session, job)

    def cancel(self, session: Session, job_id: str) -> JobRow:
        """Stops it on whatever worker it is. Raises ``JobOver`` for one that has ended."""
        job = self._locked(session, job_id)
        if job.state not in OPEN:
            raise JobOver("Only a job that waits or runs is cancelled")
        _call_off(session, self._registry.jobs.get(job.name), job)
        job.state, job.error_code, job.lease_until = JobState.CANCELLED, BY_OPERATOR, None
        job.finished_at = NOW
        after_commit(session, lambda: self._signals.publish(CANCEL, job_id))
        return self._fresh(session, job)

    def shown(self, job: Job) -> JobRow:
        definition = self._registry.jobs.get(job.name)
        can_retry = job.state == JobState.FAILED and definition is not None and definition.can_be_tried_again
        return JobRow(
            job.id, job.name, job.queue, job.tenant_id, job.user_id, job.state, job.attempts, job.lost_attempts,
            job.error_code, job.due_at, job.created_at, job.started_at, job.finished_at, can_retry, job.state in OPEN,
        )  # fmt: skip

    def _locked(self, session: Session, job_id: str) -> Job:
        found = session.get(Job, _uuid(job_id), with_for_update=True)
        if found is None:
            raise NotFound(f"Job not found: {job_id[:100]}", code="JOB_NOT_FOUND")
        return found

    def _fresh(self, session: Session, job: Job) -> JobRow:
        session.flush()
        session.refresh(job)
        return self.shown(job)


def _call_off(session: Session, definition: JobDefinition | None, job: Job) -> None:
    """What the job was for ends as well; before the job, so that it is not left open."""
    if definition is not None and definition.call_off:
        definition.call_off(session, **job.arguments)
    elif definition is not None and (give_up := definition.give_up):
        each("jobs.give_up", [job], lambda broken: give_up(**broken.arguments))


def _uuid(text: str) -> str:
    """Raises ``NotFound``."""
    try:
        return str(UUID(text))
    except ValueError:
        raise NotFound(f"Job not found: {text[:100]}", code="JOB_NOT_FOUND") from None
