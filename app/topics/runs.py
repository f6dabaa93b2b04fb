"""Runs in the background: admitted in a request, made in a worker, their end stored once and told to the caller."""

import re
from dataclasses import dataclass

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care.countries import country_of
from app.care.safety import Withheld
from app.core.clock import iso, now
from app.core.errors import Conflict, NotFound
from app.core.json import JSONObject, JSONValue, to_json
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page
from app.db.session import after_commit, db
from app.db.statements import Statement
from app.feeds import service as feed
from app.jobs.models import Job, JobState
from app.jobs.queue import queue
from app.streams.signals import signals
from app.topics.engine import Engine, TopicCall, to_stored
from app.topics.models import TopicRun
from app.topics.topic import Outcome
from app.turns import idempotency
from app.turns.idempotency import Claim

OPEN = ("pending", "processing")
CANCEL = "topics.cancel"

# One statement each, row and event together: a worker does this for every run, and round trips are what it pays for.
BEGIN = Statement(
    "WITH run AS (UPDATE topic_runs SET state = 'processing', started_at = :moment"  # noqa: S608
    " WHERE id = :id AND state IN ('pending', 'processing') RETURNING *),"
    " event AS (SELECT tenant_id, user_id, 'ai.job.started' AS type, jsonb_build_object("
    "'jobId', id, 'topicId', topic_id, 'estimatedDurationMs', estimated_ms) AS data FROM run),"
    f" {feed.APPEND_EVENT} SELECT id, tenant_id, user_id, topic_id, parameters, gathered FROM run"
)
END = Statement(
    "WITH run AS (UPDATE topic_runs SET state = :state, completed_at = :moment, gathered = NULL, error = :error,"  # noqa: S608
    " error_code = :error_code, result = CAST(:result AS jsonb), about = CAST(:about AS jsonb)"
    " WHERE id = :id AND state IN ('pending', 'processing') RETURNING *),"
    " event AS (SELECT tenant_id, user_id, CAST(:type AS text) AS type,"
    " jsonb_build_object('jobId', id, 'topicId', topic_id) || CAST(:event AS jsonb) AS data FROM run),"
    f" {feed.APPEND_EVENT} SELECT tenant_id, user_id, callback_url FROM run"
)
EMPTY: dict[str, object] = {"error": None, "error_code": None, "result": None, "about": None}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StartedRun:
    id: str
    tenant_id: str
    user_id: str
    topic_id: str
    parameters: JSONObject
    gathered: JSONObject | None


def enqueue(engine: Engine, call: TopicCall, claim: Claim | None, callback_url: str | None) -> TopicRun:
    """Stores the run and hands it over; with a claim that was used before, the run it stands for.

    Sources that need the caller's token are read now: it is kept nowhere.
    """
    gathered = to_stored(engine.gather(call)) if engine.sources.needs_token else None
    principal = call.access.principal
    with db.begin() as session:
        job = queue.enqueue(session, "topics.run", principal.tenant_id, principal.user_id)
        job.arguments = {"run_id": job.id, "country": country_of(principal.place) or ""}
        first = idempotency.claim(session, claim, job.id, reused=Conflict) if claim else job.id
        if first != job.id:
            session.info.pop("after_commit", None)
            session.expunge(job)
            return session.get_one(TopicRun, first)
        made = TopicRun(
            id=job.id, **owner_columns(principal), topic_id=call.topic.id, parameters=call.given, gathered=gathered,
            state="pending", callback_url=callback_url, estimated_ms=call.topic.estimated_ms, created_at=now(),
        )  # fmt: skip
        session.add(made)
    return made


def find(session: Session, principal: Principal, run_id: str) -> TopicRun:
    """The caller's own; a colleague's is not there."""
    run = session.scalar(select(TopicRun).where(TopicRun.id == run_id, TopicRun.owned_by(principal)))
    if run is None:
        raise NotFound(f"Job not found: {run_id[:100]}", code="JOB_NOT_FOUND")
    return run


def listing(session: Session, principal: Principal, asked: PageRequest) -> Page[TopicRun]:
    query = select(TopicRun).where(TopicRun.owned_by(principal))
    return keyset_page(session, query, TopicRun.created_at, principal, asked)


