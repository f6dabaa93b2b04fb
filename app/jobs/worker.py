"""The worker process: a loop for each queue, jobs in greenlets, the schedule and the leases beside them."""

import re
import signal
import time
from datetime import timedelta

import gevent
import redis
import structlog
from flask import Flask
from redis.client import Pipeline
from rq import SimpleWorker
from rq.exceptions import DequeueTimeout, NoSuchJobError, StopRequested
from rq.job import Job as QueuedJob
from rq.queue import Queue
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty, JobTimeoutException
from rq.utils import now
from rq.worker import WorkerStatus
from sqlalchemy.exc import SQLAlchemyError

from app.db.leases import renewing
from app.jobs.claims import ClaimedJob
from app.jobs.models import QueueName
from app.jobs.queue import LONGEST, queue
from app.jobs.runner import JobRunner
from app.jobs.slots import Room, Slots, shares
from app.web.container import resolve_from

WORKER_TTL = 30  # seconds; RQ's own 7 minutes would find a lost worker far too late
GRACE = 20.0  # seconds that running jobs get when the process is told to stop
TICK = 1.0
LISTEN = 1  # second that Redis is asked for at once: as long as a stop may have to wait
LOOK_EVERY = 2.0  # seconds; finds what is due by now, and what Redis lost
CROWDED_EVERY = 0.1  # seconds, while only tenants without a job may begin one
HEARTBEAT = timedelta(seconds=5)
ROW_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

log = structlog.get_logger()


class GreenletTimeout(BaseDeathPenalty):
    """RQ's time limit without SIGALRM, which a process can have only one of."""

    def setup_death_penalty(self) -> None:
        self._timer = gevent.Timeout.start_new(self._timeout, self._exception(f"over {self._timeout} s"))

    def cancel_death_penalty(self) -> None:
        self._timer.close()


class EntryQueue(Queue):
    @classmethod
    def lmove(cls, connection: redis.Redis, queue_key: str, timeout: int | None) -> tuple[str, str] | None:
        """Whatever bytes stand there: an entry that is no text must not end the loop."""
        found = super().lmove(connection, queue_key, timeout)
        return (queue_key, str(found[1], "utf-8", "replace")) if found else None


class Entry(QueuedJob):
    """The id of a row. Who can write to Redis must not be able to name what we run, so the rest is not even read."""

    @classmethod
    def fetch(cls, id: str, connection: redis.Redis | None = None, serializer: object = None) -> "Entry":  # noqa: ARG003
        if not ROW_ID.fullmatch(id):
            log.warning("queue_entry_dropped")
            raise NoSuchJobError
        return cls(id, connection, JSONSerializer)


class GeventWorker(SimpleWorker):
    """The loop of one queue. Runs each job in a greenlet, as far as the queue has slots here.

    Our table says how far a job is: RQ's registries would cost six round trips more.
    """

    death_penalty_class = GreenletTimeout

    def __init__(self, app: Flask, server: redis.Redis, name: QueueName, slots: Slots) -> None:
        super().__init__(
            [name], connection=server, serializer=JSONSerializer, worker_ttl=WORKER_TTL, maintenance_interval=15,
            job_class=Entry, queue_class=EntryQueue, log_job_description=False,
        )  # fmt: skip
        self.slots = slots
        self._app = app
        self._queue_name = name
        self._runner = resolve_from(app, JobRunner)
        self._is_behind = True  # somebody may wait whose entry we have not read
        self._looked_at = 0.0

    @property
    def is_stopping(self) -> bool:
        return self._stop_requested

    def stop(self) -> None:
        self._stop_requested = True

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """RQ sends three per job, two round trips each."""
        if pipeline is not None or self.last_heartbeat is None or now() - self.last_heartbeat > HEARTBEAT:
            super().heartbeat(timeout, pipeline)

    def set_state(self, state: str, pipeline: Pipeline | None = None) -> None:
        if pipeline is not None or state != self._state:
            super().set_state(state, pipeline)

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[QueuedJob, Queue] | None:
        """The next entry that there is a slot for; none when the loop is to end.

        Entries come in the order in which they were pushed. So once more waits than there is room for, we take from the
        table instead, where each tenant has its turn.
        """
        is_burst = timeout is None
        self.set_state(WorkerStatus.IDLE)
        while not self.is_stopping:
            self.heartbeat()
            room = self.begin_waiting()
            if not room.is_for_all:
                self.slots.wait(CROWDED_EVERY if room.jobs else TICK)
            elif not self._is_behind and ((found := self._listen(None if is_burst else LISTEN)) or is_burst):
                return found
        return None

    def begin_waiting(self) -> Room:
        """Begins what waits in the table, when there may be some. The room that there was."""
        room = self.slots.room()
        self._is_behind |= not room.is_for_all
        if room.jobs and (self._is_behind or time.monotonic() > self._looked_at + LOOK_EVERY):
            self._looked_at = time.monotonic()
            claimed = self._claim(room)
            self._is_behind = len(claimed) == room.jobs
        return room

    def _claim(self, room: Room) -> list[ClaimedJob]:
        """None while the database is away."""
        try:
            claimed = self._runner.claims.waiting(self._queue_name, room)
        except SQLAlchemyError as error:
            log.warning("jobs_not_claimed", queue=self._queue_name, reason=type(error).__name__)
            return []
        for job in claimed:
            self.slots.spawn(self._run, job)
        if claimed:
            queue.forget(self._queue_name, [job.id for job in claimed])
        return claimed

    def _listen(self, seconds: int | None) -> tuple[QueuedJob, Queue] | None:
        try:
            return self.queue_class.dequeue_any(
                self.queues, seconds, self.connection, self.job_class, self.serializer, self.death_penalty_class
            )  # fmt: skip
        except DequeueTimeout:
            return None
        except redis.RedisError as error:
            log.warning("worker_lost_redis", queue=self._queue_name, reason=type(error).__name__)
            raise StopRequested from error

    def execute_job(self, job: QueuedJob, queue: Queue) -> None:
        self.slots.spawn(self._run_entry, job.id)

    def _run_entry(self, job_id: str) -> None:
        """A row that somebody else runs, that has ended or is not due is left alone."""
        try:
            job = self._runner.claims.one(job_id)
        except SQLAlchemyError as error:
            log.warning("job_not_claimed", job_id=job_id, reason=type(error).__name__)
            job = None
        if job is not None:
            self._run(job)
        queue.forget(self._queue_name, [job_id])

    def _run(self, job: ClaimedJob) -> None:
        """The job rim: what the runner could not write down is found again by the sweeper."""
        try:
            limit = GreenletTimeout(LONGEST, JobTimeoutException, job_id=job.id)  # type: ignore[no-untyped-call]
            with self.slots.held_by(job.tenant_id), self._app.app_context(), limit:
                self._runner.run(job)
        except Exception as error:
            log.error("job_broke", job_id=job.id, reason=type(error).__name__, exc_info=error)

    def run_maintenance_tasks(self) -> None:
        """RQ's own would run what Redis names as callbacks. What dead workers had read of is found in the table."""
        self.connection.delete(*(queue.intermediate_queue_key for queue in self.queues))
        self.last_cleaned_at = now()  # type: ignore[assignment]

    def subscribe(self) -> None:
        """Takes no commands by Redis."""

    def unsubscribe(self) -> None: ...

    def _install_signal_handlers(self) -> None:
        """The process has them, for all its loops."""


