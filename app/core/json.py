"""JSON values as types, and what to read from a document whose shape nobody promises."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    JSONValue: TypeAlias = str | int | float | bool | Sequence["JSONValue"] | Mapping[str, "JSONValue"] | None
else:  # who reads annotations at run time (SQLAlchemy, msgspec) can't follow a type into itself
    JSONValue = object
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


def to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def as_number(value: object) -> float:
    """Raises ``TypeError`` for anything else."""
    if isinstance(value, int | float):
        return value
    raise TypeError(f"a number was expected, not {type(value).__name__}")


def without_nul(value: JSONValue) -> JSONValue:
    """PostgreSQL can't hold the character, in a key or in a text however deep."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [without_nul(item) for item in value]
    if isinstance(value, dict):
        return {key.replace("\x00", ""): without_nul(item) for key, item in value.items()}
    return value
