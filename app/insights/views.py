"""Insights, suggested prompts and suggested goals over HTTP."""

from typing import Any

from flask import Response, request

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.insights import goals, openers, schemas, service, suggestions
from app.insights.service import Generator
from app.limits.guards import limited, metered, permit
from app.personalities.schemas import CoachQuery
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import errors, event_stream, idempotent
from app.web.streams import stream

blp = Blueprint("insights", __name__, url_prefix="/api/v1/chat", description="What the coach sees in goals and journal")
CONTENT, END = '{"type":"content","content":"Based on your"}', '{"type":"end"}'

Body = dict[str, Any]


@blp.route("/insights", methods=["GET"])
@bearer
@metered("insights")
@blp.arguments(CoachQuery, location="query")
@blp.response(200, schemas.InsightsOut)
@errors(blp, 401, 429, 500, 503)
def read_insights(principal: Principal, query: Body) -> Body:
    """Get insights on the last thirty days"""
    return service.insights(resolve(Generator), principal, query["personalityId"], permit())


@blp.route("/insights/stream", methods=["GET"])
@bearer
@metered("insights")
@blp.arguments(CoachQuery, location="query")
@errors(blp, 400, 401, 404, 429, 503)
@event_stream(blp, '{"type":"start"}', CONTENT, END)
def stream_insights(principal: Principal, query: Body) -> Response:
    """Stream insights on the last thirty days

    One `start`, any number of `content`, then `end` or `error`. With `Last-Event-ID` the stream that it names goes on.
    """
    resumed = request.headers.get("Last-Event-ID")
    return stream(service.stream(resolve(Generator), principal, query["personalityId"], resumed, permit()))


@blp.route("/goal-insights/<goal_id>", methods=["GET"])
@bearer
@metered("insights")
@blp.arguments(CoachQuery, location="query")
@blp.response(200, schemas.GoalInsightsOut)
@errors(blp, 401, 404, 429, 500, 503)
def read_goal_insights(principal: Principal, query: Body, goal_id: str) -> Body:
    """Get insights on one goal

    The summary of its progress is counted from its milestones and notes.
    """
    return goals.insights(resolve(Generator), principal, goal_id, query["personalityId"], permit())


@blp.route("/goal-insights/<goal_id>/stream", methods=["GET"])
@bearer
@metered("insights")
@blp.arguments(CoachQuery, location="query")
@errors(blp, 400, 401, 404, 429, 503)
@event_stream(blp, '{"type":"start","goalId":"goal_abc123"}', CONTENT, END)
def stream_goal_insights(principal: Principal, query: Body, goal_id: str) -> Response:
    """Stream insights on one goal"""
    resumed = request.headers.get("Last-Event-ID")
    return stream(goals.stream(resolve(Generator), principal, goal_id, query["personalityId"], resumed, permit()))


@blp.route("/prompts", methods=["GET"])
@bearer
@limited("sessions")
@blp.response(200, schemas.PromptsOut)
@errors(blp, 401, 429)
def list_prompts(principal: Principal) -> Body:
    """Get questions to begin a conversation with

    Made from recent goals and entries, kept for an hour, and renewed in the background.
    """
    return openers.prompts(resolve(Generator), principal)


@blp.route("/suggest-goals", methods=["POST"])
@bearer
@metered("insights")
@blp.arguments(CoachQuery, required=False)
@blp.response(200, schemas.SuggestionsOut)
@errors(blp, 400, 401, 422, 429, 500, 503)
@idempotent(blp)
def suggest_goals(principal: Principal, body: Body) -> Body:
    """Suggest three to five goals from what the journal says

    Each names the entries that speak for it. The body may be left out.
    """
    return suggestions.suggest(
        resolve(Generator), principal, body["personalityId"], request.headers.get("Idempotency-Key"), permit()
    )
