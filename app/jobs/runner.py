"""Running a job that was claimed: keep the lease, write how it ended. By the database's clock alone."""

import time
from collections.abc import Iterable
from datetime import timedelta

import gevent
import structlog
from sqlalchemy import ColumnElement, delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.errors import AppError
from app.db.erased import is_refusal
from app.db.rows import each
from app.db.session import Database
from app.jobs.claims import ClaimedJob, Claims
from app.jobs.models import Job, JobState, PeriodicRun, QueueName
from app.jobs.queue import JobQueue
from app.jobs.registry import JobRegistry, PeriodicJob
from app.observability import tracing

CANCEL = "jobs.cancel"  # a signal with a job's id
ERASED = "PERSON_ERASED"  # how a job ends that was under way then
MOST_LOST = 10  # attempts; a job that outlives fewer workers may be what kills them
KEPT = timedelta(days=7)
BACKOFF = (2, 10, 30)  # seconds before the second, third, … attempt
NOW = func.clock_timestamp()

log = structlog.get_logger()


class JobRunner:
    """The jobs that this process runs. One per process."""

    def __init__(self, db: Database, queue: JobQueue, registry: JobRegistry) -> None:
        self.registry = registry
        self.claims = Claims(db)
        self.is_stopping = False
        self._db = db
        self._queue = queue
        self._running: dict[str, tuple[QueueName, gevent.Greenlet]] = {}

    def run(self, job: ClaimedJob) -> None:
        structlog.contextvars.bind_contextvars(job_id=job.id, job=job.name)
        began = time.perf_counter()
        self._running[job.id] = job.queue, gevent.getcurrent()
        try:
            self._execute(job)
        finally:
            del self._running[job.id]
            structlog.contextvars.unbind_contextvars("job_id", "job")
        seconds = time.perf_counter() - began
        tracing.record_job(job.name, job.id, seconds)
        log.info("job_ran", job_id=job.id, name=job.name, ms=round(seconds * 1000))

    def stop(self) -> None:
        """Nothing new is begun."""
        self.is_stopping = True

    def running(self) -> dict[str, int]:
        """How many jobs of each queue this process runs."""
        busy = [queue for queue, _ in self._running.values()]
        return {str(queue): busy.count(queue) for queue in QueueName}

    def run_periodic(self, name: str) -> None:
        """Whoever moves the row does the work. What fails is tried again when it is due."""
        try:
            if self._claim_periodic(self.registry.periodic[name]):
                self.registry.periodic[name].function()
        except Exception as error:
            log.error("periodic_failed", name=name, reason=type(error).__name__, exc_info=error)

    def renew(self) -> None:
        """Keeps what this process runs, and stops what is gone from the table; called every ``RENEW_EVERY`` seconds."""
        for job_id in self.claims.renew(list(self._running)):
            self.cancel(job_id)

    def cancel(self, job_id: str) -> None:
        """Stops it where it stands, if this process runs it."""
        if job_id in self._running:
            self._running[job_id][1].kill(block=False)

    def release(self) -> None:
        """Gives up what this process still runs, so that another one need not wait for the lease to end."""
        if self._running:
            self._tell(self.claims.give_back(self._running))

    def sweep(self) -> None:
        """Has others take over what its runner lost, forgets what is old."""
        self._tell(self.claims.give_back_lost())
        old = Job.state.not_in([JobState.QUEUED, JobState.RUNNING]), Job.created_at < NOW - KEPT
        with self._db.begin() as session:
            session.execute(delete(Job).where(*old).execution_options(synchronize_session=False))

    def _tell(self, waiting: Iterable[tuple[str, QueueName]]) -> None:
        for job_id, queue in waiting:
            self._queue.push(queue, job_id)

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
            code = _code_of(error)
            write = log.info if code == ERASED else log.error
            write("job_failed", reason=type(error).__name__, code=code, retry=retryable, exc_info=error)
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


def _code_of(error: Exception) -> str:
    if is_refusal(error):
        return ERASED
    return error.code if isinstance(error, AppError) else "INTERNAL_ERROR"


def _is_retryable(error: Exception) -> bool:
    """What calls itself retryable, and a database that is busy or away."""
    return bool(getattr(error, "retryable", False)) or isinstance(error, (OperationalError, PoolTimeout))