def cancel(principal: Principal, run_id: str) -> TopicRun:
    """Stops an open run on whatever worker it is; one that has ended stays as it ended."""
    with db.begin() as session:
        find(session, principal, run_id)
        gone = update(TopicRun).where(TopicRun.id == run_id, TopicRun.state.in_(OPEN))
        stopped = session.execute(gone.values(state="cancelled", completed_at=now()).returning(TopicRun.id)).first()
        still = (Job.id == run_id) & (Job.state == JobState.QUEUED)
        session.execute(update(Job).where(still).values(state=JobState.CANCELLED, finished_at=now()))
        run = find(session, principal, run_id)
    if stopped:
        signals.publish(CANCEL, run_id)
    return run


def reopen(session: Session, run_id: str, **_: object) -> None:
    """An operator has its job tried again."""
    failed = update(TopicRun).where(TopicRun.id == run_id, TopicRun.state == "failed")
    session.execute(failed.values(state="pending", error=None, error_code=None, about=None, completed_at=None))


def call_off(session: Session, run_id: str, **_: object) -> None:
    """An operator cancels its job."""
    open_one = update(TopicRun).where(TopicRun.id == run_id, TopicRun.state.in_(OPEN))
    session.execute(open_one.values(state="cancelled", completed_at=now()))


def begin(run_id: str) -> StartedRun | None:
    """The run, marked as being made; None when it has ended or was cancelled."""
    with db.single() as connection:
        row = BEGIN.row(connection, {"id": run_id, "moment": now()})
    if row is None:
        return None
    feed.feed_of(row.tenant_id, row.user_id).signal()
    return StartedRun(*row)


def complete(run_id: str, schema_ref: str, outcome: Outcome) -> None:
    about = {**outcome.metadata, "schema_ref": schema_ref}
    event: JSONObject = {"result": outcome.data, "processingTimeMs": outcome.ms}
    _end(run_id, "completed", event, result=to_json(outcome.data), about=to_json(about))


def fail(run_id: str, text: str, code: str, care: JSONObject | None = None) -> None:
    """``care`` is ``safety`` and ``resources`` of a crisis."""
    event: JSONObject = {"error": text, "errorCode": code, **(care or {})}
    told = {"about": to_json(care)} if care else {}
    _end(run_id, "failed", event, error=text, error_code=code, **told)


def _end(run_id: str, state: str, event: JSONObject, **values: str) -> None:
    """Result and event at once: whoever comes second changes nothing."""
    about = {"id": run_id, "moment": now(), "state": state, "type": f"ai.job.{state}", "event": to_json(event)}
    with db.begin() as session:
        ended = END.row(session, EMPTY | about | values)
        if ended is None:
            return
        after_commit(session, feed.feed_of(ended.tenant_id, ended.user_id).signal)
        if ended.callback_url:
            queue.enqueue(session, "topics.callback", ended.tenant_id, ended.user_id, run_id=run_id)


def serialize(run: TopicRun) -> JSONObject:
    """As ``GET /ai/jobs/{jobId}`` shows it: the contract's keys, and the same in snake case."""
    facts: JSONObject = {
        "jobId": run.id,
        "topicId": run.topic_id,
        "createdAt": iso(run.created_at),
        "startedAt": iso(run.started_at) if run.started_at else None,
        "completedAt": iso(run.completed_at) if run.completed_at else None,
        "processingTimeMs": _milliseconds(run),
        "estimatedDurationMs": run.estimated_ms,
        "errorCode": run.error_code,
    }
    body: JSONObject = {"status": run.state, "result": run.result, "error": run.error, "metadata": run.about}
    return {**facts, **body, **snake_case(facts), **_care(run)}


def serialize_accepted(run: TopicRun) -> JSONObject:
    facts: JSONObject = {"jobId": run.id, "topicId": run.topic_id, "estimatedDurationMs": run.estimated_ms}
    return {**facts, **snake_case(facts), "status": run.state}


def snake_case(facts: JSONObject) -> JSONObject:
    """The same values under ``job_id`` for ``jobId``."""
    return {re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name): value for name, value in facts.items()}


def event_of(run: TopicRun) -> JSONObject:
    """What a webhook is sent: the frame that sockets get."""
    ended: JSONObject = {"error": run.error, "errorCode": run.error_code, **_care(run)}
    if run.state == "completed":
        ended = {"result": run.result, "processingTimeMs": _milliseconds(run)}
    data: JSONObject = {"jobId": run.id, "topicId": run.topic_id, **ended}
    return {"type": f"ai.job.{run.state}", "timestamp": iso(run.completed_at or now()), "data": data}


def _care(run: TopicRun) -> JSONObject:
    """Of a run that care had to end."""
    return (run.about or {}) if run.error_code == Withheld.code else {}


def _milliseconds(run: TopicRun) -> JSONValue:
    return (run.about or {}).get("processing_time_ms")
