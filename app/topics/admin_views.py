"""Topic administration, for operators."""

from app.auth.audit import recorded
from app.auth.principals import Principal
from app.auth.roles import SERVICE
from app.core.errors import Unprocessable
from app.core.json import JSONObject
from app.db.session import db
from app.topics import overrides, prompting, schemas
from app.topics.catalog import TOPICS
from app.topics.topic import Topic
from app.topics.views import TYPES, engine, serialize_topic
from app.web.operations import Operations
from app.web.unified import Blueprint, RawObject, errors

blp = Blueprint("admin_topics", __name__, url_prefix="/admin/topics", description="Topics, for operators")
operation = Operations(blp, SERVICE, errors)


@operation("GET", "", takes=schemas.AdminQuery, gives=RawObject)
def list_all(_: Principal, query: schemas.AdminSearch) -> JSONObject:
    """List all topics: `{topics, total, page, page_size, has_more}`"""
    found = [topic for topic in engine().topics() if _fits(topic, query)]
    page, size = query.page, query.page_size
    rows = [serialize_setting(topic) for topic in found[(page - 1) * size : page * size]]
    more = page * size < len(found)
    return {"topics": rows, "total": len(found), "page": page, "page_size": size, "has_more": more}


@operation("GET", "/<topic_id>", gives=RawObject)
def read_one(_: Principal, topic_id: str) -> JSONObject:
    """A topic with its settings, prompts and result schema"""
    return serialize_detail(engine().topic(topic_id))


@operation("PATCH", "/<topic_id>", takes=schemas.SettingIn, gives=RawObject)
def change_one(principal: Principal, body: dict[str, object], topic_id: str) -> JSONObject:
    """Change whether it is active, its model, temperature or answer length; in force on every process within seconds"""
    with recorded(principal, "topic.change", topic_id, None) as session:
        overrides.change(session, engine().pipeline.models, topic_id, body, principal.user_id)
    engine().overrides.changed()
    return serialize_detail(engine().topic(topic_id))


@operation("GET", "/<topic_id>/prompts/<kind>", gives=RawObject)
def read_prompt(_: Principal, topic_id: str, kind: str) -> JSONObject:
    """The prompt in force and its versions"""
    with db.read() as session:
        every = overrides.versions(session, topic_id, kind)
    return {"topic_id": topic_id, "kind": kind, **every[0], "versions": every}


@operation("PUT", "/<topic_id>/prompts/<kind>", takes=schemas.PromptIn, gives=RawObject)
def write_prompt(principal: Principal, body: dict[str, str], topic_id: str, kind: str) -> JSONObject:
    """Write a new version of a prompt

    Placeholders are `{{ name }}`, any of the parameter reference; each prints itself as delimited data.
    """
    text = body.get("text") or body.get("content")
    if not text:
        raise Unprocessable("text is required", code="VALIDATION_ERROR")
    with recorded(principal, "prompt.write", f"{topic_id}/{kind}", None) as session:
        version = overrides.write_prompt(session, topic_id, kind, text, principal.user_id)
    engine().overrides.changed()
    return {"topic_id": topic_id, "kind": kind, "version": version, "text": text}


@operation("DELETE", "/<topic_id>/prompts/<kind>", gives=RawObject)
def reset_prompt(principal: Principal, topic_id: str, kind: str) -> JSONObject:
    """Go back to the built-in prompt"""
    return _back(principal, topic_id, kind, 0)


@operation("POST", "/<topic_id>/prompts/<kind>/rollback", takes=schemas.RollbackIn, gives=RawObject)
def roll_back(principal: Principal, body: dict[str, int], topic_id: str, kind: str) -> JSONObject:
    """Put an earlier version in force again; 0 is the built-in one"""
    return _back(principal, topic_id, kind, body["version"])


def _back(principal: Principal, topic_id: str, kind: str, version: int) -> JSONObject:
    with recorded(principal, "prompt.roll_back", f"{topic_id}/{kind}", None) as session:
        made = overrides.roll_back(session, topic_id, kind, version, principal.user_id)
    engine().overrides.changed()
    topic = engine().topic(topic_id)
    return {"topic_id": topic_id, "kind": kind, "version": made, "text": engine().prompt(topic, kind)}


def serialize_setting(topic: Topic) -> JSONObject:
    setting = engine().overrides.now().settings.get(topic.id)
    return {
        **serialize_topic(topic),
        "active": topic.active,
        "is_active": topic.active,
        "model": setting.model if setting else None,
        "temperature": topic.temperature,
        "max_tokens": topic.max_tokens,
        "estimated_duration_ms": topic.estimated_ms,
    }


def serialize_detail(topic: Topic) -> JSONObject:
    prompts = {kind: engine().prompt(topic, kind) for kind in topic.prompts}
    uses = sorted({name for text in prompts.values() for name in prompting.compile_prompt(text)[1]})
    defaults = TOPICS[topic.id]
    return {
        **serialize_setting(topic),
        "prompts": prompts,
        "uses": uses,
        "schema": topic.public_schema,
        "defaults": {"active": defaults.active, "temperature": defaults.temperature, "max_tokens": defaults.max_tokens},
    }


def _fits(topic: Topic, query: schemas.AdminSearch) -> bool:
    return (
        query.category in {"", topic.category}
        and query.topic_type in {"", TYPES[topic.kind], topic.kind}
        and query.is_active in {None, topic.active}
        and query.search.lower() in f"{topic.id} {topic.name} {topic.description}".lower()
    )
