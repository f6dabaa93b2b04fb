"""Structs read from JSON that does not quite fit them: what fits is taken, field by field."""

import json
from contextlib import suppress
from inspect import isclass
from typing import Any, TypeVar, get_args

import msgspec

from app.core.json import JSONObject

S = TypeVar("S", bound=msgspec.Struct)


def fitting(kind: type[S], said: JSONObject) -> S:
    """Numbers may stand in texts."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        with suppress(msgspec.ValidationError):
            if field.encode_name in said:
                found[field.name] = _value(field.type, said[field.encode_name])
    return kind(**found)


def object_in(text: str) -> JSONObject:
    """NaN, which is no JSON, is nothing; an object may come in a list. Raises ``msgspec.DecodeError``."""
    try:
        found = json.loads(text, strict=False, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise msgspec.DecodeError("no JSON") from None
    found = found[0] if isinstance(found, list) and found else found
    if not isinstance(found, dict):
        raise msgspec.DecodeError("no object")
    return found


def _value(kind: Any, value: object) -> Any:
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        inner = next((one for one in (kind, *get_args(kind)) if isclass(one) and issubclass(one, msgspec.Struct)), None)
        if inner is None or not isinstance(value, dict):
            raise
        return fitting(inner, value)
