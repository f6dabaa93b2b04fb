"""Handing work over: the row first, in the caller's transaction; the queue after the commit."""

from datetime import timedelta

import redis
import structlog
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import func
from sqlalchemy.orm import Session

from app.core.ids import new_uuid
from app.db.session import after_commit
from app.jobs.models import Job
from app.jobs.registry import JobRegistry, registry

QUEUE = "default"
RUN = "job"  # what the dashboard shows; nothing is called by it
LONGEST = 3600  # seconds that a job may take

log = structlog.get_logger()


class JobQueue:
    """Of one process; needs no application context, since runs hand work over from greenlets of their own."""

    def __init__(self, known: JobRegistry) -> None:
        self._known = known
        self._queue: Queue

    def connect(self, server: redis.Redis) -> None:
        self._queue = Queue(QUEUE, connection=server, serializer=JSONSerializer)

    def enqueue(
        self, session: Session, name: str, tenant: str = "", user: str = "", *, delay: timedelta = timedelta(),
        **arguments: object,
    ) -> Job:  # fmt: skip
        """Stores a job; workers hear of it once the transaction has committed. ``arguments`` are plain values."""
        if name not in self._known.jobs:
            raise LookupError(f"no job is named {name}")
        due_at = func.clock_timestamp() + delay
        job_id = new_uuid()  # the row may be gone from the session once it has committed
        job = Job(id=job_id, name=name, tenant_id=tenant, user_id=user, arguments=arguments, due_at=due_at)
        session.add(job)
        after_commit(session, lambda: self.push(job_id))
        return job

    def push(self, job_id: str) -> None:
        """Tells the workers. When Redis is away the sweeper tells them later: the row is the truth.

        Workers read the entry's id alone, which is the row's; the rest is for the dashboard.
        """
        try:
            self._queue.enqueue(RUN, job_id, job_id=job_id, result_ttl=0, failure_ttl=86400, job_timeout=LONGEST)
        except redis.RedisError as error:
            log.warning("job_not_pushed", job_id=job_id, reason=type(error).__name__)

    def waiting(self) -> set[str]:
        """The ids that workers will come to by themselves."""
        try:
            return set(self._queue.job_ids)
        except redis.RedisError:
            return set()


queue = JobQueue(registry)  # of this process; connected by the composition
