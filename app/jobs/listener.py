"""RQ's loop on the list of one queue in Redis. It says that there is work; what to do stands in the table."""

import re
from datetime import timedelta

import redis
import structlog
from redis.client import Pipeline
from rq import SimpleWorker
from rq.exceptions import DequeueTimeout, NoSuchJobError, StopRequested
from rq.job import Job as QueuedJob
from rq.queue import Queue
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker import WorkerStatus

from app.jobs.consumer import Consumer

LISTEN = 1  # second that Redis is asked for at once: as long as a stop may have to wait
CROWDED = 0.1  # seconds between two looks, while only tenants without a job may begin one
WORKER_TTL = 30  # seconds; RQ's own 7 minutes would show a lost worker for far too long
HEARTBEAT = timedelta(seconds=5)
ROW_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

log = structlog.get_logger()


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


class Listener(SimpleWorker):
    """Our table says how far a job is: RQ's registries would cost six round trips more."""

    def __init__(self, consumer: Consumer, server: redis.Redis) -> None:
        super().__init__(
            [consumer.name], connection=server, serializer=JSONSerializer, worker_ttl=WORKER_TTL,
            maintenance_interval=15, job_class=Entry, queue_class=EntryQueue, log_job_description=False,
        )  # fmt: skip
        self._consumer = consumer

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[QueuedJob, Queue] | None:
        """The next entry that there is a slot for; none when the loop is to end, or in a burst is through."""
        seconds = None if timeout is None else LISTEN
        self.set_state(WorkerStatus.IDLE)
        while not self._consumer.is_stopping:
            self.heartbeat()
            found = self._listen(seconds) if self._may_listen() else None
            if found or (seconds is None and not self._consumer.is_behind):
                return found
        return None

    def _may_listen(self) -> bool:
        """Once nobody waits in the table who may begin; waits a while for a slot when there is none."""
        room = self._consumer.begin_waiting()
        if not room.is_for_all:
            self._consumer.slots.wait(CROWDED if room.jobs else LISTEN)
        return room.is_for_all and not self._consumer.is_behind

    def _listen(self, seconds: int | None) -> tuple[QueuedJob, Queue] | None:
        try:
            return self.queue_class.dequeue_any(self.queues, seconds, self.connection, Entry, self.serializer)
        except DequeueTimeout:
            return None
        except redis.RedisError as error:
            log.warning("worker_lost_redis", queue=self._consumer.name, reason=type(error).__name__)
            raise StopRequested from error

    def execute_job(self, job: QueuedJob, queue: Queue) -> None:
        self._consumer.begin(job.id)

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """RQ sends three per job, two round trips each."""
        if pipeline is not None or self.last_heartbeat is None or now() - self.last_heartbeat > HEARTBEAT:
            super().heartbeat(timeout, pipeline)

    def set_state(self, state: str, pipeline: Pipeline | None = None) -> None:
        if pipeline is not None or state != self._state:
            super().set_state(state, pipeline)

    def run_maintenance_tasks(self) -> None:
        """RQ's own would run what Redis names as callbacks. What dead workers had read of is found in the table."""
        self.connection.delete(*(queue.intermediate_queue_key for queue in self.queues))
        self.last_cleaned_at = now()  # type: ignore[assignment]

    def check_for_suspension(self, burst: bool) -> None:
        """Takes no commands by Redis."""

    def subscribe(self) -> None:
        """Takes no commands by Redis."""

    def unsubscribe(self) -> None: ...

    def _install_signal_handlers(self) -> None:
        """The process has its own."""

    def _set_connection(self, connection: redis.Redis) -> redis.Redis:
        """With the deadlines that it was made with."""
        return connection
