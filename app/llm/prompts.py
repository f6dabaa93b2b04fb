"""Prompts are files. They are rendered in a sandbox; a name that has no value is an error, never an empty hole."""

from functools import lru_cache
from pathlib import Path

import msgspec
from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.llm.capabilities import Format
from app.llm.interfaces import Request

SCHEMA = "Answer with one JSON value and nothing else. It has to satisfy this JSON Schema:"


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
    return environment.get_template(name)


def render(folder: Path, name: str, **values: object) -> str:
    return template(folder, name).render(**values)


def fenced(text: str) -> str:
    """Text that can't open or close an element of a prompt, and is otherwise as it was."""
    return text.replace("<", "&lt;")


def system_of(request: Request) -> str:
    """The system text; with the schema of the answer in words, if the model takes it in no other way."""
    if request.schema is None or request.capabilities.format_of(request.schema_name) is Format.SCHEMA:
        return request.system
    schema = msgspec.json.encode(request.schema).decode()
    return f"{request.system}\n\n{SCHEMA}\n{schema}".strip()
