"""Every name that a prompt may use, and what a caller may send: the right names, of the right types, of a sane size."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.core.json import JSONObject, JSONValue
from app.topics.errors import ParametersInvalid
from app.topics.topic import Input, Topic
from app.workspace.sources.interfaces import KEYS, Source


@dataclass(frozen=True, slots=True)
class Parameter:
    """``path`` is the JMESPath to it in the source's document."""

    name: str
    type: str
    source: Source
    path: str
    description: str


PARAMETERS = {
    name: Parameter(name, kind, Source(source), path, description)
    for source, rows in tomllib.loads(Path(__file__).with_suffix(".toml").read_text()).items()
    for names, (kind, path, description) in rows.items()
    for name in names.split("/")
}


TYPES: Mapping[str, tuple[Callable[[JSONValue], bool], str]] = {
    "string": (lambda value: isinstance(value, str), "must be a string"),
    "integer": (lambda value: isinstance(value, int) and not isinstance(value, bool), "must be an integer"),
    "number": (lambda value: isinstance(value, int | float) and not isinstance(value, bool), "must be a number"),
    "array": (lambda value: isinstance(value, list | str | dict), "must be an array"),
    "object": (lambda value: isinstance(value, dict | list), "must be an object"),
    "any": (lambda value: isinstance(value, dict | list | str), "must be a string, an array or an object"),
}
PERCENT = "alignment_score"
SPELLINGS = {name: f"{name.removesuffix('_id')}Id" for name in KEYS.values()}  # of the ids of rows


def check_parameters(topic: Topic, sent: JSONObject) -> JSONObject:
    """The values that the topic takes; others are ignored, and so is null. Raises ``ParametersInvalid``."""
    found = {parameter.name: _clean(_raw_value(sent, parameter.name)) for parameter in topic.inputs}
    values = {name: value for name, value in found.items() if value is not None}
    missing = [name for name in topic.required_inputs if values.get(name, "") == ""]
    if missing:
        raise ParametersInvalid(f"Missing required parameters: {missing}")
    present = [parameter for parameter in topic.inputs if parameter.name in values]
    problems = [problem for parameter in present if (problem := _problem(parameter, values[parameter.name]))]
    if problems:
        raise ParametersInvalid(f"Invalid parameters: {'; '.join(problems)}")
    return values


def _raw_value(sent: JSONObject, name: str) -> JSONValue:
    value = sent.get(name)
    return sent.get(SPELLINGS[name]) if value is None and name in SPELLINGS else value


def _problem(parameter: Input, value: JSONValue) -> str:
    fits, wanted = TYPES[parameter.type]
    if not fits(value):
        return f"{parameter.name} {wanted}"
    if parameter.name == PERCENT and isinstance(value, int | float) and not 0 <= value <= 100:
        return f"{parameter.name} must be from 0 to 100"
    size = len(value) if isinstance(value, str) else len(msgspec.json.encode(value))
    too_long = f"{parameter.name} must be shorter than or equal to {parameter.max_length} characters"
    return too_long if size > parameter.max_length else ""


def _clean(value: JSONValue) -> JSONValue:
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "").encode("utf-8", "replace").decode().strip()
