"""Runs in the background: handed over, done once, told, called off, given up."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core.clock import now
from app.db.session import db as database
from app.feeds.models import FeedEvent
from app.jobs.models import Job, JobState
from app.jobs.runner import JobRunner
from app.jobs.worker import work
from app.outgoing import webhooks
from app.streams import redis_store
from app.streams.signals import signals
from app.topics import jobs as topic_jobs
from app.topics.models import TopicRun
from app.turns.idempotency import IdempotencyKey
from app.web.container import resolve_from
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.outgoing.site import Site
from tests.topics.conftest import answer_of
from tests.waiting import until

REVIEW = answer_of("niche_review")
ANALYSIS = answer_of("measure_analysis")
BODY = {"topic_id": "niche_review", "parameters": {"current_value": "We help small business owners with marketing"}}


def begin(caller: Caller, **extra: Any) -> Any:
    answer = caller.post("/ai/execute-async", json=BODY | extra)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def read(caller: Caller, job_id: str) -> Any:
    return caller.get(f"/ai/jobs/{job_id}").json["data"]


def told() -> list[tuple[str, Any]]:
    with database.read() as session:
        return [(event.type, event.data) for event in session.scalars(select(FeedEvent).order_by(FeedEvent.id))]


def test_a_job_is_accepted_at_once(owner: Caller, double: Double) -> None:
    answer = owner.post("/ai/execute-async", json=BODY).json
    data = answer["data"]
    assert answer["success"] is True
    assert (data["status"], data["topicId"], data["estimatedDurationMs"]) == ("pending", "niche_review", 30000)
    assert (data["job_id"], data["topic_id"], data["estimated_duration_ms"]) == (data["jobId"], "niche_review", 30000)
    assert (read(owner, data["jobId"])["status"], double.requests()) == ("pending", [])


def test_a_job_is_done_and_told(owner: Caller, double: Double, work_off: Callable[[], None]) -> None:
    double.script({"json": REVIEW})
    job = begin(owner)["jobId"]
    work_off()
    done = read(owner, job)
    assert (done["status"], done["topicId"], done["result"]) == ("completed", "niche_review", REVIEW)
    assert done["createdAt"].endswith("Z") and done["completedAt"].endswith("Z") and done["processingTimeMs"] >= 0
    (first, begun), (last, ended) = told()
    assert (first, last) == ("ai.job.started", "ai.job.completed")
    assert begun == {"jobId": job, "topicId": "niche_review", "estimatedDurationMs": 30000}
    expected = {"jobId": job, "topicId": "niche_review", "result": REVIEW, "processingTimeMs": done["processingTimeMs"]}
    assert ended == expected


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ({"silence": "headers"}, "LLM_TIMEOUT"), ({"status": 500}, "LLM_ERROR"), ({"status": 401}, "LLM_ERROR"),
        ({"text": "No JSON today"}, "LLM_ERROR"),
    ],
)  # fmt: skip
def test_a_job_that_fails_says_why(
    owner: Caller, double: Double, app: Flask, impatient_app: Flask, behaviour: dict[str, Any], code: str
) -> None:
    double.default(**behaviour)
    job = begin(owner)["jobId"]
    worker_of = impatient_app if "silence" in behaviour else app
    work(worker_of, redis_store.blocking_client(signals.url), 50, burst=True)
    failed = read(owner, job)
    assert (failed["status"], failed["errorCode"], failed["result"]) == ("failed", code, None)
    assert told()[-1] == (
        "ai.job.failed", {"jobId": job, "topicId": "niche_review", "error": failed["error"], "errorCode": code},
    )  # fmt: skip


def test_a_topic_that_is_switched_off_meanwhile(
    owner: Caller, operator: Caller, double: Double, work_off: Callable[[], None]
) -> None:
    job = begin(owner)["jobId"]
    operator.patch("/admin/topics/niche_review", json={"active": False})
    work_off()
    assert read(owner, job)["errorCode"] == "PARAMETER_VALIDATION"
    assert double.requests() == []


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"topic_id": "nonsense"}, 404, "Topic not found: nonsense"),
        (
            {"topic_id": "purpose"}, 400,
            "Topic purpose is type conversation_coaching, only single-shot topics are supported for async execution",
        ),
        ({"topic_id": "niche_review"}, 422, "Missing required parameters: ['current_value']"),
        (BODY | {"callback_url": 7}, 422, "callback_url must be a string"),
    ],
)  # fmt: skip
def test_what_is_refused_before_it_is_queued(owner: Caller, body: Any, status: int, detail: str) -> None:
    answer = owner.post("/ai/execute-async", json=body)
    assert (answer.status_code, answer.json["detail"]) == (status, detail)
    assert owner.get("/ai/jobs").json["data"] == []


def test_jobs_are_their_owners_only(owner: Caller, teammate: Caller, stranger: Caller) -> None:
    job = begin(owner)["jobId"]
    for other in (teammate, stranger):
        answers = [other.get(f"/ai/jobs/{job}"), other.delete(f"/ai/jobs/{job}")]
        assert [(answer.status_code, answer.json["detail"]) for answer in answers] == [
            (404, f"Job not found: {job}")
        ] * 2
        assert other.get("/ai/jobs").json["data"] == []
    assert [row["jobId"] for row in owner.get("/ai/jobs").json["data"]] == [job]


def test_jobs_are_listed_in_pages(owner: Caller) -> None:
    made = [begin(owner)["jobId"] for _ in range(5)]
    page = owner.get("/ai/jobs?limit=3").json
    rest = owner.get(f"/ai/jobs?limit=3&cursor={page['next_cursor']}").json
    assert [row["jobId"] for row in page["data"] + rest["data"]] == made[::-1]
    assert (page["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)


def test_a_queued_job_is_called_off(owner: Caller, double: Double, work_off: Callable[[], None]) -> None:
    job = begin(owner)["jobId"]
    assert owner.delete(f"/ai/jobs/{job}").json["data"]["status"] == "cancelled"
    work_off()
    assert (read(owner, job)["status"], double.requests(), told()) == ("cancelled", [], [])


def test_a_running_job_is_called_off(owner: Caller, double: Double, work_off: Callable[[], None]) -> None:
    double.script({"json": REVIEW, "hold": 0})
    job = begin(owner)["jobId"]
    worker = gevent.spawn(work_off)
    until(double.holds)
    owner.delete(f"/ai/jobs/{job}")
    double.release()
    worker.join()
    assert read(owner, job)["status"] == "cancelled"
    assert [kind for kind, _ in told()] == ["ai.job.started"]


def test_twenty_requests_with_one_key_are_one_job(owner: Caller, double: Double, work_off: Callable[[], None]) -> None:
    double.default(json=REVIEW)
    headers = {"Idempotency-Key": "once"}
    calls = [gevent.spawn(owner.post, "/ai/execute-async", json=BODY, headers=headers) for _ in range(20)]
    gevent.joinall(calls)
    assert len({call.value.json["data"]["jobId"] for call in calls}) == 1
    work_off()
    assert len(double.requests()) == 1


def test_a_key_with_another_body_is_refused(owner: Caller) -> None:
    headers = {"Idempotency-Key": "once"}
    assert owner.post("/ai/execute-async", json=BODY, headers=headers).status_code == 200
    answer = owner.post("/ai/execute-async", json=BODY | {"topic_id": "ica_review"}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert len(owner.get("/ai/jobs").json["data"]) == 1


def test_a_nul_in_a_parameter_or_an_answer_is_dropped(
    owner: Caller, double: Double, work_off: Callable[[], None]
) -> None:
    double.script({"json": json.loads(json.dumps(ANALYSIS).replace("Revenue grows", "Revenue\\u0000 grows"))})
    sent = {"performance_data": {"per\0iod": ["Q4\0 2025", r"\u0000"]}}
    body = {"topic_id": "measure_analysis", "parameters": sent}
    job = owner.post("/ai/execute-async", json=body).json["data"]["jobId"]
    work_off()
    assert read(owner, job)["result"]["overall_assessment"].startswith("Revenue grows")
    prompt = double.requests()[-1]["body"]["messages"][-1]["content"]
    assert '"period"' in prompt and "Q4 2025" in prompt


def test_a_job_whose_worker_died_is_done_by_the_next(
    app: Flask, owner: Caller, double: Double, work_off: Callable[[], None]
) -> None:
    double.default(json=REVIEW)
    job = begin(owner)["jobId"]
    taken = {"state": JobState.RUNNING, "lease_until": now() - timedelta(seconds=1), "attempts": 1}
    with database.begin() as session:
        session.execute(update(Job).where(Job.id == job).values(**taken))
        session.execute(update(TopicRun).where(TopicRun.id == job).values(state="processing"))
    resolve_from(app, JobRunner).sweep()
    work_off()
    assert read(owner, job)["status"] == "completed"
    assert [kind for kind, _ in told()].count("ai.job.completed") == 1


def test_a_job_that_kills_its_workers_is_given_up(
    app: Flask, owner: Caller, double: Double, work_off: Callable[[], None]
) -> None:
    job = begin(owner)["jobId"]
    lost = {"attempts": 11, "lost_attempts": 10, "lease_until": now() - timedelta(seconds=1)}
    with database.begin() as session:
        session.execute(update(Job).where(Job.id == job).values(state=JobState.RUNNING, **lost))
    resolve_from(app, JobRunner).sweep()
    work_off()
    assert (read(owner, job)["status"], read(owner, job)["errorCode"]) == ("failed", "INTERNAL_ERROR")
    assert [kind for kind, _ in told()] == ["ai.job.failed"]


def test_old_jobs_and_keys_are_forgotten(owner: Caller, double: Double, work_off: Callable[[], None]) -> None:
    double.default(json=REVIEW)
    headers = {"Idempotency-Key": "once"}
    old = owner.post("/ai/execute-async", json=BODY, headers=headers).json["data"]["jobId"]
    work_off()
    with database.begin() as session:
        for table in (TopicRun, IdempotencyKey):
            session.execute(update(table).values(created_at=now() - timedelta(days=8)))
    recent = begin(owner)["jobId"]
    topic_jobs.forget()
    assert [row["jobId"] for row in owner.get("/ai/jobs").json["data"]] == [recent]
    assert old != recent
    with database.read() as session:
        assert session.scalars(select(IdempotencyKey)).all() == []


def test_nothing_of_the_callers_token_is_stored(app: Flask, owner: Caller) -> None:
    job = begin(owner)["jobId"]
    with database.read() as session:
        run, row = session.get_one(TopicRun, job), session.get_one(Job, job)
    stored = str([run.__dict__, row.__dict__])
    assert owner.token not in stored and owner.token.split(".")[1] not in stored


def test_a_webhook_is_called_and_signed(
    make_app: Callable[..., Flask], clean: None, double: Double, site: Site
) -> None:
    site.page("/hook", status=204)
    app = make_app(WEBSITE_SCAN_ALLOW_HOSTS=site.host)
    caller = sign_in(app, "olivia", "acme")
    double.script({"json": REVIEW})
    job = begin(caller, callback_url=f"{site.url}/hook")["jobId"]
    for _ in range(2):
        work(app, redis_store.blocking_client(signals.url), 50, burst=True)
    [told] = site.asked
    body, headers = json.loads(told.body), told.headers
    assert (body["type"], body["data"]["jobId"], body["data"]["result"]) == ("ai.job.completed", job, REVIEW)
    secret = caller.get("/ai/webhook-secret").json["secret"]
    signed = webhooks.signature(secret, headers["X-Coachhouse-Timestamp"], told.body)
    assert (headers["X-Coachhouse-Signature"], headers["X-Coachhouse-Delivery"]) == (signed, job)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://169.254.169.254/", "ftp://example.com/", "x"])
def test_a_private_callback_is_refused(owner: Caller, url: str) -> None:
    answer = owner.post("/ai/execute-async", json=BODY | {"callback_url": url})
    assert (answer.status_code, owner.get("/ai/jobs").json["data"]) == (422, [])
