"""The worker process: RQ's loop, jobs in a gevent pool, the schedule and the leases beside it."""

import re
import signal
import time
from datetime import timedelta

import gevent
import redis
import structlog
from flask import Flask
from gevent.pool import Pool
from redis.client import Pipeline
from rq import SimpleWorker
from rq.exceptions import NoSuchJobError, StopRequested
from rq.job import Job as QueuedJob
from rq.queue import Queue
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty, JobTimeoutException
from rq.utils import now

from app.db.leases import renewing
from app.jobs.queue import LONGEST, QUEUE
from app.jobs.runner import JobRunner
from app.web.container import resolve_from

WORKER_TTL = 30  # seconds; RQ's own 7 minutes would find a lost worker far too late
GRACE = 20.0  # seconds that running jobs get when the process is told to stop
TICK = 1.0
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
    """Runs each job in a greenlet. Our table says how far a job is: RQ's registries would cost six round trips more."""

    death_penalty_class = GreenletTimeout

    def __init__(self, app: Flask, server: redis.Redis, concurrency: int, signals: bool) -> None:
        super().__init__(
            [QUEUE], connection=server, serializer=JSONSerializer, worker_ttl=WORKER_TTL, maintenance_interval=15,
            job_class=Entry, queue_class=EntryQueue, log_job_description=False,
        )  # fmt: skip
        self.pool = Pool(concurrency)
        self._app = app
        self._runner = resolve_from(app, JobRunner)
        self._signals = signals
        self._main = gevent.getcurrent()

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """RQ sends three per job, two round trips each."""
        if pipeline is not None or self.last_heartbeat is None or now() - self.last_heartbeat > HEARTBEAT:
            super().heartbeat(timeout, pipeline)

    def set_state(self, state: str, pipeline: Pipeline | None = None) -> None:
        if pipeline is not None or state != self._state:
            super().set_state(state, pipeline)

    def execute_job(self, job: QueuedJob, queue: Queue) -> None:
        self.pool.spawn(self._execute, job, queue)

    def _execute(self, job: QueuedJob, queue: Queue) -> None:
        """The job rim: what the runner could not write down is found again by the sweeper."""
        try:
            limit = GreenletTimeout(LONGEST, JobTimeoutException, job_id=job.id)  # type: ignore[no-untyped-call]
            with self._app.app_context(), limit:
                self._runner.run(job.id)
        except Exception as error:
            log.error("job_broke", job_id=job.id, reason=type(error).__name__, exc_info=error)
        self._forget(job, queue)

    def _forget(self, job: QueuedJob, queue: Queue) -> None:
        try:
            with self.connection.pipeline() as pipe:
                pipe.lrem(queue.intermediate_queue_key, 1, job.id)
                pipe.delete(job.key)
                pipe.execute()
        except redis.RedisError as error:
            log.warning("job_not_forgotten", job_id=job.id, reason=type(error).__name__)

    def run_maintenance_tasks(self) -> None:
        """RQ's own would run what Redis names as callbacks. Entries of dead workers are pushed again from the table."""
        self.connection.delete(*(queue.intermediate_queue_key for queue in self.queues))
        self.last_cleaned_at = now()  # type: ignore[assignment]

    def subscribe(self) -> None:
        """Takes no commands by Redis."""

    def unsubscribe(self) -> None: ...

    def _install_signal_handlers(self) -> None:
        if not self._signals:
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            gevent.signal_handler(number, self._stop)

    def _stop(self) -> None:
        """Wakes the loop from its blocking pop; raising in a handler would hit whatever greenlet happens to run."""
        if not self._stop_requested:
            self._stop_requested = self._runner.is_stopping = True
            gevent.get_hub().loop.run_callback(self._main.throw, StopRequested)


def work(app: Flask, server: redis.Redis, concurrency: int, *, burst: bool = False) -> None:
    """Works until told to stop, or in a burst until nothing is left."""
    worker = _connected(app, server, concurrency, signals=not burst)
    runner = resolve_from(app, JobRunner)
    if burst:
        worker.work(burst=True, logging_level="WARNING")
        worker.pool.join()
        return
    schedule = gevent.spawn(_keep_schedule, app, runner)
    log.info("worker_started", concurrency=concurrency, periodic=sorted(runner.registry.periodic))
    with renewing(runner.renew):
        while not worker._stop_requested:
            _work_until_lost(worker)
        worker.pool.join(timeout=GRACE)
    schedule.kill()
    runner.release()
    log.info("worker_stopped", unfinished=len(worker.pool))


def _connected(app: Flask, server: redis.Redis, concurrency: int, *, signals: bool) -> GeventWorker:
    """RQ asks Redis for its own address first; a worker that starts before Redis waits for it."""
    while True:
        try:
            return GeventWorker(app, server, concurrency, signals)
        except redis.RedisError as error:
            log.warning("worker_waits_for_redis", reason=type(error).__name__)
            gevent.sleep(TICK)


def _work_until_lost(worker: GeventWorker) -> None:
    """RQ ends its loop when Redis is away for long; we begin again."""
    try:
        worker.work(logging_level="WARNING")
    except redis.RedisError as error:
        log.warning("worker_lost_redis", reason=type(error).__name__)
    if not worker._stop_requested:
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
