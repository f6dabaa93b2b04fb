"""Prompts are files. They are rendered in a sandbox; a name that has no value is an error, never an empty hole."""

from functools import lru_cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment


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
