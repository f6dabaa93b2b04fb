"""Jobs that were accepted are done, however often web and worker are killed meanwhile."""

from collections.abc import Callable

from sqlalchemy import text

from app.core.clock import now
from app.db.session import db as database
from tests.double.client import Double
from tests.gunicorn import Web
from tests.nursery import Process
from tests.processes.conftest import PARAMETERS, REVIEW, Workers, written_since
from tests.waiting import until

Start = Callable[..., Web]


def begin(web: Web, token: str) -> str:
    answer = web.post(token, "/ai/execute-async", topic_id="niche_review", parameters=PARAMETERS)
    job_id: str = answer["data"]["jobId"]
    return job_id


def states(web: Web, token: str, jobs: list[str]) -> dict[str, str]:
    return {job: web.get(token, f"/ai/jobs/{job}")["data"]["status"] for job in jobs}


def kill_together(web: Web, worker: Process, double: Double, at_work: int) -> None:
    """While the model is being asked; then the leases run out."""
    until(lambda: double.holds() == at_work)
    web.kill()
    worker.kill()
    worker.wait()
    double.release()
    until(lambda: double.holds() == 0)
    with database.begin() as session:
        session.execute(text("UPDATE jobs SET lease_until = now() WHERE state = 'running'"))


def test_jobs_whose_web_and_worker_are_killed_together_are_done_after_the_restart(
    start_web: Start, start_worker: Workers, token: str, double: Double
) -> None:
    double.default(json=REVIEW, hold=0)
    jobs: list[str] = []
    for _ in range(3):  # more often than a run may fail
        web, worker = start_web(), start_worker()
        jobs += [begin(web, token) for _ in range(3)]
        kill_together(web, worker, double, len(jobs))
    double.default(json=REVIEW)
    web = start_web()
    start_worker()
    until(lambda: set(states(web, token, jobs).values()) == {"completed"}, 120)


def test_what_a_job_spent_is_written_by_a_worker_that_is_told_to_stop(
    start_web: Start, start_worker: Workers, token: str, double: Double
) -> None:
    began = now()
    double.script({"json": REVIEW, "first": 4})  # seconds; by then the worker waits for nothing else
    web, worker = start_web(), start_worker()
    begin(web, token)
    until(lambda: len(double.requests()) == 1)
    worker.terminate()
    worker.wait()
    assert written_since(began) == (1, 1)
