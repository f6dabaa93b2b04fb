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
KEPT = frozenset({
    "type", "properties", "required", "items", "enum", "anyOf", "description", "minLength", "maxLength", "minimum",
    "maximum", "maxItems", "minItems", "format", "$ref", "$defs",
})  # fmt: skip
NAMED = frozenset({"properties", "$defs"})  # whose keys are names


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
    kept = {key: value for key, value in schema.items() if key in KEPT and key != "$defs"}
    return {key: _inner(key, value) for key, value in kept.items()}


def _inner(key: str, value: object) -> object:
    if key in NAMED and isinstance(value, dict):
        return {name: _plain(field) for name, field in value.items() if not field.get("readOnly")}
    if isinstance(value, dict):
        return _plain(value)
    return [_plain(one) if isinstance(one, dict) else one for one in value] if isinstance(value, list) else value


def _name(schema: object) -> str:
    return (schema if isinstance(schema, type) else type(schema)).__name__
