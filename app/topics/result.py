"""Results are marshmallow classes; their JSON Schema (2020-12, self-contained) is made from them here."""

import json
from typing import TypeVar

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import fields, validate

from app.llm.interfaces import JSONSchema
from app.web.schemas import Schema

T = TypeVar("T")

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMPONENTS = "#/components/schemas/"
DEGREES = ("low", "medium", "high")
PRIORITIES = (*DEGREES, "critical")
DAY = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


class Result(Schema):
    """A topic's answer. Fields that the server fills in are ``dump_only``: a model is never asked for them."""


def prose(most: int = 1000, least: int = 1, metadata: JSONSchema | None = None) -> fields.String:
    return fields.String(required=True, validate=validate.Length(least, most), metadata=metadata)


def day() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(DAY), metadata={"format": "date"})


def words(most: int = 10, least: int = 0, each: int = 400) -> fields.List[str]:
    text = fields.String(validate=validate.Length(1, each))
    return fields.List(text, required=True, validate=validate.Length(least, most))


def many(item: type[Schema], most: int = 10, least: int = 1) -> fields.List[JSONSchema]:
    return fields.List(fields.Nested(item), required=True, validate=validate.Length(least, most))


def one(item: type[Schema]) -> fields.Nested:
    return fields.Nested(item, required=True)


def among(*choices: str, dump_only: bool = False) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(choices), dump_only=dump_only)


def degree(*, dump_only: bool = False) -> fields.String:
    return among(*DEGREES, dump_only=dump_only)


def priority() -> fields.String:
    return among(*PRIORITIES)


def percent(*, dump_only: bool = False) -> fields.Integer:
    bounds = validate.Range(0, 100)
    return fields.Integer(required=True, strict=True, validate=bounds, dump_only=dump_only)


def share() -> fields.Float:
    return fields.Float(required=True, validate=validate.Range(0, 1))


def count(least: int = 0, most: int = 1_000_000, unit: str = "") -> fields.Integer:
    """``unit`` is what may stand behind the number in an answer."""
    told = {"description": unit} if unit else None
    return fields.Integer(required=True, strict=True, validate=validate.Range(least, most), metadata=told)


def optional(made: fields.Field[T]) -> fields.Field[T]:
    made.required = False
    made.allow_none = True
    return made


def json_schema(result: type[Schema]) -> JSONSchema:
    """As clients read it."""
    return {"$schema": DIALECT, "title": result.__name__} | _built(result, hidden=False)


def model_schema(result: type[Schema]) -> JSONSchema:
    """As a model is asked for it."""
    return _built(result, hidden=True)


def accepted_schema(result: type[Schema]) -> JSONSchema:
    """As an answer must be. What the server fills in may be there, whatever it is: it does not count."""
    schema = model_schema(result)
    settled: JSONSchema = {name: {} for name, field in result._declared_fields.items() if field.dump_only}
    return schema | {"properties": schema["properties"] | settled}


def _built(result: type[Schema], hidden: bool) -> JSONSchema:
    spec = APISpec("results", "1", "3.1.0", plugins=[MarshmallowPlugin(schema_name_resolver=_name)])
    spec.components.schema(result.__name__, schema=result)
    text = json.dumps(spec.to_dict()["components"]["schemas"]).replace(COMPONENTS, "#/$defs/")
    schemas: dict[str, JSONSchema] = {name: _tidy(schema, hidden) for name, schema in json.loads(text).items()}
    root = schemas.pop(result.__name__)
    return root | {"$defs": schemas} if schemas else root


def _name(schema: object) -> str:
    return (schema if isinstance(schema, type) else type(schema)).__name__


def _tidy(schema: JSONSchema, hidden: bool) -> JSONSchema:
    """Closed, and without OpenAPI's own words; what the server fills in is required of it, and hidden from models."""
    known = schema.get("properties", {})
    filled = {name for name, field in known.items() if field.get("readOnly")}
    shown = {name: _plain(field) for name, field in known.items() if not (hidden and name in filled)}
    required = [name for name in shown if name in {*schema.get("required", ()), *filled}]
    return {"type": "object", "properties": shown, "required": required, "additionalProperties": False}


def _plain(field: JSONSchema) -> JSONSchema:
    kept = {key: value for key, value in field.items() if key not in {"readOnly", "x-order"}}
    if isinstance(kept.get("items"), dict):
        kept["items"] = _plain(kept["items"])
    return kept
