"""Handing work over: the row first, in the caller's transaction; the queue after the commit.

The rows are the queue. Redis rings once for each, so that workers need not look all the time; it may lose all.
"""

from collections.abc import Collection
from datetime import timedelta

import redis
import structlog
from rq import Queue
from rq.job import Job as QueuedJob
from rq.serializers import JSONSerializer
from sqlalchemy import func
from sqlalchemy.orm import Session

from app.core.ids import new_uuid
from app.db.privacy import RedisKeys
from app.db.session import after_commit
from app.jobs.models import Job, QueueName
from app.jobs.registry import JobRegistry, registry

RUN = "job"  # what the dashboard shows; nothing is called by it
LONGEST = 3600  # seconds that a job may take
AT_ONCE = timedelta()

KEYS = RedisKeys(
    r"rq:[a-z_-]+(:\S+)?", "ids of jobs that wait, and which workers there are", "until a worker comes; 1 day at most"
)

log = structlog.get_logger()


class JobQueue:
    """Of one process; needs no application context, since runs hand work over from greenlets of their own."""

    def __init__(self, known: JobRegistry) -> None:
        self._known = known
        self._queues: dict[QueueName, Queue] = {}

    def connect(self, server: redis.Redis) -> None:
        self._queues = {name: Queue(name, connection=server, serializer=JSONSerializer) for name in QueueName}

    def enqueue(
        self, session: Session, name: str, tenant: str = "", user: str = "", *, delay: timedelta = AT_ONCE,
        **arguments: object,
    ) -> Job:  # fmt: skip
        """Stores a job; workers hear of it once the transaction has committed. ``arguments`` are plain values."""
        definition = self._known.jobs.get(name)
        if definition is None:
            raise LookupError(f"no job is named {name}")
        job_id, queue = new_uuid(), definition.queue  # the row may be gone from the session once it has committed
        due_at = func.clock_timestamp() + delay
        job = Job(
            id=job_id, name=name, queue=queue, tenant_id=tenant, user_id=user, arguments=arguments, due_at=due_at
        )  # fmt: skip
        session.add(job)
        if delay == AT_ONCE:
            after_commit(session, lambda: self.push(queue, job_id))
        return job

    def push(self, queue: QueueName, job_id: str) -> None:
        """Tells the workers, once. When Redis is away they find the row when they next look: it is the truth.

        Workers read the entry's id alone, which is the row's; the rest is for the dashboard.
        """
        waiting = self._queues[queue]
        try:
            waiting.enqueue(RUN, job_id, job_id=job_id, result_ttl=0, failure_ttl=86400, job_timeout=LONGEST)
        except redis.RedisError as error:
            log.warning("job_not_pushed", job_id=job_id, reason=type(error).__name__)

    def forget(self, queue: QueueName, job_ids: Collection[str]) -> None:
        """Takes out entries of rows that a worker has come to, wherever it read of them."""
        its = self._queues[queue]
        pipe = its.connection.pipeline(transaction=False)
        for job_id in job_ids:
            pipe.lrem(its.key, 1, job_id)
            pipe.lrem(its.intermediate_queue_key, 1, job_id)
            pipe.delete(QueuedJob.key_for(job_id))
        try:
            pipe.execute()
        except redis.RedisError as error:
            log.warning("jobs_not_forgotten", count=len(job_ids), reason=type(error).__name__)


queue = JobQueue(registry)  # of this process; connected by the composition
