"""Who is interviewed, and ready-made customers for pages that offer a choice."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Persona:
    name: str
    role: str
    industry: str
    background: str


@dataclass(frozen=True, slots=True)
class ReadyPersona:
    id: str
    persona: Persona
    avatar: str
    tags: tuple[str, ...]


def _ready(id: str, avatar: str, tags: list[str], **persona: str) -> ReadyPersona:
    return ReadyPersona(id, Persona(**persona), avatar, tuple(tags))


PERSONAS = tuple(_ready(**row) for row in tomllib.loads(Path(__file__).with_suffix(".toml").read_text())["personas"])


def find(persona_id: str) -> Persona | None:
    return next((ready.persona for ready in PERSONAS if ready.id == persona_id), None)
