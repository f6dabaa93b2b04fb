"""JSON Schemas as the vendors' strict modes want them: closed, inlined, everything required, few keywords."""

import json
from typing import cast

from app.core.json import JSONValue
from app.llm.interfaces import JSONSchema

# what constrains values but is unknown to strict modes: told to the model in words, checked after the answer
DESCRIBED = ("minLength", "maxLength", "uniqueItems", "minProperties", "maxProperties")
FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")  # that they know
LOOKAROUND = ("(?=", "(?!", "(?<=", "(?<!")  # in a pattern, which they refuse
DROPPED = ("$schema", "$id", "$defs", "definitions", "default", "examples", "example", "title", "nullable", "readOnly")
OPEN = ("patternProperties", "propertyNames", "unevaluatedProperties", "not", "if", "then", "else", "allOf")


class NotStrict(ValueError):
    """The schema has no strict form: it is recursive, or takes keys it does not name."""


def strict(schema: JSONSchema) -> JSONSchema:
    """A closed, inlined copy. What was optional becomes nullable, so answers need ``without_absent`` afterwards."""
    return _closed(inlined(schema))


def inlined(schema: JSONSchema) -> JSONSchema:
    """The schema with every local ``$ref`` replaced by what it names."""
    definitions = {
        f"#/{place}/{name}": value
        for place in ("$defs", "definitions")
        for name, value in schema.get(place, {}).items()
    }
    return cast(JSONSchema, _inlined(schema, definitions, ()))


def without_absent(value: JSONValue, schema: JSONSchema) -> JSONValue:
    """Takes out the nulls by which a strict answer says that an optional property is absent."""
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [without_absent(item, schema["items"]) for item in value]
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    kept = {name: item for name, item in value.items() if item is not None or _means_null(name, schema)}
    return {name: without_absent(item, schema["properties"].get(name, {})) for name, item in kept.items()}


def _means_null(name: str, schema: JSONSchema) -> bool:
    property_ = schema["properties"].get(name)
    return property_ is None or name in schema.get("required", ()) or _nullable(property_)


def _inlined(node: object, definitions: dict[str, JSONSchema], inside: tuple[str, ...]) -> object:
    if isinstance(node, list):
        return [_inlined(item, definitions, inside) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return {
            key: _inlined(item, definitions, inside)
            for key, item in node.items()
            if key not in ("$defs", "definitions")
        }
    if reference in inside or reference not in definitions:
        raise NotStrict(f"{reference} can't be inlined")
    beside = {key: item for key, item in node.items() if key != "$ref"}
    return _inlined({**definitions[reference], **beside}, definitions, (*inside, reference))


def _closed(node: JSONSchema) -> JSONSchema:
    if any(key in node for key in OPEN):
        raise NotStrict("a keyword that strict modes do not know")
    described = [key for key in node if _is_described(key, node[key])]
    kept = {key: value for key, value in node.items() if key not in described and key not in DROPPED}
    if described:
        words = ", ".join(f"{key}: {json.dumps(node[key])}" for key in described)
        kept["description"] = f"{node.get('description', '')} ({words})".strip()
    for key in ("anyOf", "oneOf"):
        if key in kept:
            kept["anyOf"] = [_closed(option) for option in kept.pop(key)]
    if isinstance(kept.get("items"), dict):
        kept["items"] = _closed(kept["items"])
    return _closed_object(kept) if "properties" in kept or kept.get("type") == "object" else kept


def _is_described(key: str, value: object) -> bool:
    if key == "format":
        return value not in FORMATS
    return key in DESCRIBED or (key == "pattern" and any(mark in str(value) for mark in LOOKAROUND))


def _closed_object(node: JSONSchema) -> JSONSchema:
    properties = node.get("properties", {})
    if node.get("additionalProperties") or not properties:
        raise NotStrict("an object with keys that it does not name")
    required = node.get("required", ())
    closed = {name: _closed(value) for name, value in properties.items()}
    node["properties"] = {
        name: value if name in required or _nullable(value) else {"anyOf": [value, {"type": "null"}]}
        for name, value in closed.items()
    }
    node["required"] = list(properties)
    node["additionalProperties"] = False
    return node


def _nullable(node: JSONSchema) -> bool:
    kind = node.get("type")
    if kind == "null" or (isinstance(kind, list) and "null" in kind) or None in node.get("enum", ()):
        return True
    if "const" in node or "enum" in node:
        return node.get("const", ...) is None
    options = node.get("anyOf") or node.get("oneOf") or ()
    return any(_nullable(option) for option in options) or not (kind or options)
