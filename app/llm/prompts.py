"""Prompts are files. They are rendered in a sandbox; a name that has no value is an error, never an empty hole."""

import re
from functools import lru_cache
from pathlib import Path

import msgspec
from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.core import weeks
from app.core.json import JSONValue
from app.llm.capabilities import Format
from app.llm.interfaces import Request

SCHEMA = "Answer with one JSON value and nothing else. It has to satisfy this JSON Schema:"
MARK = re.compile(r"<(?=[A-Za-z/!?]|\s+/)")  # what begins an element, or ends one


@lru_cache(maxsize=512)
def template(folder: Path, name: str) -> Template:
    """A prompt of a domain's ``prompts`` folder, compiled once."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters.update(fenced=fenced, quoted=quoted, as_json=as_json)
    return environment.get_template(name)


def render(folder: Path, name: str, **values: object) -> str:
    return template(folder, name).render(**values)


def fenced(text: object) -> str:
    """Text that can't open or close an element of a prompt, and is otherwise as it was."""
    return MARK.sub("&lt;", str(text))


def quoted(text: object) -> str:
    """An attribute's value with its quotes: those that the text has none of, so that it stays as it was.

    Of a text with both kinds the double ones become curly.
    """
    line = " ".join(fenced(text).splitlines())
    mark = "'" if '"' in line and "'" not in line else '"'
    return f"{mark}{line.replace(mark, '”')}{mark}"


def as_json(value: JSONValue) -> str:
    """JSON, dates with their weekdays; the fence is an escape that every reader of JSON undoes."""
    return MARK.sub(r"\\u003c", msgspec.json.format(msgspec.json.encode(_with_weekdays(value))).decode())


def system_of(request: Request) -> str:
    """The system text; with the schema of the answer in words, if the model takes it in no other way."""
    if request.schema is None or request.capabilities.format_of(request.schema_name) is Format.SCHEMA:
        return request.system
    schema = msgspec.json.encode(request.schema).decode()
    return f"{request.system}\n\n{SCHEMA}\n{schema}".strip()


def _with_weekdays(value: JSONValue) -> JSONValue:
    if isinstance(value, str):
        return weeks.with_weekday(value)
    if isinstance(value, list):
        return [_with_weekdays(item) for item in value]
    return {name: _with_weekdays(item) for name, item in value.items()} if isinstance(value, dict) else value
