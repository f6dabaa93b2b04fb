"""Answering a single-purpose endpoint: enough said, prompt filled, result in its envelope."""

from typing import Any

from app.core.errors import AppError, Unprocessable
from app.topics.business.endpoints import Body, Endpoint
from app.topics.engine import Engine, Outcome, Run
from app.topics.errors import AnswerBroken
from app.workspace.sources.interfaces import DataAccess, Gathered


class InsufficientContext(Unprocessable):
    code, text = "INSUFFICIENT_CONTEXT", "There is not enough to go on"


def answer(engine: Engine, endpoint: Endpoint, access: DataAccess, body: Body) -> Body:
    missing = [name for name in endpoint.needed if not _said(body.get(name))]
    if missing:
        raise InsufficientContext(f"There is not enough to go on without {' and '.join(missing)}")
    run = engine.run(endpoint.topic, endpoint.values(body), access)
    gathered = engine.gather(run)
    if endpoint.founded:
        _check_foundation(engine, run, gathered)
    outcome = _executed(engine, endpoint, run, gathered)
    return {"success": True, "data": endpoint.data(outcome.data), "metadata": outcome.metadata}


def _executed(engine: Engine, endpoint: Endpoint, run: Run, gathered: Gathered) -> Outcome:
    try:
        return engine.execute(run, gathered)
    except AnswerBroken as error:
        if endpoint.failure:
            raise AppError("The alignment could not be calculated; please try again", code=endpoint.failure) from error
        raise


def _check_foundation(engine: Engine, run: Run, gathered: Gathered) -> None:
    """Alignment with nothing can't be judged: neither the request nor the workspace says what the business is for."""
    found = engine.enrich(run, gathered).values.get("business_foundation")
    if not isinstance(found, dict) or not any(_said(value) for value in found.values()):
        raise InsufficientContext("There is not enough to go on: the business foundation is empty")


def _said(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, dict):
        return any(_said(item) for item in value.values())
    return bool(value)
