"""Handing work over: the row first, in the caller's transaction; the queue after the commit."""

from typing import Any

import redis
import structlog
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy.orm import Session

from app.core.errors import AppError
from app.core.ids import new_uuid
from app.db.session import after_commit
from app.jobs.models import Job
from app.jobs.registry import JOBS

QUEUE = "default"
RUN = "app.jobs.runner.run"
LONGEST = 3600  # seconds after which RQ itself gives up on a job

log = structlog.get_logger()

_server: redis.Redis | None = None


def connect(server: redis.Redis) -> None:
    global _server
    _server = server


def enqueue(session: Session, name: str, tenant: str = "", user: str = "", **arguments: Any) -> Job:
    """Stores a job; workers hear of it once the transaction has committed. ``arguments`` are ids and plain values."""
    if name not in JOBS:
        raise LookupError(f"no job is named {name}")
    job = Job(id=new_uuid(), name=name, tenant_id=tenant, user_id=user, arguments=arguments)
    session.add(job)
    after_commit(session, lambda: push(job.id))
    return job


def push(job_id: str) -> None:
    """Tells the workers. When Redis is away the sweeper tells them later: the row is the truth."""
    try:
        queue().enqueue(RUN, job_id, result_ttl=0, failure_ttl=86400, job_timeout=LONGEST)
    except redis.RedisError as error:
        log.warning("job_not_pushed", job_id=job_id, reason=type(error).__name__)


def queue() -> Queue:
    if _server is None:
        raise AppError("The job queue is not connected")
    return Queue(QUEUE, connection=_server, serializer=JSONSerializer)
