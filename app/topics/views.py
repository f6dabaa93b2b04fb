"""Topics over HTTP, as the Unified AI contract has them."""

from datetime import timedelta

from flask import request
from sqlalchemy.orm import Session

from app.auth import audit
from app.auth.guards import own_token, public
from app.auth.principals import Principal
from app.auth.roles import OWN, SECRETS
from app.care.guards import hears
from app.core.errors import NotFound
from app.core.json import JSONObject, JSONValue
from app.db.pages import PageRequest
from app.db.session import db
from app.limits.budgets import Budgets
from app.limits.guards import limited
from app.topics import runs, schemas
from app.topics.catalog import RESULTS, TOPICS
from app.topics.engine import Engine
from app.topics.result import json_schema
from app.topics.topic import Kind, Outcome, Topic
from app.turns.idempotency import claim_of
from app.turns.once import once
from app.web.container import resolve
from app.web.documents import calls_back, idempotent, shaped
from app.web.operations import Operations
from app.web.unified import Blueprint, errors
from app.webhooks import deliveries, secrets
from app.workspace.sources.interfaces import DataAccess

blp = Blueprint("ai", __name__, url_prefix="/ai", description="Single-shot topics with structured results")
operation = Operations(blp, OWN, errors)
reading = Operations(blp, OWN, errors, sessions=True)
asking = Operations(blp, OWN, errors, limited("ai"), fails=(400, 404, 409, 500, 503), notes=[idempotent()])
HEARS = hears("topics.execute", "parameters")
KEY = "Idempotency-Key"
INPUT = ("name", "type", "required", "description")  # as clients see it
TYPES = {Kind.SINGLE_SHOT: "single_shot", Kind.COACHING: "coaching", Kind.ENDPOINT: "endpoint"}
delivery = calls_back(blp, "callback_url", "The result of a run", schemas.DELIVERY_HEADERS, schemas.DELIVERY)
ASYNC_USE = "only single-shot topics are supported for async execution"


def engine() -> Engine:
    return resolve(Engine)


def access(principal: Principal) -> DataAccess:
    return DataAccess(principal, own_token(principal))


@asking("POST", "/execute", takes=schemas.ExecuteIn, gives=schemas.ExecuteOut, fails=(502, 504), hears=HEARS)
def execute(principal: Principal, body: schemas.ExecuteBody) -> JSONObject:
    """Run a topic and wait for its result

    Only the topic's own parameters are sent; what else its prompt needs is read from the workspace or the configured
    services. `data` has the shape of `GET /ai/schemas/{schema_ref}`.
    """
    call = engine().admit(body.topic_id, body.parameters, access(principal))
    claim = claim_of(principal.key, request.headers.get(KEY), "ai.execute", body)
    return once(db, claim, lambda: serialize_outcome(call.topic, engine().execute(call)))


@asking("POST", "/execute-async", takes=schemas.ExecuteAsyncIn, gives=schemas.JobOut, notes=[delivery], hears=HEARS)
def execute_async(principal: Principal, body: schemas.ExecuteAsyncBody) -> JSONObject:
    """Run a topic in the background

    Answers at once. The result comes as `ai.job.completed` or `ai.job.failed` on the event socket, is posted to
    `callback_url` if there is one (signed, see `GET /ai/webhook-secret`), and can be polled.
    """
    call = engine().admit(body.topic_id, body.parameters, access(principal), ASYNC_USE)
    if body.callback_url:
        deliveries.check(body.callback_url)
    resolve(Budgets).check(call.caller)
    claim = claim_of(principal.key, request.headers.get(KEY), "ai.execute-async", body)
    made = runs.enqueue(engine(), call, claim, body.callback_url)
    return {"success": True, "data": runs.serialize_accepted(made)}


@reading("GET", "/jobs", takes=schemas.JobsQuery, gives=schemas.JobsOut)
def list_jobs(session: Session, principal: Principal, query: PageRequest) -> JSONObject:
    """List the caller's jobs, newest first"""
    found = runs.listing(session, principal, query)
    shown = [runs.serialize(run) for run in found.items]
    return {"success": True, "data": shown, "has_more": found.has_more, "next_cursor": found.next_cursor}