def work(app: Flask, server: redis.Redis, concurrency: int, *, burst: bool = False) -> None:
    """Works until told to stop, or in a burst until nothing is left."""
    runner = resolve_from(app, JobRunner)
    slots = shares(concurrency)
    workers = [_connected(app, server, name, slots[name]) for name in QueueName]
    if burst:
        for worker in workers:
            worker.work(burst=True, logging_level="WARNING")
        for worker in workers:
            worker.slots.join()
        return
    _stop_on_signals(runner, workers)
    schedule = gevent.spawn(_keep_schedule, app, runner)
    log.info("worker_started", concurrency=concurrency, periodic=sorted(runner.registry.periodic))
    with renewing(runner.renew):
        gevent.joinall([gevent.spawn(_keep_working, worker) for worker in workers])
        gevent.joinall([gevent.spawn(worker.slots.join, GRACE) for worker in workers])
    schedule.kill()
    runner.release()
    log.info("worker_stopped", unfinished=sum(map(len, slots.values())))


def _connected(app: Flask, server: redis.Redis, name: QueueName, slots: Slots) -> GeventWorker:
    """RQ asks Redis for its own address first; a worker that starts before Redis waits for it."""
    while True:
        try:
            return GeventWorker(app, server, name, slots)
        except redis.RedisError as error:
            log.warning("worker_waits_for_redis", reason=type(error).__name__)
            gevent.sleep(TICK)


def _stop_on_signals(runner: JobRunner, workers: list[GeventWorker]) -> None:
    def stop() -> None:
        runner.is_stopping = True
        for worker in workers:
            worker.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, stop)


def _keep_working(worker: GeventWorker) -> None:
    """RQ ends its loop when Redis is away; we begin again, and go by the table meanwhile."""
    while not worker.is_stopping:
        try:
            worker.work(logging_level="WARNING")
        except redis.RedisError as error:
            log.warning("worker_lost_redis", reason=type(error).__name__)
        if not worker.is_stopping:
            worker.begin_waiting()
            gevent.sleep(TICK)


def _keep_schedule(app: Flask, runner: JobRunner) -> None:
    """RQ's own cron pickles what it enqueues; the table of last runs needs neither that nor Redis."""
    periodic = runner.registry.periodic
    due = dict.fromkeys(periodic, 0.0)
    while True:
        for name in [name for name, moment in due.items() if moment <= time.monotonic()]:
            due[name] = time.monotonic() + periodic[name].every
            gevent.spawn(_run_periodic, app, runner, name)
        gevent.sleep(TICK)


def _run_periodic(app: Flask, runner: JobRunner, name: str) -> None:
    with app.app_context():
        runner.run_periodic(name)
