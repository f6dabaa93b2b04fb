"""Values of another type than the one that is wanted: a list in place of its only item, a number in a text."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from app.llm import scalars
from app.llm.interfaces import JSONSchema

NOTHING = {"none", "n/a", "null", "-"}  # said where a list has no items
ONLY_PARTS = {"text", "value", "content", "message", "description", "title", "name", "score", "level"}  # of an object
_NUMBERED = re.compile(r"\D*\d+")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d+[.)])\s+", re.MULTILINE)

Converter = Callable[[Any, JSONSchema], Any]


class Unmendable(ValueError):
    """A value that can't be made to fit; what it stands in may do without it."""


class Ambiguous(ValueError):
    """A value that could mean two things: whoever gave it has to say which."""


def _as_object(value: Any, schema: JSONSchema) -> Any:
    if isinstance(value, str):
        value = _parsed(value, dict, list)
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        raise Unmendable
    properties = schema.get("properties", {})
    if len(value) == 1 and isinstance(value[0], dict) and value[0].keys() & properties.keys():
        return value[0]
    lists = [name for name, item in properties.items() if item.get("type") == "array"]
    if len(lists) != 1:
        raise Unmendable
    return {lists[0]: value}


def _as_array(value: Any, _schema: JSONSchema) -> Any:
    if isinstance(value, dict):
        return _items_of(value)
    return _listed(value) if isinstance(value, str) else [value]


def _items_of(value: dict[str, Any]) -> list[Any]:
    """``{"items": [...]}``, ``{"1": …, "step 2": …}``, or the only item."""
    lists = [item for item in value.values() if isinstance(item, list)]
    if len(value) == 1 and lists:
        return lists[0]
    return list(value.values()) if value and all(_NUMBERED.fullmatch(name) for name in value) else [value]


def _alone(value: Any) -> Any:
    """What is the only item of a list, or the only part of an object that says no more by its name."""
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    is_part = isinstance(value, dict) and len(value) == 1 and ONLY_PARTS & value.keys()
    return next(iter(value.values())) if is_part else value


def _listed(text: str) -> list[Any]:
    """JSON, lines with bullets, single words between commas, or one item."""
    if text.lstrip()[:1] in {"[", "{"}:
        return list(_parsed(text, list))
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and all(_BULLET.match(line) for line in lines):
        return [_BULLET.sub("", line).strip() for line in lines]
    words = [word.strip() for word in text.split(",")]
    if all(any(map(str.isalpha, word)) and " " not in word for word in words):
        return [word for word in words if word.lower() not in NOTHING]
    return [text] if text.strip() else []


def _as_text(value: Any, _schema: JSONSchema) -> Any:
    value = _alone(value)
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return " ".join(value)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise Unmendable


def _as_number(value: Any, schema: JSONSchema) -> Any:
    value = _alone(value)
    number = scalars.number_in(value, schema) if isinstance(value, str) else value
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise Unmendable
    return int(number) if number == int(number) else number


def _as_integer(value: Any, schema: JSONSchema) -> Any:
    """A fraction may be a share, or a point of a scale that ends with ten."""
    number = _as_number(value, schema)
    if number != round(number) and abs(number) < (10 if schema.get("maximum") == 100 else 1):
        raise Ambiguous
    return round(number)


def _as_boolean(value: Any, _schema: JSONSchema) -> Any:
    truth = scalars.truth_in(_alone(value))
    if truth is None:
        raise Unmendable
    return truth


def _as_null(_value: Any, _schema: JSONSchema) -> Any:
    raise Unmendable


def _parsed(text: str, *kinds: type) -> Any:
    """JSON in a text where JSON itself was wanted."""
    with suppress(msgspec.DecodeError, RecursionError):
        value = msgspec.json.decode(text)
        if isinstance(value, kinds):
            return value
    raise Unmendable


CONVERTERS: dict[str, Converter] = {
    "object": _as_object, "array": _as_array, "string": _as_text, "number": _as_number, "integer": _as_integer,
    "boolean": _as_boolean, "null": _as_null,
}  # fmt: skip
