"""Runs in the background: admitted in a request, made in a worker, their end stored once and told to the caller."""

from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.errors import Conflict, NotFound
from app.db.session import after_commit, db
from app.db.statements import Statement
from app.feeds import service as feed
from app.jobs import queue
from app.jobs.models import Job, JobState
from app.streams.signals import signals
from app.topics.engine import Engine, Outcome, Run, kept
from app.topics.models import TopicRun
from app.turns import idempotency
from app.turns.idempotency import Claim

OPEN = ("pending", "processing")
CANCEL = "topics.cancel"
Body = dict[str, Any]

# One statement each, row and event together: a worker does this for every run, and round trips are what it pays for.
BEGIN = Statement(
    "WITH run AS (UPDATE topic_runs SET state = 'processing', started_at = :moment"  # noqa: S608
    " WHERE id = :id AND state IN ('pending', 'processing') RETURNING *),"
    " event AS (SELECT tenant_id, user_id, 'ai.job.started' AS type, jsonb_build_object("
    "'jobId', id, 'topicId', topic_id, 'estimatedDurationMs', estimated_ms) AS data FROM run),"
    f" {feed.TELLING} SELECT id, tenant_id, user_id, topic_id, parameters, gathered FROM run"
)
END = Statement(
    "WITH run AS (UPDATE topic_runs SET state = :state, completed_at = :moment, gathered = NULL, error = :error,"  # noqa: S608
    " error_code = :error_code, result = CAST(:result AS jsonb), about = CAST(:about AS jsonb)"
    " WHERE id = :id AND state IN ('pending', 'processing') RETURNING *),"
    " event AS (SELECT tenant_id, user_id, CAST(:type AS text) AS type,"
    " jsonb_build_object('jobId', id, 'topicId', topic_id) || CAST(:told AS jsonb) AS data FROM run),"
    f" {feed.TELLING} SELECT tenant_id, user_id, callback_url FROM run"
)
NOTHING = {"error": None, "error_code": None, "result": None, "about": None}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Begun:
    """A run as its worker needs it."""

    id: str
    tenant_id: str
    user_id: str
    topic_id: str
    parameters: Body
    gathered: Body | None


def start(engine: Engine, run: Run, wish: Claim | None, callback_url: str | None) -> TopicRun:
    """Stores the run and hands it over; with a claim that was used before, the run it stands for.

    Sources that need the caller's token are read now: it is kept nowhere.
    """
    gathered = kept(engine.gather(run)) if engine.sources.needs_token else None
    principal = run.access.principal
    with db.begin() as session:
        job = queue.enqueue(session, "topics.run", principal.tenant_id, principal.user_id)
        job.arguments = {"run_id": job.id}
        first = idempotency.claim(session, wish, job.id, reused=Conflict) if wish else job.id
        if first != job.id:
            session.info.pop("after_commit", None)
            session.expunge(job)
            return session.get_one(TopicRun, first)
        made = TopicRun(
            id=job.id, tenant_id=principal.tenant_id, user_id=principal.user_id, topic_id=run.topic.id,
            parameters=run.given, gathered=gathered, state="pending", callback_url=callback_url,
            estimated_ms=run.topic.estimated_ms, created_at=now(),
        )  # fmt: skip
        session.add(made)
    return made


def find(session: Session, principal: Principal, run_id: str) -> TopicRun:
    """The caller's own; a colleague's is not there."""
    mine = (TopicRun.tenant_id == principal.tenant_id, TopicRun.user_id == principal.user_id)
    run = session.scalar(select(TopicRun).where(TopicRun.id == run_id, *mine))
    if run is None:
        raise NotFound(f"Job not found: {run_id[:100]}", code="JOB_NOT_FOUND")
    return run


def listing(session: Session, principal: Principal, limit: int) -> list[TopicRun]:
    mine = (TopicRun.tenant_id == principal.tenant_id, TopicRun.user_id == principal.user_id)
    query = select(TopicRun).where(*mine).order_by(TopicRun.created_at.desc(), TopicRun.id.desc()).limit(limit)
    return list(session.scalars(query))


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


def begin(run_id: str) -> Begun | None:
    """The run, marked as being made; None when it has ended or was cancelled."""
    with db.single() as connection:
        row = BEGIN.row(connection, {"id": run_id, "moment": now()})
    if row is None:
        return None
    feed.tell(row.tenant_id, row.user_id)
    return Begun(*row)


def complete(run_id: str, outcome: Outcome) -> None:
    about = outcome.metadata | {"schema_ref": outcome.topic.schema_ref}
    told = {"result": outcome.data, "processingTimeMs": outcome.ms}
    _end(run_id, "completed", told, result=feed.encoded(outcome.data), about=feed.encoded(about))


def fail(run_id: str, text: str, code: str) -> None:
    _end(run_id, "failed", {"error": text, "errorCode": code}, error=text, error_code=code)


def _end(run_id: str, state: str, told: Body, **values: str) -> None:
    """Result and event at once: whoever comes second changes nothing."""
    about = {"id": run_id, "moment": now(), "state": state, "type": f"ai.job.{state}", "told": feed.encoded(told)}
    with db.begin() as session:
        ended = END.row(session, NOTHING | about | values)
        if ended is None:
            return
        after_commit(session, lambda: feed.tell(ended.tenant_id, ended.user_id))
        if ended.callback_url:
            queue.enqueue(session, "topics.callback", ended.tenant_id, ended.user_id, run_id=run_id)


def spoken(run: TopicRun) -> Body:
    """As ``GET /ai/jobs/{jobId}`` shows it: the contract's keys, and the same in the other spelling."""
    took = run.about["processing_time_ms"] if run.about else None
    facts = {
        "jobId": run.id,
        "topicId": run.topic_id,
        "createdAt": iso(run.created_at),
        "startedAt": iso(run.started_at) if run.started_at else None,
        "completedAt": iso(run.completed_at) if run.completed_at else None,
        "processingTimeMs": took,
        "estimatedDurationMs": run.estimated_ms,
        "errorCode": run.error_code,
    }
    body = {"status": run.state, "result": run.result, "error": run.error, "metadata": run.about}
    return {**facts, **body, **{snake(name): value for name, value in facts.items()}}


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def event_of(run: TopicRun) -> Body:
    """What a webhook is sent: the frame that sockets get."""
    data: Body = {"jobId": run.id, "topicId": run.topic_id}
    if run.state == "completed":
        data |= {"result": run.result, "processingTimeMs": (run.about or {}).get("processing_time_ms")}
    else:
        data |= {"error": run.error, "errorCode": run.error_code}
    return {"type": f"ai.job.{run.state}", "timestamp": iso(run.completed_at or now()), "data": data}
