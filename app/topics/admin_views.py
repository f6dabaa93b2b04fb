"""Topic administration, for operators."""

from typing import Any

from app.auth.guards import operator
from app.auth.principals import Principal
from app.core.errors import Unprocessable
from app.db.session import db
from app.topics import administration, prompting, schemas
from app.topics.catalog import TOPICS
from app.topics.topics import Body, Topic
from app.topics.views import access, described, engine
from app.web.unified import Blueprint, Document, errors

blp = Blueprint("admin_topics", __name__, url_prefix="/admin/topics", description="Topics, for operators")


@blp.route("", methods=["GET"])
@operator
@blp.arguments(schemas.AdminQuery, location="query")
@blp.response(200, Document)
@errors(blp, 401, 403, 422)
def list_all(_: Principal, query: Body) -> Body:
    """List all topics: `{topics, total, page, page_size, has_more}`"""
    rows = [row for row in map(shown, engine().topics()) if _fits(row, query)]
    page, size = query["page"], query["page_size"]
    picked = rows[(page - 1) * size : page * size]
    more = page * size < len(rows)
    return {"topics": picked, "total": len(rows), "page": page, "page_size": size, "has_more": more}


@blp.route("/<topic_id>", methods=["GET"])
@operator
@blp.response(200, Document)
@errors(blp, 401, 403, 404)
def read_one(_: Principal, topic_id: str) -> Body:
    """A topic with its settings, prompts and result schema"""
    return detailed(engine().topic(topic_id))


@blp.route("/<topic_id>", methods=["PATCH"])
@operator
@blp.arguments(schemas.SettingIn)
@blp.response(200, Document)
@errors(blp, 401, 403, 404, 422)
def change_one(principal: Principal, body: Body, topic_id: str) -> Body:
    """Change whether it is active, its model, temperature or answer length; in force on every process within seconds"""
    with db.begin() as session:
        administration.change(session, engine().models, topic_id, body, principal.user_id)
    engine().overrides.changed()
    return detailed(engine().topic(topic_id))


@blp.route("/<topic_id>/prompts/<kind>", methods=["GET"])
@operator
@blp.response(200, Document)
@errors(blp, 401, 403, 404)
def read_prompt(_: Principal, topic_id: str, kind: str) -> Body:
    """The prompt in force and its versions"""
    with db.read() as session:
        every = administration.versions(session, topic_id, kind)
    return {"topic_id": topic_id, "kind": kind} | every[0] | {"versions": every}


@blp.route("/<topic_id>/prompts/<kind>", methods=["PUT"])
@operator
@blp.arguments(schemas.PromptIn)
@blp.response(200, Document)
@errors(blp, 401, 403, 404, 422)
def write_prompt(principal: Principal, body: Body, topic_id: str, kind: str) -> Body:
    """Write a new version of a prompt

    Placeholders are `{{ name }}`, any of the parameter reference; each prints itself as delimited data.
    """
    text = body.get("text") or body.get("content")
    if not text:
        raise Unprocessable("text is required", code="VALIDATION_ERROR")
    with db.begin() as session:
        version = administration.write(session, topic_id, kind, text, principal.user_id)
    engine().overrides.changed()
    return {"topic_id": topic_id, "kind": kind, "version": version, "text": text}


@blp.route("/<topic_id>/prompts/<kind>", methods=["DELETE"])
@operator
@blp.response(200, Document)
@errors(blp, 401, 403, 404)
def reset_prompt(principal: Principal, topic_id: str, kind: str) -> Body:
    """Go back to the built-in prompt"""
    return _back(principal, topic_id, kind, 0)


@blp.route("/<topic_id>/prompts/<kind>/rollback", methods=["POST"])
@operator
@blp.arguments(schemas.RollbackIn)
@blp.response(200, Document)
@errors(blp, 401, 403, 404, 422)
def roll_back(principal: Principal, body: Body, topic_id: str, kind: str) -> Body:
    """Put an earlier version in force again; 0 is the built-in one"""
    return _back(principal, topic_id, kind, body["version"])


@blp.route("/<topic_id>/dry-run", methods=["POST"])
@operator
@blp.arguments(schemas.DryRunIn)
@blp.response(200, Document)
@errors(blp, 400, 401, 403, 404, 422, 500)
def dry_run(principal: Principal, body: Body, topic_id: str) -> Body:
    """The prompts as a model would get them, with the operator's own tenant's data; no model is called"""
    run = engine().check(topic_id, body["parameters"], access(principal))
    found = engine().enrich(run, engine().gather(run))
    request = engine().request(run, found.values)
    prompts = {"system": request.system, "user": request.messages[0].content}
    return {"topic_id": topic_id, "prompts": prompts, "missing": found.missing, "schema": request.schema_name}


def _back(principal: Principal, topic_id: str, kind: str, version: int) -> Body:
    with db.begin() as session:
        made = administration.roll_back(session, topic_id, kind, version, principal.user_id)
    engine().overrides.changed()
    topic = engine().topic(topic_id)
    return {"topic_id": topic_id, "kind": kind, "version": made, "text": engine().prompt(topic, kind)}


def shown(topic: Topic) -> Body:
    setting = engine().overrides.now().settings.get(topic.id)
    facts: dict[str, Any] = {
        "active": topic.active,
        "is_active": topic.active,
        "model": setting.model if setting else None,
        "temperature": topic.temperature,
        "max_tokens": topic.max_tokens,
        "estimated_duration_ms": topic.estimated_ms,
    }
    return described(topic) | facts


def detailed(topic: Topic) -> Body:
    prompts = {kind: engine().prompt(topic, kind) for kind in topic.prompts}
    uses = sorted({name for text in prompts.values() for name in prompting.compiled(text)[1]})
    defaults = TOPICS[topic.id]
    return shown(topic) | {
        "prompts": prompts,
        "uses": uses,
        "schema": topic.public_schema,
        "defaults": {"active": defaults.active, "temperature": defaults.temperature, "max_tokens": defaults.max_tokens},
    }


def _fits(row: Body, query: Body) -> bool:
    return (
        query["category"] in {"", row["category"]}
        and query["topic_type"] in {"", row["topic_type"], row["kind"]}
        and query["is_active"] in {None, row["active"]}
        and query["search"].lower() in f"{row['topic_id']} {row['name']} {row['description']}".lower()
    )
