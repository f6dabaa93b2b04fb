"""Erasures in a worker; and that none is forgotten, whatever became of its job."""

from datetime import timedelta

from sqlalchemy import func, select

from app.config.settings import Settings
from app.db.session import db
from app.jobs.models import Job, JobState, QueueName
from app.jobs.queue import queue
from app.jobs.registry import JobDefinition, PeriodicJob
from app.privacy.erasure import run, service
from app.privacy.erasure.models import OPEN, Erasure
from app.web.container import resolve

LATE = timedelta(minutes=2)
WAITING = (JobState.QUEUED, JobState.RUNNING)


def erase(erasure_id: str) -> None:
    run.run(db, erasure_id, resolve(Settings).data_dir)


def watch() -> None:
    """Hands over again what is late and has no job."""
    named = Job.arguments["erasure_id"].astext == Erasure.id
    waiting = select(Job.id).where(Job.name == service.RUN, Job.state.in_(WAITING), named).exists()
    late = Erasure.status.in_(OPEN), Erasure.erase_at < func.clock_timestamp() - LATE
    with db.begin() as session:
        for erasure_id in session.scalars(select(Erasure.id).where(*late, ~waiting)).all():
            queue.enqueue(session, service.RUN, erasure_id=erasure_id)


JOBS = (
    JobDefinition(service.RUN, erase, QueueName.INTERACTIVE, attempts=10),
    PeriodicJob("erasures.watch", watch, every=60),
)
