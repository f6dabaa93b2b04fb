"""Kinds of action as tools of a model: one JSON Schema for REST and for it."""

import json
from functools import cache

from apispec import APISpec

from app.actions.kinds import ALL, ActionKind
from app.auth.principals import Principal
from app.llm.interfaces import JSONSchema, Tool
from app.llm.strict import inlined
from app.web.openapi import Schemas
from app.web.schemas import Schema

COMPONENTS = "#/components/schemas/"
NOTE = "Proposes only: nothing happens before the person confirms it."
DATE = "An ISO 8601 date, such as 2027-06-30."
KEPT = frozenset({
    "type", "properties", "required", "items", "enum", "anyOf", "description", "minLength", "maxLength", "minimum",
    "maximum", "maxItems", "minItems",
})  # fmt: skip


def tools_for(principal: Principal) -> tuple[Tool, ...]:
    """Those that the person's role is open to."""
    return tuple(_tool(kind) for kind in ALL if kind.is_open_to(principal))


@cache
def _tool(kind: ActionKind) -> Tool:
    return Tool(kind.tool, f"{kind.about} {NOTE}", json_schema(kind.takes))


def json_schema(takes: type[Schema]) -> JSONSchema:
    """Inlined, in the words that every vendor knows."""
    spec = APISpec("actions", "1", "3.1.0", plugins=[Schemas(schema_name_resolver=_name)])
    spec.components.schema(takes.__name__, schema=takes)
    text = json.dumps(spec.to_dict()["components"]["schemas"]).replace(COMPONENTS, "#/$defs/")
    schemas: dict[str, JSONSchema] = json.loads(text)
    return _plain(inlined(schemas[takes.__name__] | {"$defs": schemas}))


def _plain(schema: JSONSchema) -> JSONSchema:
    """With one type each: what may be null may be left out as well. Vendors differ in the formats that they take."""
    kept: JSONSchema = {key: _inner(key, value) for key, value in schema.items() if key in KEPT}
    if isinstance(kept.get("type"), list):
        kept["type"] = next(kind for kind in kept["type"] if kind != "null")
    if "enum" in kept:
        kept["enum"] = [one for one in kept["enum"] if one is not None]
    if any("format" in one for one in schema.get("anyOf", ())):
        kept["description"] = ". ".join(filter(None, (kept.get("description"), DATE)))
    options = [one for one in kept.pop("anyOf", ()) if one.get("type") != "null"]
    return kept if "type" in kept or not options else options[0] | kept


def _inner(key: str, value: object) -> object:
    if key == "properties" and isinstance(value, dict):
        return {name: _plain(field) for name, field in value.items() if not field.get("readOnly")}
    if isinstance(value, dict):
        return _plain(value)
    return [_plain(one) if isinstance(one, dict) else one for one in value] if isinstance(value, list) else value


def _name(schema: object) -> str:
    return (schema if isinstance(schema, type) else type(schema)).__name__
