"""The single-purpose endpoints of the Coaching Service contract, made from their table."""

from collections.abc import Callable
from typing import Any

from flask import Request, request

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.core.errors import AppError, NotFound, Unprocessable
from app.core.json import JSONObject
from app.db.session import db
from app.limits.guards import limited
from app.topics import answer_cache
from app.topics.business import schemas, service
from app.topics.business.endpoints import ENDPOINTS, Endpoint
from app.topics.views import KEY, access, engine
from app.turns.idempotency import claim_of
from app.turns.once import once
from app.web import unified
from app.web.blueprints import Messages, sentences
from app.web.documents import idempotent
from app.web.unified import errors

blp = unified.Blueprint("business", __name__, description="Single-purpose coaching endpoints")


class GoalParser(unified.Parser):
    """Refuses with the code that the contract has for goals."""

    def refuse(self, messages: Messages, req: Request) -> AppError:
        problems = sentences(messages)
        return Unprocessable("; ".join(problems)[:2000], code="INVALID_GOAL_DATA", errors=problems[:50])


class GoalBlueprint(unified.Blueprint):
    ARGUMENTS_PARSER = GoalParser()


goals = GoalBlueprint("business_goals", __name__, description="Single-purpose coaching endpoints")


def _view(endpoint: Endpoint, place: unified.Blueprint) -> Callable[..., Any]:
    @bearer
    @limited("ai")
    @place.arguments(endpoint.schema)
    @place.response(200, schemas.AnswerOut)
    @errors(place, 400, 401, 409, 422, 429, 500, 503)
    @idempotent(place)
    def view(principal: Principal, body: JSONObject) -> JSONObject:
        claim = claim_of(principal.key, request.headers.get(KEY), endpoint.path, body)
        return once(db, claim, lambda: service.answer(engine(), endpoint, access(principal), body))

    view.__name__ = endpoint.path.strip("/").replace("/", "_").replace("-", "_")
    view.__doc__ = endpoint.summary
    return view


for _endpoint in ENDPOINTS:
    _place = goals if _endpoint.refusal == "INVALID_GOAL_DATA" else blp
    _place.route(_endpoint.path, methods=["POST"])(_view(_endpoint, _place))


@blp.route("/website/scan/<scan_id>", methods=["GET"])
@bearer
@blp.response(200, schemas.AnswerOut)
@errors(blp, 401, 404)
def read_scan(principal: Principal, scan_id: str) -> JSONObject:
    """A scan of the last day, in full"""
    found = answer_cache.find(db, principal.tenant_id, "website_scan", "scan_id", scan_id)
    if found is None:
        raise NotFound(f"Scan not found: {scan_id[:100]}")
    return {"success": True, "data": found.data, "metadata": {"model": found.model}}
