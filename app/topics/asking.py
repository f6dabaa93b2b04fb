"""What a caller may send for a topic: the right names, of the right types, of a sane size."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from app.topics.errors import ParametersInvalid
from app.topics.topics import Asked, Body, Topic
from app.workspace.sources.interfaces import KEYS

Typed = Callable[[Any], bool]

TYPES: Mapping[str, tuple[Typed, str]] = {
    "string": (lambda value: isinstance(value, str), "must be a string"),
    "integer": (lambda value: isinstance(value, int) and not isinstance(value, bool), "must be an integer"),
    "number": (lambda value: isinstance(value, int | float) and not isinstance(value, bool), "must be a number"),
    "array": (lambda value: isinstance(value, list | str | dict), "must be an array"),
    "object": (lambda value: isinstance(value, dict | list), "must be an object"),
    "any": (lambda value: isinstance(value, dict | list | str), "must be a string, an array or an object"),
}
PERCENT = "alignment_score"
SPELLINGS = {name: f"{name.removesuffix('_id')}Id" for name in KEYS.values()}  # of the ids of rows


def checked(topic: Topic, parameters: Mapping[str, Any]) -> Body:
    """The values that the topic asks for; others are ignored, and so is null."""
    given = {asked.name: _clean(_sent(parameters, asked.name)) for asked in topic.asks}
    given = {name: value for name, value in given.items() if value is not None}
    missing = [name for name in topic.required if given.get(name, "") == ""]
    if missing:
        raise ParametersInvalid(f"Missing required parameters: {missing}")
    problems = [
        problem for asked in topic.asks if asked.name in given for problem in _problems(asked, given[asked.name])
    ]
    if problems:
        raise ParametersInvalid(f"Invalid parameters: {'; '.join(problems)}")
    return given


def _sent(parameters: Mapping[str, Any], name: str) -> Any:
    value = parameters.get(name)
    return parameters.get(SPELLINGS[name]) if value is None and name in SPELLINGS else value


def _problems(asked: Asked, value: Any) -> list[str]:
    fits, wanted = TYPES[asked.type]
    if not fits(value):
        return [f"{asked.name} {wanted}"]
    if asked.name == PERCENT and not 0 <= value <= 100:
        return [f"{asked.name} must be from 0 to 100"]
    size = len(value) if isinstance(value, str) else len(msgspec.json.encode(value))
    return [f"{asked.name} must be shorter than or equal to {asked.most} characters"] if size > asked.most else []


def _clean(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "").encode("utf-8", "replace").decode().strip()
