"""Running a job: take its row, keep the lease, write how it ended. Anything else is a sweeper's business."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.clock import now
from app.core.errors import AppError
from app.db.session import db
from app.db.statements import Statement
from app.jobs import queue
from app.jobs.models import Job, JobState, PeriodicRun
from app.jobs.registry import JOBS, PERIODIC, Periodic, periodic
from app.observability import tracing

LEASE = timedelta(seconds=30)
RENEW_EVERY = 10  # seconds
UNHEARD = timedelta(seconds=20)  # a queued job this old was probably lost with Redis
KEPT = timedelta(days=7)
BACKOFF = (2, 10, 30)  # seconds before the second, third, … attempt

CLAIM = Statement(
    "UPDATE jobs SET state = 'running', lease_until = :lease, attempts = attempts + 1, started_at = :moment"
    " WHERE id = CAST(:id AS uuid) AND (state = 'queued' AND due_at <= :moment OR"
    " state = 'running' AND lease_until < :moment) RETURNING CAST(id AS text), name, arguments, attempts"
)
WRITE = Statement(
    "UPDATE jobs SET state = :state, error_code = :code, lease_until = NULL,"
    " due_at = coalesce(:due, due_at), finished_at = coalesce(:finished, finished_at)"
    " WHERE id = CAST(:id AS uuid) AND state = 'running' AND attempts = :attempt"
)

log = structlog.get_logger()

_held: set[str] = set()


@dataclass(frozen=True, slots=True)
class Held:
    """A job's row as its attempt found it."""

    id: str
    name: str
    arguments: dict[str, Any]
    attempts: int


def run(job_id: str) -> None:
    """Entry point of the queue. A job that somebody else runs, or that has ended, is left alone."""
    job = _claim(job_id)
    if job is None:
        return
    structlog.contextvars.bind_contextvars(job_id=job.id, job=job.name)
    began = time.perf_counter()
    _held.add(job_id)
    try:
        _perform(job)
    finally:
        _held.discard(job_id)
        structlog.contextvars.unbind_contextvars("job_id", "job")
    seconds = time.perf_counter() - began
    tracing.record_job(job.name, job_id, seconds)
    log.info("job_ran", job_id=job_id, name=job.name, ms=round(seconds * 1000))


def run_periodic(name: str) -> None:
    """Entry point of the schedule: whoever moves the row does the work. What fails is tried again when it is due."""
    try:
        if _is_mine(PERIODIC[name]):
            PERIODIC[name].do()
    except Exception as error:
        log.error("periodic_failed", name=name, reason=type(error).__name__, exc_info=error)


def _is_mine(work: Periodic) -> bool:
    moment = now()
    row = insert(PeriodicRun).values(name=work.name, began_at=moment)
    row = row.on_conflict_do_update(
        index_elements=[PeriodicRun.name],
        set_={"began_at": moment},
        where=PeriodicRun.began_at < moment - timedelta(seconds=work.every * 0.5),
    )
    with db.begin() as session:
        return session.execute(row.returning(PeriodicRun.name)).first() is not None


def renew() -> None:
    """Keeps what this process runs; called every ``RENEW_EVERY`` seconds."""
    if _held:
        with db.begin() as session:
            session.execute(update(Job).where(Job.id.in_(_held)).values(lease_until=now() + LEASE))


def release() -> None:
    """Gives up what this process still runs, so that another one need not wait for the lease to end."""
    if _held:
        with db.begin() as session:
            session.execute(update(Job).where(Job.id.in_(_held)).values(lease_until=now()))


@periodic("jobs.sweep", every=10)
def sweep() -> None:
    """Takes over what its runner lost, tells workers again what they did not hear, forgets what is old."""
    moment = now()
    lost = and_(Job.state == JobState.RUNNING, Job.lease_until < moment)
    unheard = and_(Job.state == JobState.QUEUED, Job.due_at < moment - UNHEARD)
    waiting = and_(Job.state == JobState.QUEUED, Job.attempts > 0, Job.due_at < moment)
    with db.read() as session:
        found = session.scalars(select(Job.id).where(or_(lost, unheard, waiting)).limit(1000)).all()
    for job_id in found:
        queue.push(job_id)
    with db.begin() as session:
        ended = Job.state.not_in([JobState.QUEUED, JobState.RUNNING])
        session.execute(Job.__table__.delete().where(ended, Job.created_at < moment - KEPT))  # type: ignore[attr-defined]


def _claim(job_id: str) -> Held | None:
    moment = now()
    with db.single() as connection:
        row = CLAIM.row(connection, {"id": job_id, "moment": moment, "lease": moment + LEASE})
    return Held(*row) if row else None


def _perform(job: Held) -> None:
    """The job rim: a failure is written down, tried again when it may pass, and never reaches the queue."""
    definition = JOBS.get(job.name)
    if definition is None or job.attempts > definition.attempts:
        _end(job, JobState.FAILED, "ATTEMPTS_EXHAUSTED" if definition else "UNKNOWN_JOB")
        return
    try:
        definition.do(**job.arguments)
    except Exception as error:
        retryable = _may_pass(error) and job.attempts < definition.attempts
        code = error.code if isinstance(error, AppError) else "INTERNAL_ERROR"
        log.error("job_failed", reason=type(error).__name__, code=code, retry=retryable, exc_info=error)
        if retryable:
            _again(job, code)
        else:
            _end(job, JobState.FAILED, code)
        return
    _end(job, JobState.COMPLETED, None)


def _may_pass(error: Exception) -> bool:
    """What calls itself retryable, and a database that is busy or away."""
    return bool(getattr(error, "retryable", False)) or isinstance(error, (OperationalError, PoolTimeout))


def _end(job: Held, state: JobState, code: str | None) -> None:
    """Gives up first: when that fails, the job is not over and the sweeper comes back to it."""
    definition = JOBS.get(job.name)
    if state is JobState.FAILED and definition and definition.give_up:
        definition.give_up(**job.arguments)
    _write(job, state, code, finished=now())


def _again(job: Held, code: str) -> None:
    pause = timedelta(seconds=BACKOFF[min(job.attempts, len(BACKOFF)) - 1])
    _write(job, JobState.QUEUED, code, due=now() + pause)


def _write(job: Held, state: JobState, code: str | None, **moments: datetime) -> None:
    """Only the attempt that holds the job may write; one that was taken over is too late."""
    values = {"id": job.id, "attempt": job.attempts, "state": state, "code": code, "due": None, "finished": None}
    with db.single() as connection:
        WRITE.run(connection, values | moments)
