"""JSON values as types, and what to read from a document whose shape nobody promises."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    JSONValue: TypeAlias = str | int | float | bool | Sequence["JSONValue"] | Mapping[str, "JSONValue"] | None
else:  # who reads annotations at run time (SQLAlchemy, msgspec) can't follow a type into itself
    JSONValue = object
NUL = b"\\u0000"  # as JSON writes it; a bare one is not JSON

JSONObject: TypeAlias = Mapping[str, JSONValue]


def as_object(value: object) -> JSONObject:
    """The object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects_of(value: object) -> list[JSONObject]:
    """The objects in a list; none in anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts_of(value: object) -> list[str]:
    """The texts in a list; none in anything else."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def texts_in(value: JSONValue) -> Iterator[str]:
    """Every text in a value, however deep; keys are none."""
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from texts_in(item)


def to_json(value: object) -> str:
    """What it holds that PostgreSQL can't is left out."""
    try:
        data = msgspec.json.encode(value)
    except UnicodeEncodeError:
        data = NUL
    return (msgspec.json.encode(without_nul(msgspec.to_builtins(value))) if NUL in data else data).decode()


def as_number(value: object) -> float:
    """Raises ``TypeError`` for anything else."""
    if isinstance(value, int | float):
        return value
    raise TypeError(f"a number was expected, not {type(value).__name__}")


def without_nul(value: JSONValue) -> JSONValue:
    """PostgreSQL can't hold the character, in a key or in a text however deep; nor half of a surrogate pair."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [without_nul(item) for item in value]
    if isinstance(value, dict):
        return {str(without_nul(key)): without_nul(item) for key, item in value.items()}
    return value
