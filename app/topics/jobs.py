"""Background runs, in a worker."""

from datetime import timedelta
from functools import partial

import gevent
from flask import Flask, current_app
from gevent import GreenletExit
from sqlalchemy import Delete, delete

from app.auth.principals import Principal
from app.care.safety import Withheld
from app.core.clock import now
from app.core.errors import AppError, BudgetExceeded
from app.db.rows import each
from app.db.session import db
from app.jobs.models import QueueName
from app.jobs.registry import JobDefinition, PeriodicJob
from app.llm.interfaces import ErrorKind, ProviderError
from app.streams.signals import signals
from app.topics import runs
from app.topics.engine import Engine, from_stored
from app.topics.errors import AnswerBroken, NotActive, ParametersInvalid, PromptBroken, TopicNotFound
from app.topics.models import TopicRun
from app.turns.idempotency import LIFE, IdempotencyKey
from app.turns.trace import Answer
from app.web.container import resolve_from
from app.webhooks import deliveries
from app.workspace.sources.interfaces import DataAccess, RowMissing

KEPT = timedelta(days=7)

_running: dict[str, gevent.Greenlet] = {}


def give_up(run_id: str, **_: object) -> None:
    """The last attempt is over, or its workers died too often."""
    runs.fail(run_id, AppError.text, AppError.code)


def run(run_id: str, country: str = "") -> None:
    """``country`` is where the caller is, as far as the request told it."""
    found = runs.begin(run_id)
    if found is None:
        return
    signals.listen()
    call = _running[run_id] = gevent.spawn(_execute, current_app._get_current_object(), found, country)  # type: ignore[attr-defined]
    try:
        call.join()
    finally:
        _running.pop(run_id, None)
    if call.exception is not None:
        raise call.exception


def _execute(app: Flask, found: runs.StartedRun, country: str) -> None:
    """In a greenlet of its own, which a cancelled run takes away."""
    engine = resolve_from(app, Engine)
    access = DataAccess(Principal(found.user_id, found.tenant_id, country=country))
    try:
        call = engine.admit(found.topic_id, found.parameters, access)
        stored = found.gathered
        gather = None if stored is None else partial(from_stored, stored)
        outcome = engine.execute(call, gather, answer=Answer(found.id))
    except AppError as error:
        runs.fail(found.id, *failure_of(error), care=error.data.get("care"))
    else:
        runs.complete(found.id, call.topic.schema_ref, outcome)


def failure_of(error: AppError) -> tuple[str, str]:
    """A failure's text and its code in the contract."""
    if isinstance(error, ProviderError):
        timeout = error.kind is ErrorKind.TIMEOUT
        return ("LLM request timed out", "LLM_TIMEOUT") if timeout else (error.text, "LLM_ERROR")
    if isinstance(error, BudgetExceeded | Withheld):
        return error.text, error.code
    if isinstance(error, AnswerBroken):
        return error.text, "LLM_ERROR"
    if isinstance(error, TopicNotFound | PromptBroken):
        return error.text, error.code
    if isinstance(error, ParametersInvalid | NotActive | RowMissing) or error.status in {400, 404, 422}:
        return error.text, "PARAMETER_VALIDATION"
    return error.text, "INTERNAL_ERROR"


def stop_here(run_id: str) -> None:
    """A cancelled run's upstream call ends too."""
    if run_id in _running:
        _running[run_id].kill(GreenletExit, block=False)


def forget() -> None:
    """Runs are for a week, kept answers and idempotency keys for a day."""
    ended = TopicRun.state.not_in(runs.OPEN), TopicRun.created_at < now() - KEPT
    old = delete(TopicRun).where(*ended), delete(IdempotencyKey).where(IdempotencyKey.created_at < now() - LIFE)

    def remove(rows: Delete) -> None:
        with db.begin() as session:
            session.execute(rows)

    each("topics.forget", old, remove)


def callback(run_id: str) -> None:
    with db.read() as session:
        found = session.get(TopicRun, run_id)
    if found is None or not found.callback_url:
        return
    deliveries.deliver(found.tenant_id, found.callback_url, runs.event_of(found), found.id)


JOBS = (
    JobDefinition(
        "topics.run", run, QueueName.INTERACTIVE, attempts=2, give_up=give_up, reopen=runs.reopen,
        call_off=runs.call_off,
    ),
    JobDefinition("topics.callback", callback, QueueName.INTERACTIVE, attempts=5),
    PeriodicJob("topics.forget", forget, every=3600),
)  # fmt: skip
