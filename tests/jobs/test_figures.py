"""What operators see of the queues."""

import re
from datetime import timedelta

from sqlalchemy import update

from app.core.clock import now
from app.db.session import db as database
from app.jobs.models import Job
from app.jobs.queue import queue
from tests.conftest import Caller

FIGURE = re.compile(r'^coachhouse_jobs_(\w+)\{queue="(\w+)"\} (\S+)$', re.MULTILINE)


def figures(operator: Caller) -> dict[tuple[str, str], float]:
    found = FIGURE.findall(operator.get("/metrics").text)
    return {(figure, name): float(value) for figure, name, value in found}


def test_the_length_and_the_oldest_of_each_queue_are_figures(operator: Caller) -> None:
    with database.begin() as session:
        for delay in (0, 0, 3600):
            queue.enqueue(session, "topics.run", "acme", "olivia", delay=timedelta(seconds=delay))
        queue.enqueue(session, "workspace.embed", "acme", "olivia")
    with database.begin() as session:
        session.execute(update(Job).where(Job.name == "workspace.embed").values(due_at=now() - timedelta(minutes=5)))
    seen = figures(operator)
    assert [seen["waiting", name] for name in ("interactive", "batch", "anonymous")] == [2, 1, 0]
    assert seen["oldest_waiting_seconds", "batch"] >= 300 > seen["oldest_waiting_seconds", "interactive"]
    assert seen["oldest_waiting_seconds", "anonymous"] == 0
