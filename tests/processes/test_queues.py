"""Nobody waits behind the crowd: neither behind another class of jobs, nor behind a tenant with many of them."""

from collections.abc import Callable

import pytest
import urllib3
from flask import Flask
from sqlalchemy import text

from app.db.session import db as database
from app.local.redis import free_port
from app.streams.signals import signals
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.interviews.conftest import SARAH
from tests.processes.conftest import PARAMETERS, REVIEW, Workers
from tests.waiting import until

QUICK = {"INTERVIEW_DELAY": "0", "RATE_LIMIT_INTERVIEWS": "off"}


@pytest.fixture(autouse=True)
def held(double: Double, clean: None) -> None:
    """Models take their time."""
    double.default(json=REVIEW, hold=0)


@pytest.fixture
def visitor(make_app: Callable[..., Flask]) -> Caller:
    return sign_in(make_app(**QUICK), "", "")


@pytest.fixture
def elsewhere(app: Flask) -> Caller:
    """Somebody of another tenant."""
    return sign_in(app, "gustav", "globex")


def begun(caller: Caller, times: int = 1) -> list[str]:
    asked = {"topic_id": "niche_review", "parameters": PARAMETERS}
    return [caller.post("/ai/execute-async", json=asked).json["data"]["jobId"] for _ in range(times)]


def states(caller: Caller, jobs: list[str]) -> set[str]:
    return {caller.get(f"/ai/jobs/{job}").json["data"]["status"] for job in jobs}


def query(condition: str) -> list[str]:
    with database.read() as session:
        return list(session.scalars(text(f"SELECT CAST(id AS text) FROM jobs WHERE {condition}")))


def test_an_async_job_begins_while_forty_interviews_wait(
    visitor: Caller, owner: Caller, start_worker: Workers, double: Double
) -> None:
    for _ in range(40):
        visitor.post("/api/interviews/start", json={"persona": SARAH})
    port = free_port()
    start_worker(WORKER_CONCURRENCY="4", WORKER_PORT=str(port), **QUICK)
    until(lambda: double.holds() == 2)  # as many as have slots
    jobs = begun(owner)
    until(lambda: states(owner, jobs) == {"processing"})
    ready = urllib3.request("GET", f"http://127.0.0.1:{port}/health/ready").json()
    assert ready["running"] == {"interactive": 1, "batch": 0, "anonymous": 2}


def test_a_tenant_with_many_long_jobs_keeps_nobody_from_beginning(
    owner: Caller, elsewhere: Caller, start_worker: Workers, double: Double
) -> None:
    begun(owner, 30)
    start_worker(WORKER_CONCURRENCY="4")
    until(lambda: double.holds() == 4)
    jobs = begun(elsewhere)
    until(lambda: states(elsewhere, jobs) == {"processing"})
    assert len(query("tenant_id = 'acme' AND state = 'running'")) == 4


def test_tenants_have_their_jobs_done_in_turn(
    owner: Caller, elsewhere: Caller, start_worker: Workers, double: Double
) -> None:
    double.default(json=REVIEW)
    many, few = begun(owner, 30), begun(elsewhere, 3)
    start_worker(WORKER_CONCURRENCY="1")
    until(lambda: states(owner, many) | states(elsewhere, few) == {"completed"})
    assert set(few) < set(query("name = 'topics.run' ORDER BY started_at LIMIT 10"))


def test_a_killed_worker_loses_none_of_what_waits_and_runs(
    owner: Caller, start_worker: Workers, double: Double
) -> None:
    jobs = begun(owner, 12)
    worker = start_worker(WORKER_CONCURRENCY="4")
    until(lambda: double.holds() == 4)
    worker.kill()
    worker.wait()
    with database.begin() as session:
        session.execute(text("UPDATE jobs SET lease_until = now() WHERE state = 'running'"))
    double.default(json=REVIEW)
    signals.redis.flushdb()
    start_worker(WORKER_CONCURRENCY="4")
    until(lambda: states(owner, jobs) == {"completed"})


def test_jobs_are_done_while_redis_is_away(owner: Caller, start_worker: Workers, double: Double) -> None:
    double.default(json=REVIEW)
    jobs = begun(owner, 3)
    start_worker(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    until(lambda: states(owner, jobs) == {"completed"})
