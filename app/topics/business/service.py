"""Answering a single-purpose endpoint: enough said, prompt filled, result in its envelope."""

from collections.abc import Callable

from app.core.errors import AppError, Unprocessable
from app.core.json import JSONObject, JSONValue
from app.topics.business.endpoints import Endpoint
from app.topics.engine import Engine, TopicCall
from app.topics.errors import AnswerBroken
from app.topics.topic import Outcome
from app.workspace.sources.interfaces import DataAccess, Gathered


class InsufficientContext(Unprocessable):
    code, text = "INSUFFICIENT_CONTEXT", "There is not enough to go on"


def answer(engine: Engine, endpoint: Endpoint, access: DataAccess, body: JSONObject) -> dict[str, JSONValue]:
    missing = [name for name in endpoint.required if not _has_content(body.get(name))]
    if missing:
        raise InsufficientContext(f"There is not enough to go on without {' and '.join(missing)}")
    call = engine.call(endpoint.topic, endpoint.values(body), access)

    def gather() -> Gathered:
        gathered = engine.gather(call)
        if endpoint.needs_foundation:
            _check_foundation(engine, call, gathered)
        return gathered

    outcome = _execute(engine, endpoint, call, gather)
    return {"success": True, "data": endpoint.data(outcome.data), "metadata": outcome.metadata}


def _execute(engine: Engine, endpoint: Endpoint, call: TopicCall, gather: Callable[[], Gathered]) -> Outcome:
    try:
        return engine.execute(call, gather, speaks=endpoint.speaks)
    except AnswerBroken as error:
        if endpoint.failure:
            raise AppError("The alignment could not be calculated; please try again", code=endpoint.failure) from error
        raise


def _check_foundation(engine: Engine, call: TopicCall, gathered: Gathered) -> None:
    """Alignment with nothing can't be judged: neither the request nor the workspace says what the business is for."""
    found = engine.enrich(call, gathered).values.get("business_foundation")
    if not isinstance(found, dict) or not any(_has_content(value) for value in found.values()):
        raise InsufficientContext("There is not enough to go on: the business foundation is empty")


def _has_content(value: object) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, dict):
        return any(_has_content(item) for item in value.values())
    return bool(value)
