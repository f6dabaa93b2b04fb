"""The Coaching Service contract: single-purpose endpoints, made from their table; figures, insights, conversations."""

from functools import partial

from flask import Request, request
from sqlalchemy.orm import Session

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.care.guards import hears
from app.care.safety import in_crisis
from app.core.errors import AppError, NotFound, Unprocessable
from app.core.json import JSONObject, JSONValue, as_object
from app.db.session import db
from app.limits.guards import limited, permit
from app.provenance import answers
from app.topics import answer_cache
from app.topics.business import conversations, insights, metrics, schemas, service
from app.topics.business.endpoints import ENDPOINTS, Endpoint
from app.topics.business.models import InsightStatus
from app.topics.views import KEY, access, engine
from app.turns.idempotency import DOUBLE_CLICK, RUNNING, Claim, claim_of
from app.turns.once import once
from app.web import unified
from app.web.blueprints import Messages, sentences
from app.web.connections import watched
from app.web.documents import idempotent
from app.web.operations import Operations
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
overview = unified.Blueprint(
    "business_overview", __name__, description="The business in figures, insights and conversations"
)


def _asking(place: unified.Blueprint) -> Operations:
    return Operations(place, OWN, errors, limited("ai"), fails=(400, 409, 500, 503), notes=[idempotent()])


def _spared(answer: dict[str, JSONValue]) -> dict[str, JSONValue]:
    """What is told in a crisis takes nothing of the rate."""
    metadata = as_object(answer.get("metadata") or as_object(answer["data"]).get("metadata"))
    if in_crisis(as_object(metadata.get("safety"))):
        permit().refund()
    return answer


def _declare(endpoint: Endpoint) -> None:
    place = goals if endpoint.refusal == "INVALID_GOAL_DATA" else blp

    def view(principal: Principal, body: JSONObject) -> JSONObject:
        claim = claim_of(principal.key, request.headers.get(KEY), endpoint.path, body)
        return once(db, claim, lambda: _spared(service.answer(engine(), endpoint, access(principal), body)))

    view.__name__ = endpoint.path.strip("/").replace("/", "_").replace("-", "_")
    view.__doc__ = endpoint.summary
    heard = hears(f"topics.{endpoint.topic}", *endpoint.schema().fields)
    _asking(place)("POST", endpoint.path, takes=endpoint.schema, gives=schemas.AnswerOut, hears=heard)(view)


for _endpoint in ENDPOINTS:
    _declare(_endpoint)


@Operations(blp, OWN, errors)("GET", "/website/scan/<scan_id>", gives=schemas.AnswerOut)
def read_scan(principal: Principal, scan_id: str) -> JSONObject:
    """A scan of the last day, in full"""
    found = answer_cache.find(db, principal.tenant_id, "website_scan", "scan_id", scan_id)
    if found is None:
        raise NotFound(f"Scan not found: {scan_id[:100]}")
    return {"success": True, "data": found.data, "metadata": {"model": found.model}}


operation = Operations(overview, OWN, errors, sessions=True)
asking = _asking(overview)


@Operations(overview, OWN, errors)("GET", "/multitenant/conversations/business-data", gives=schemas.AnswerOut)
def business_data(principal: Principal) -> JSONObject:
    """The business in figures, from its measures, goals, actions, issues and people"""
    return {"success": True, "data": metrics.summary(engine().sources, access(principal))}


@overview.route("/insights/generate", methods=["POST"])
@bearer(OWN)
@limited("insights")
@overview.arguments(schemas.InsightsQuery, location="query")
@overview.response(200, schemas.InsightsOut)
@errors(overview, 400, 401, 409, 422, 429, 500, 503)
@idempotent()
def generate_insights(principal: Principal, query: schemas.InsightsFilter) -> JSONObject:
    """Make new insights from the whole workspace, and store them"""
    claim = claim_of(principal.key, request.headers.get(KEY), "insights.generate", query, RUNNING)
    work = partial(insights.generate, db, engine(), access(principal), query)
    keep = partial(answers.keep, principal, claim) if claim else None
    return once(db, claim, work, is_waiting=watched(), keep=keep)


@operation("GET", "/insights", takes=schemas.InsightsQuery, gives=schemas.InsightsOut)
def list_insights(session: Session, principal: Principal, query: schemas.InsightsFilter) -> JSONObject:
    """List stored insights, newest first"""
    return insights.listing(session, principal, query)


@operation("POST", "/insights/<insight_id>/dismiss", gives=schemas.AnswerOut)
def dismiss_insight(session: Session, principal: Principal, insight_id: str) -> JSONObject:
    """Wave an insight away"""
    return insights.mark(session, principal, insight_id, InsightStatus.DISMISSED)


@operation("POST", "/insights/<insight_id>/acknowledge", gives=schemas.AnswerOut)
def acknowledge_insight(session: Session, principal: Principal, insight_id: str) -> JSONObject:
    """Take note of an insight"""
    return insights.mark(session, principal, insight_id, InsightStatus.ACKNOWLEDGED)


@asking(
    "POST", "/conversations/initiate", takes=schemas.ConversationIn, gives=schemas.AnswerOut,
    hears=hears(conversations.FEATURE, "initialMessage"),
)  # fmt: skip
def initiate_conversation(principal: Principal, body: schemas.NewConversation) -> JSONObject:
    """Begin a conversation, about a goal or an issue if wanted"""
    claim = claim_of(principal.key, request.headers.get(KEY), "conversations.initiate", body, DOUBLE_CLICK)
    work = partial(conversations.start, db, engine(), access(principal), body)
    return once(db, claim, lambda: _spared(work()), is_waiting=watched())


@asking(
    "POST", "/conversations/<conversation_id>/message", takes=schemas.ConversationMessageIn, gives=schemas.AnswerOut,
    hears=hears(conversations.FEATURE, "message"),
)  # fmt: skip
def send_conversation_message(principal: Principal, body: dict[str, str], conversation_id: str) -> JSONObject:
    """Say something in a conversation

    The same message, sent again by a client that gave up, gets the answer that was made meanwhile.
    """
    text = body["message"].strip()

    def answer() -> dict[str, JSONValue]:
        reply = conversations.answer(db, engine(), access(principal), conversation_id, text)
        return _spared({"success": True, "data": reply})

    return once(db, _message_claim(principal, conversation_id, body, text), answer, is_waiting=watched())


def _message_claim(principal: Principal, conversation_id: str, body: dict[str, str], text: str) -> Claim | None:
    """Without a key it stands for the words at this place of the conversation: said later they are another message."""
    key = request.headers.get(KEY)
    place = "" if key else conversations.place_of(db, principal, conversation_id, text)
    return claim_of(principal.key, key, f"conversations.{conversation_id}{place}", body, RUNNING)