@reading("GET", "/jobs/<job_id>", gives=schemas.JobOut)
def read_job(session: Session, principal: Principal, job_id: str) -> JSONObject:
    """Read a job: pending, processing, completed, failed or cancelled"""
    return {"success": True, "data": runs.serialize(runs.find(session, principal, job_id))}


@operation("DELETE", "/jobs/<job_id>", gives=schemas.JobOut)
def cancel_job(principal: Principal, job_id: str) -> JSONObject:
    """Cancel a job that has not ended"""
    return {"success": True, "data": runs.serialize(runs.cancel(principal, job_id))}


@operation("GET", "/webhook-secret", gives=schemas.WebhookSecretOut, of=SECRETS)
def read_webhook_secret(principal: Principal) -> JSONObject:
    """The tenant's newest webhook secret, shown once

    It is made when it is first asked for. Afterwards `secret` is null; who has lost it makes a new one by POST. One
    from before they were stored is shown until then.

    `X-Coachhouse-Signature` of a delivery is `sha256=` and the hex HMAC-SHA256, with this secret, of
    `<X-Coachhouse-Timestamp>.<body>`. Until `signsFrom` the secret before makes that header, and this one makes
    `X-Coachhouse-Signature-Next`, in the same form.
    """
    with audit.recorded(principal, "webhook_secret.read", "", principal.tenant_id) as session:
        return secrets.disclose(session, principal.tenant_id)


@operation("POST", "/webhook-secret", takes=schemas.RotationIn, gives=schemas.WebhookSecretOut, of=SECRETS)
def rotate_webhook_secret(principal: Principal, body: dict[str, int]) -> JSONObject:
    """Make a new webhook secret, shown this once

    For `overlap_hours` every delivery is signed with both: with the secret so far in `X-Coachhouse-Signature`, with the
    new one in `X-Coachhouse-Signature-Next`. Then the new one makes the first header, and the other one ends. Once more
    within that time: the new one is replaced, the one before it stays. 0 ends all others at once.
    """
    with audit.recorded(principal, "webhook_secret.rotate", "", principal.tenant_id) as session:
        return secrets.rotate(session, principal.tenant_id, timedelta(hours=body["overlap_hours"]))


@blp.route("/topics", methods=["GET"])
@public
@blp.arguments(schemas.TopicsQuery, location="query")
@blp.response(200, schemas.TopicOut(many=True))
def list_topics(query: dict[str, str]) -> list[JSONObject]:
    """List the topics that are active"""
    every = query["kind"] == "all"
    shown = [topic for topic in engine().topics() if topic.active]
    wanted = {Kind.SINGLE_SHOT, Kind.COACHING} if every else {Kind.SINGLE_SHOT}
    return [serialize_topic(topic) for topic in shown if topic.kind in wanted]


@blp.route("/schemas", methods=["GET"])
@public
@blp.response(200)
@shaped(blp, {"type": "array", "items": {"type": "string"}}, ["AlignmentAnalysisResponse", "OnboardingReviewResponse"])
def list_schemas() -> list[str]:
    """List the names of all result schemas"""
    return sorted(RESULTS)


@blp.route("/schemas/<name>", methods=["GET"])
@public
@blp.response(200)
@shaped(blp, {"type": "object"}, TOPICS["swot_analysis"].public_schema)
@errors(blp, 404)
def read_schema(name: str) -> JSONObject:
    """A result's JSON Schema (2020-12)"""
    if name not in RESULTS:
        raise NotFound(f"Schema not found: {name[:100]}", code="SCHEMA_NOT_FOUND")
    return json_schema(RESULTS[name])


def serialize_outcome(topic: Topic, outcome: Outcome) -> dict[str, JSONValue]:
    return {
        "topic_id": topic.id,
        "success": True,
        "data": outcome.data,
        "schema_ref": topic.schema_ref,
        "metadata": outcome.metadata,
    }


def serialize_topic(topic: Topic) -> JSONObject:
    return {
        "topic_id": topic.id,
        "name": topic.name,
        "description": topic.description,
        "kind": topic.kind,
        "topic_type": TYPES[topic.kind],
        "category": topic.category,
        "response_model": topic.schema_ref,
        "parameters": [{name: getattr(given, name) for name in INPUT} for given in topic.inputs],
    }
