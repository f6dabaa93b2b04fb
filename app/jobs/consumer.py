"""Beginning the jobs of one queue, as far as it has slots in this process."""

import time

import gevent
import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.jobs.claims import ClaimedJob
from app.jobs.models import QueueName
from app.jobs.queue import LONGEST, JobQueue
from app.jobs.runner import JobRunner
from app.jobs.slots import Room, Slots

LOOK_EVERY = 2.0  # seconds; finds what is due by now, and what Redis lost

log = structlog.get_logger()


class TooLong(RuntimeError):
    """A job that was at it for ``LONGEST``."""


class Consumer:
    def __init__(self, app: Flask, runner: JobRunner, queue: JobQueue, name: QueueName, slots: Slots) -> None:
        self.name = name
        self.slots = slots
        self.is_behind = True  # somebody may wait whose entry nobody has read
        self._app = app
        self._runner = runner
        self._queue = queue
        self._looked_at = 0.0

    @property
    def is_stopping(self) -> bool:
        return self._runner.is_stopping

    def begin_waiting(self) -> Room:
        """Begins what waits in the table, if some may. The room that there was.

        Entries come in the order in which they were pushed. So while more waits than there is room for, jobs are taken
        from the table, where each tenant has its turn.
        """
        room = self.slots.room()
        self.is_behind |= not room.is_for_all
        if room.jobs and (self.is_behind or time.monotonic() > self._looked_at + LOOK_EVERY):
            self._looked_at = time.monotonic()
            self.is_behind = self._begin_claimed(room) == room.jobs or not room.is_for_all
        return room

    def begin(self, job_id: str) -> None:
        """One that Redis told of."""
        self.slots.spawn(self._claim_and_run, job_id)

    def _begin_claimed(self, room: Room) -> int:
        """None while the database is away."""
        try:
            claimed = self._runner.claims.waiting(self.name, room)
        except SQLAlchemyError as error:
            log.warning("jobs_not_claimed", queue=self.name, reason=type(error).__name__)
            return 0
        for job in claimed:
            self.slots.hold(job.tenant_id)
            self.slots.spawn(self._run, job)
        if claimed:
            gevent.spawn(self._queue.forget, self.name, [job.id for job in claimed])
        return len(claimed)

    def _claim_and_run(self, job_id: str) -> None:
        """A row that somebody else runs, that has ended or is not due is left alone."""
        try:
            job = self._runner.claims.one(job_id)
        except SQLAlchemyError as error:
            log.warning("jobs_not_claimed", queue=self.name, reason=type(error).__name__)
            job = None
        if job is not None:
            self.slots.hold(job.tenant_id)
            self._run(job)
        self._queue.forget(self.name, [job_id])

    def _run(self, job: ClaimedJob) -> None:
        """The job rim: what the runner could not write down is found again when its lease has run out."""
        try:
            limit = gevent.Timeout(LONGEST, TooLong(job.id))
            with self._app.app_context(), limit:
                self._runner.run(job)
        except Exception as error:
            log.error("job_broke", job_id=job.id, reason=type(error).__name__, exc_info=error)
        finally:
            self.slots.release(job.tenant_id)
