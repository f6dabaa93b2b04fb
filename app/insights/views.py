"""Insights, suggested prompts and suggested goals over HTTP."""

from flask import Response, request

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.core.clock import iso, now
from app.insights import goals, openers, schemas, service, suggestions
from app.insights.service import Generator
from app.limits.guards import limited, metered, permit
from app.personalities.schemas import CoachQuery
from app.web.blueprints import Blueprint
from app.web.connections import watched
from app.web.container import resolve
from app.web.documents import event_stream, idempotent, zoned
from app.web.operations import Operations
from app.web.streams import stream

blp = Blueprint("insights", __name__, url_prefix="/api/v1/chat", description="What the coach sees in goals and journal")
operation = Operations(blp, OWN, rate=metered("insights"), fails=(503,), notes=[zoned()])
EVENTS = ('{"type":"start"}', '{"type":"content","content":"Based on your"}', '{"type":"end"}')
GOAL_EVENTS = ('{"type":"start","goalId":"goal_abc123"}', *EVENTS[1:])


@operation("GET", "/insights", takes=CoachQuery, gives=schemas.InsightsOut, fails=(500,))
def read_insights(principal: Principal, query: dict[str, str | None]) -> dict[str, object]:
    """Get insights on the last thirty days"""
    text, receipts, found = service.insights(resolve(Generator), principal, query["personalityId"], permit())
    usage = {"based_on": found.based_on, "usageInfo": permit().usage_info}
    told = {"insights": text, "receipts": receipts, "generated_at": iso(now())}
    return {**told, **usage, **service.made_of(principal, found)}


@operation("GET", "/insights/stream", takes=CoachQuery, fails=(404,), notes=[event_stream(blp, *EVENTS)])
def stream_insights(principal: Principal, query: dict[str, str | None]) -> Response:
    """Stream insights on the last thirty days

    One `start`, any number of `content`, then `end` or `error`. With `Last-Event-ID` the stream that it names goes on.
    """
    resumed = request.headers.get("Last-Event-ID")
    return stream(service.stream(resolve(Generator), principal, query["personalityId"], resumed, permit()))


@operation("GET", "/goal-insights/<goal_id>", takes=CoachQuery, gives=schemas.GoalInsightsOut, fails=(500,))
def read_goal_insights(principal: Principal, query: dict[str, str | None], goal_id: str) -> dict[str, object]:
    """Get insights on one goal

    The summary of its progress is counted from its milestones and notes.
    """
    found, advice = goals.insights(resolve(Generator), principal, goal_id, query["personalityId"], permit())
    known = {"goal_id": goal_id, "goal_title": found.title, "progress_summary": found.summary}
    return {**known, **advice, "usageInfo": permit().usage_info, **service.made_of(principal, found.material)}


@operation("GET", "/goal-insights/<goal_id>/stream", takes=CoachQuery, notes=[event_stream(blp, *GOAL_EVENTS)])
def stream_goal_insights(principal: Principal, query: dict[str, str | None], goal_id: str) -> Response:
    """Stream insights on one goal"""
    resumed = request.headers.get("Last-Event-ID")
    return stream(goals.stream(resolve(Generator), principal, goal_id, query["personalityId"], resumed, permit()))


@Operations(blp, OWN, rate=limited("sessions"))("GET", "/prompts", gives=schemas.PromptsOut)
def list_prompts(principal: Principal) -> dict[str, object]:
    """Get questions to begin a conversation with

    Made from recent goals and entries, kept for an hour, and renewed in the background.
    """
    found = openers.prompts(resolve(Generator), principal)
    return {"prompts": found, "total": len(found)}


@operation(
    "POST", "/suggest-goals", takes=CoachQuery, gives=schemas.SuggestionsOut, fails=(422, 500),
    notes=[idempotent()],
)  # fmt: skip
def suggest_goals(principal: Principal, body: dict[str, str | None]) -> dict[str, object]:
    """Suggest three to five goals from what the journal says

    Each names the entries that speak for it. The body may be left out.
    """
    return suggestions.suggest(
        resolve(Generator),
        principal,
        body["personalityId"],
        request.headers.get("Idempotency-Key"),
        permit(),
        watched(),
    )
