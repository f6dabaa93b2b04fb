"""The running service for operators: jobs with a second try and an end, models and their health, connections."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import gevent
import pytest
from flask import Flask

from app.accounts.ledger import Ledger
from app.db.session import db as database
from app.jobs.models import Job, JobState, QueueName
from app.jobs.queue import queue
from app.jobs.registry import JobDefinition, registry
from app.jobs.worker import work
from app.llm.registry import Models
from app.streams import redis_store
from app.streams.roll_call import RollCall
from app.streams.signals import Signals, signals
from app.web.container import resolve_from
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.topics.conftest import answer_of
from tests.waiting import until

JOBS = "/api/v1/admin/jobs"
GIVEN = {"topic_id": "niche_review", "parameters": {"current_value": "We help"}}


@pytest.fixture
def work_off(app: Flask) -> Callable[[], None]:
    return lambda: work(app, redis_store.blocking_client(signals.url), 10, burst=True)


@pytest.fixture
def test_jobs() -> Iterator[list[str]]:
    """One that breaks until it is told not to, and one whose work can be given up."""
    said: list[str] = ["broken"]

    def fragile(word: str) -> None:
        if "broken" in said:
            raise ValueError(word)
        said.append(word)

    made = (
        JobDefinition("test.fragile", fragile, QueueName.BATCH),
        JobDefinition("test.given_up", fragile, QueueName.BATCH, give_up=lambda word: said.append(f"gave up {word}")),
    )
    registry.register(made)
    yield said
    for one in made:
        registry.jobs.pop(one.name)


def enqueue(name: str, tenant: str = "acme") -> str:
    with database.begin() as session:
        return queue.enqueue(session, name, tenant, "olivia", word="hello").id


def listed(operator: Caller, query: str = "") -> list[Any]:
    found: list[Any] = operator.get(f"{JOBS}{query}").json["jobs"]
    return found


@pytest.mark.parametrize("role", ["owner", "admin", "member"])
def test_operators_only(app: Flask, clean: None, role: str) -> None:
    caller, one = sign_in(app, "olivia", "acme", role), f"{JOBS}/{uuid4()}"
    reading = [caller.get(f"/admin/{name}") for name in ("jobs", "models", "connections", "tenants", "people")]
    reading += [caller.get(f"/admin/{name}") for name in ("voices", "agents")]
    acting = [caller.post(f"{one}/retry"), caller.post(f"{one}/cancel")]
    assert {answer.status_code for answer in (*reading, *acting)} == {403}


def test_jobs_are_listed_in_pages_and_found(operator: Caller, test_jobs: list[str]) -> None:
    made = [enqueue("test.fragile", "acme" if number < 3 else "other") for number in range(5)]
    first = operator.get(f"{JOBS}?limit=3").json
    rest = operator.get(f"{JOBS}?limit=3&cursor={first['next_cursor']}").json
    assert [job["id"] for job in (*first["jobs"], *rest["jobs"])] == made[::-1]
    assert (first["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)
    assert first["counts"] == {"queued": 5, "running": 0, "completed": 0, "failed": 0, "cancelled": 0}
    assert {job["tenant"] for job in listed(operator, "?tenant=other&name=test.fragile&state=queued")} == {"other"}
    assert "hello" not in str(first) and "topics.run" in first["names"]


@pytest.mark.parametrize(
    ("query", "status"), [("state=asleep", 422), ("limit=0", 422), ("cursor=x", 404), (f"cursor={uuid4()}", 400)]
)
def test_a_search_that_makes_no_sense(operator: Caller, query: str, status: int) -> None:
    assert operator.get(f"{JOBS}?{query}").status_code == status


def test_a_job_that_failed_is_tried_again(operator: Caller, test_jobs: list[str], work_off: Callable[[], None]) -> None:
    job = enqueue("test.fragile")
    work_off()
    assert [(one["state"], one["can_retry"], one["can_cancel"]) for one in listed(operator)] == [
        ("failed", True, False)
    ]
    test_jobs.clear()
    assert operator.post(f"{JOBS}/{job}/retry").json["state"] == "queued"
    work_off()
    assert (test_jobs, listed(operator)[0]["state"]) == (["hello"], "completed")
    entry = operator.get("/admin/audit?action=job.retry").json["entries"][0]
    assert (entry["target"], entry["tenant"]) == (job, "acme")
    assert operator.post(f"{JOBS}/{job}/retry").json["code"] == "JOB_OVER"


def test_what_was_given_up_is_not_tried_again(
    operator: Caller, test_jobs: list[str], work_off: Callable[[], None]
) -> None:
    job = enqueue("test.given_up")
    work_off()
    assert listed(operator)[0]["can_retry"] is False
    assert operator.post(f"{JOBS}/{job}/retry").status_code == 409


def test_a_job_that_waits_is_cancelled(operator: Caller, test_jobs: list[str], work_off: Callable[[], None]) -> None:
    job = enqueue("test.given_up")
    cancelled = operator.post(f"{JOBS}/{job}/cancel").json
    assert (cancelled["state"], cancelled["error_code"]) == ("cancelled", "CANCELLED_BY_OPERATOR")
    work_off()
    assert (test_jobs, listed(operator)[0]["state"]) == (["broken", "gave up hello"], "cancelled")
    assert operator.post(f"{JOBS}/{job}/cancel").status_code == 409


@pytest.mark.parametrize("job_id", [str(uuid4()), "x", "0" * 300])
def test_a_job_that_is_not_there(operator: Caller, job_id: str) -> None:
    assert operator.post(f"{JOBS}/{job_id}/retry").status_code == 404
    assert operator.post(f"{JOBS}/{job_id}/cancel").status_code == 404


def test_a_run_of_a_topic_is_tried_again_with_its_job(
    operator: Caller, owner: Caller, double: Double, work_off: Callable[[], None]
) -> None:
    double.default(status=400)
    job = owner.post("/ai/execute-async", json=GIVEN).json["data"]["jobId"]
    work_off()
    with database.begin() as session:
        session.get_one(Job, job).state = JobState.FAILED
    assert owner.get(f"/ai/jobs/{job}").json["data"]["status"] == "failed"
    double.default(json=answer_of("niche_review"))
    assert operator.post(f"{JOBS}/{job}/retry").status_code == 200
    assert owner.get(f"/ai/jobs/{job}").json["data"]["status"] == "pending"
    work_off()
    assert owner.get(f"/ai/jobs/{job}").json["data"]["status"] == "completed"


def test_a_run_of_a_topic_is_cancelled_with_its_job(operator: Caller, owner: Caller) -> None:
    job = owner.post("/ai/execute-async", json=GIVEN).json["data"]["jobId"]
    operator.post(f"{JOBS}/{job}/cancel")
    assert owner.get(f"/ai/jobs/{job}").json["data"]["status"] == "cancelled"


def test_models_with_health_and_price(make_app: Callable[..., Flask], clean: None, double: Double) -> None:
    app = make_app(LLM_MODELS="openai:coach-1,openai:gpt-5-mini,offline:coach")
    for _ in range(5):
        resolve_from(app, Models).choices[0].breaker.failed()
    double.script({"json": answer_of("niche_review")})
    sign_in(app, "olivia", "acme").post("/ai/execute", json=GIVEN)
    resolve_from(app, Ledger).flush()
    found = sign_in(app, "opal", "house", "operator").get("/admin/models").json
    rows = [(one["model"], one["price"], one["breakers"][0]["state"], one["calls"]) for one in found["models"]]
    assert rows[0] == ("openai:coach-1", None, "open", 0)
    assert rows[1] == ("openai:gpt-5-mini", {"input": 0.25, "output": 2.0}, "closed", 1)
    assert rows[2][1] == {"input": 0.0, "output": 0.0}
    assert found["models"][1]["median_ms"] >= 0 and found["prices_as_of"]


def test_what_this_process_has_in_hand(operator: Caller) -> None:
    found = operator.get("/admin/connections").json
    assert (found["sockets"], found["streams"], found["jobs"]) == (0, 0, 0)
    assert set(found["processes"][0]) == {"process", "since", "sockets", "streams", "jobs"}


def test_other_processes_are_asked_too(operator: Caller, app: Flask) -> None:
    """One that listens as another process does."""
    other = Signals()
    other.connect(signals.url)
    told = {"process": "z", "since": "", "sockets": {"/ws": 2}, "streams": {"turn": 1}, "jobs": {}, "breakers": {}}
    RollCall(other, lambda: dict(told))
    known = signals.others("roll.call")
    listening = gevent.spawn(other._listen_for_ever)
    until(lambda: signals.others("roll.call") > known)
    found = operator.get("/admin/connections").json
    assert (found["sockets"], found["streams"], found["processes"][-1]["process"]) == (2, 1, "z")
    listening.kill()
