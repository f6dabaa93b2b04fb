"""Figures, insights and conversations of the Coaching Service contract."""

from flask import request

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.core.json import JSONObject, JSONValue
from app.db.session import db
from app.limits.guards import limited
from app.topics.business import conversations, insights, metrics, schemas
from app.topics.business.models import InsightStatus
from app.topics.views import KEY, access, engine
from app.turns.idempotency import claim_of
from app.turns.once import once
from app.web.documents import idempotent
from app.web.unified import Blueprint, errors

blp = Blueprint("business_overview", __name__, description="The business in figures, insights and conversations")


@blp.route("/multitenant/conversations/business-data", methods=["GET"])
@bearer
@blp.response(200, schemas.AnswerOut)
@errors(blp, 401)
def business_data(principal: Principal) -> JSONObject:
    """The business in figures, from its measures, goals, actions, issues and people"""
    return {"success": True, "data": metrics.summary(engine().sources, access(principal))}


@blp.route("/insights/generate", methods=["POST"])
@bearer
@limited("insights")
@blp.arguments(schemas.InsightsQuery, location="query")
@blp.response(200, schemas.InsightsOut)
@errors(blp, 400, 401, 409, 422, 429, 500, 503)
@idempotent(blp)
def generate_insights(principal: Principal, query: schemas.InsightsFilter) -> JSONObject:
    """Make new insights from the whole workspace, and store them"""
    claim = claim_of(principal.key, request.headers.get(KEY), "insights.generate", query)
    return once(db, claim, lambda: insights.generate(db, engine(), access(principal), query))


@blp.route("/insights", methods=["GET"])
@bearer
@blp.arguments(schemas.InsightsQuery, location="query")
@blp.response(200, schemas.InsightsOut)
@errors(blp, 401, 422)
def list_insights(principal: Principal, query: schemas.InsightsFilter) -> JSONObject:
    """List stored insights, newest first"""
    with db.read() as session:
        return insights.listing(session, principal, query)


@blp.route("/insights/<insight_id>/dismiss", methods=["POST"])
@bearer
@blp.response(200, schemas.AnswerOut)
@errors(blp, 401, 404)
def dismiss_insight(principal: Principal, insight_id: str) -> JSONObject:
    """Wave an insight away"""
    with db.begin() as session:
        return insights.mark(session, principal, insight_id, InsightStatus.DISMISSED)


@blp.route("/insights/<insight_id>/acknowledge", methods=["POST"])
@bearer
@blp.response(200, schemas.AnswerOut)
@errors(blp, 401, 404)
def acknowledge_insight(principal: Principal, insight_id: str) -> JSONObject:
    """Take note of an insight"""
    with db.begin() as session:
        return insights.mark(session, principal, insight_id, InsightStatus.ACKNOWLEDGED)


@blp.route("/conversations/initiate", methods=["POST"])
@bearer
@limited("ai")
@blp.arguments(schemas.ConversationIn)
@blp.response(200, schemas.AnswerOut)
@errors(blp, 400, 401, 409, 422, 429, 500, 503)
@idempotent(blp)
def initiate_conversation(principal: Principal, body: schemas.NewConversation) -> JSONObject:
    """Begin a conversation, about a goal or an issue if wanted"""
    claim = claim_of(principal.key, request.headers.get(KEY), "conversations.initiate", body)
    return once(db, claim, lambda: conversations.start(db, engine(), access(principal), body))


@blp.route("/conversations/<conversation_id>/message", methods=["POST"])
@bearer
@limited("ai")
@blp.arguments(schemas.ConversationMessageIn)
@blp.response(200, schemas.AnswerOut)
@errors(blp, 400, 401, 404, 409, 422, 429, 500, 503)
@idempotent(blp)
def send_conversation_message(principal: Principal, body: dict[str, str], conversation_id: str) -> JSONObject:
    """Say something in a conversation"""
    claim = claim_of(principal.key, request.headers.get(KEY), f"conversations.{conversation_id}", body)
    text = body["message"].strip()

    def answer() -> dict[str, JSONValue]:
        reply = conversations.answer(db, engine(), access(principal), conversation_id, text)
        return {"success": True, "data": reply}

    return once(db, claim, answer)
