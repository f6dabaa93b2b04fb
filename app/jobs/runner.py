"""Running a job: claim its row, keep the lease, write how it ended. By the database's clock alone."""

import time
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.errors import AppError
from app.core.json import JSONObject
from app.db.leases import DEADLINE, Lease
from app.db.rows import each
from app.db.session import Database
from app.jobs.models import Job, JobState, PeriodicRun
from app.jobs.queue import JobQueue
from app.jobs.registry import JobRegistry, PeriodicJob
from app.observability import tracing

UNHEARD = timedelta(seconds=20)  # a queued job this old was probably lost with Redis
MOST_LOST = 10  # attempts; a job that outlives fewer workers may be what kills them
KEPT = timedelta(days=7)
BACKOFF = (2, 10, 30)  # seconds before the second, third, … attempt
LEASE = Lease(Job.id, Job.lease_until)
NOW = func.clock_timestamp()

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    id: str
    name: str
    arguments: JSONObject
    attempts: int
    lost_attempts: int

    @property
    def tries(self) -> int:
        """Those that failed, and this one."""
        return self.attempts - self.lost_attempts


class JobRunner:
    """The jobs that this process runs. One per process."""

    def __init__(self, db: Database, queue: JobQueue, registry: JobRegistry) -> None:
        self.registry = registry
        self.is_stopping = False
        self._db = db
        self._queue = queue
        self._running: set[str] = set()

    def run(self, job_id: str) -> None:
        """A job that somebody else runs, or that has ended, is left alone."""
        job = self._claim(job_id)
        if job is None:
            return
        structlog.contextvars.bind_contextvars(job_id=job.id, job=job.name)
        began = time.perf_counter()
        self._running.add(job_id)
        try:
            self._execute(job)
        finally:
            self._running.discard(job_id)
            structlog.contextvars.unbind_contextvars("job_id", "job")
        seconds = time.perf_counter() - began
        tracing.record_job(job.name, job_id, seconds)
        log.info("job_ran", job_id=job_id, name=job.name, ms=round(seconds * 1000))

    def run_periodic(self, name: str) -> None:
        """Whoever moves the row does the work. What fails is tried again when it is due."""
        try:
            if self._claim_periodic(self.registry.periodic[name]):
                self.registry.periodic[name].function()
        except Exception as error:
            log.error("periodic_failed", name=name, reason=type(error).__name__, exc_info=error)

    def renew(self) -> None:
        """Keeps what this process runs; called every ``RENEW_EVERY`` seconds."""
        if self._running:
            with self._db.begin() as session:
                LEASE.renew(session, self._running)

    def release(self) -> None:
        """Gives up what this process still runs, so that another one need not wait for the lease to end."""
        if self._running:
            with self._db.begin() as session:
                session.execute(update(Job).where(Job.id.in_(self._running), LEASE.is_held).values(lease_until=NOW))

    def sweep(self) -> None:
        """Takes over what its runner lost, tells workers again what they did not hear, forgets what is old."""
        lost = and_(Job.state == JobState.RUNNING, LEASE.is_expired)
        unheard = and_(Job.state == JobState.QUEUED, Job.due_at < NOW - UNHEARD)
        again = and_(Job.state == JobState.QUEUED, Job.attempts > 0, Job.due_at < NOW)
        with self._db.read() as session:
            found = session.scalars(select(Job.id).where(or_(lost, unheard, again)).limit(1000)).all()
        waiting = self._queue.waiting() if found else set()
        for job_id in found:
            if job_id not in waiting:
                self._queue.push(job_id)
        old = Job.state.not_in([JobState.QUEUED, JobState.RUNNING]), Job.created_at < NOW - KEPT
        with self._db.begin() as session:
            session.execute(delete(Job).where(*old).execution_options(synchronize_session=False))

    def _claim(self, job_id: str) -> ClaimedJob | None:
        due = and_(Job.state == JobState.QUEUED, Job.due_at <= NOW)
        lost = and_(Job.state == JobState.RUNNING, LEASE.is_expired)
        claim = update(Job).where(Job.id == job_id, or_(due, lost)).values(
            state=JobState.RUNNING, lease_until=DEADLINE, attempts=Job.attempts + 1, started_at=NOW,
            lost_attempts=Job.lost_attempts + case((Job.state == JobState.RUNNING, 1), else_=0),
        ).returning(Job.id, Job.name, Job.arguments, Job.attempts, Job.lost_attempts)  # fmt: skip
        with self._db.single() as connection:
            row = connection.execute(claim).one_or_none()
        return ClaimedJob(*row) if row else None

    def _claim_periodic(self, work: PeriodicJob) -> bool:
        row = insert(PeriodicRun).values(name=work.name, began_at=NOW)
        row = row.on_conflict_do_update(
            index_elements=[PeriodicRun.name],
            set_={"began_at": NOW},
            where=PeriodicRun.began_at < NOW - timedelta(seconds=work.every * 0.5),
        )
        with self._db.begin() as session:
            return session.execute(row.returning(PeriodicRun.name)).first() is not None

    def _execute(self, job: ClaimedJob) -> None:
        """The job rim: a failure is written down, tried again when it may pass, and never reaches the queue."""
        definition = self.registry.jobs.get(job.name)
        if definition is None or job.tries > definition.attempts or job.lost_attempts > MOST_LOST:
            self._end(job, JobState.FAILED, "ATTEMPTS_EXHAUSTED" if definition else "UNKNOWN_JOB")
            return
        try:
            definition.function(**job.arguments)
        except Exception as error:
            retryable = _is_retryable(error) and job.tries < definition.attempts
            code = error.code if isinstance(error, AppError) else "INTERNAL_ERROR"
            log.error("job_failed", reason=type(error).__name__, code=code, retry=retryable, exc_info=error)
            if retryable:
                self._retry_later(job, code)
            else:
                self._end(job, JobState.FAILED, code)
            return
        self._end(job, JobState.COMPLETED, None)

    def _end(self, job: ClaimedJob, state: JobState, code: str | None) -> None:
        """Gives up first: while the database is away, the job is not over and the sweeper comes back to it."""
        definition = self.registry.jobs.get(job.name)
        give_up = definition.give_up if definition and state is JobState.FAILED else None
        if give_up:
            each("jobs.give_up", [job], lambda broken: give_up(**broken.arguments))
        self._write(job, state, code, finished_at=NOW)

    def _retry_later(self, job: ClaimedJob, code: str) -> None:
        pause = timedelta(seconds=BACKOFF[min(job.tries, len(BACKOFF)) - 1])
        self._write(job, JobState.QUEUED, code, due_at=NOW + pause)

    def _write(self, job: ClaimedJob, state: JobState, code: str | None, **moments: ColumnElement[object]) -> None:
        """Only the attempt that holds the job may write; one that was taken over is too late."""
        its = Job.id == job.id, Job.state == JobState.RUNNING, Job.attempts == job.attempts
        with self._db.single() as connection:
            ended = update(Job).where(*its).values(state=state, error_code=code, lease_until=None, **moments)
            connection.execute(ended)


def _is_retryable(error: Exception) -> bool:
    """What calls itself retryable, and a database that is busy or away."""
    return bool(getattr(error, "retryable", False)) or isinstance(error, (OperationalError, PoolTimeout))
