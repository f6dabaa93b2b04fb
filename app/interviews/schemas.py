"""What goes in and out of the endpoints of interviews."""

from typing import Any

from marshmallow import fields, post_dump

from app.interviews import personas
from app.interviews.errors import InvalidPersona
from app.interviews.insights import OUTPUT_SCHEMA
from app.interviews.models import Status
from app.interviews.personas import Persona
from app.interviews.service import NewInterview
from app.llm.interfaces import JSONSchema
from app.web.schemas import Moment, Schema

MAX_LENGTHS = {"name": 255, "role": 255, "industry": 255, "background": 2000}
MAX_IDEA_LENGTH = 2000
IDEA: JSONSchema = {"type": "string", "maxLength": MAX_IDEA_LENGTH}
PERSONA: JSONSchema = {
    "type": "object",
    "properties": {
        name: {"type": "string", "minLength": 1, "maxLength": length} for name, length in MAX_LENGTHS.items()
    },
    "required": list(MAX_LENGTHS),
}
EXAMPLE: JSONSchema = {
    "persona": {
        "name": "Sarah Chen", "role": "Startup Founder", "industry": "B2B SaaS",
        "background": "Building a project management tool for remote teams.",
    },
}  # fmt: skip
START: JSONSchema = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "persona": PERSONA, "persona_id": {"type": "string", "maxLength": 100}, "problem": IDEA,
                    "solution": IDEA,
                },
            },
            "example": EXAMPLE,
        }
    },
}  # fmt: skip
INSIGHTS = OUTPUT_SCHEMA.schema


class StartedOut(Schema):
    interviewId = fields.String(attribute="id", metadata={"example": "550e8400-e29b-41d4-a716-446655440000"})
    status = fields.String(metadata={"enum": list(Status)})


class StatusOut(StartedOut):
    """``error`` is there when it has failed."""

    messageCount = fields.Integer(attribute="message_count", metadata={"example": 15})
    isComplete = fields.Boolean(attribute="is_complete")
    createdAt = Moment(attribute="created_at")
    completedAt = Moment(attribute="completed_at", allow_none=True)
    error = fields.String()

    @post_dump
    def leave_out_no_error(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "error" or value}


class PageOut(Schema):
    total = fields.Integer()
    interviews = fields.List(fields.Nested(StatusOut))


class PersonaOut(Schema):
    id = fields.String()
    name = fields.String(attribute="persona.name")
    role = fields.String(attribute="persona.role")
    industry = fields.String(attribute="persona.industry")
    background = fields.String(attribute="persona.background")
    avatar = fields.String()
    tags = fields.List(fields.String())


class PersonasOut(Schema):
    personas = fields.List(fields.Nested(PersonaOut))


class InterviewErrorOut(Schema):
    """The contract's error body."""

    error = fields.String(metadata={"example": "Interview not found"})
    message = fields.String(metadata={"example": "No interview found with ID: 550e8400"})


def load_start(body: object) -> NewInterview:
    """The contract has errors of its own: every field that is missing or blank is named. Raises ``InvalidPersona``."""
    given = body if isinstance(body, dict) else {}
    persona, persona_id = given.get("persona"), given.get("persona_id")
    chosen = _load_persona(persona) if persona_id is None or persona is not None else _ready_made(_clean(persona_id))
    ideas = {name: _clean(given.get(name)) for name in ("problem", "solution")}
    _check_lengths(ideas, MAX_IDEA_LENGTH)
    return NewInterview(chosen, **ideas)


def _load_persona(given: object) -> Persona:
    values = given if isinstance(given, dict) else {}
    clean = {name: _clean(values.get(name)) for name in MAX_LENGTHS}
    if missing := [name for name in clean if not clean[name]]:
        raise InvalidPersona(f"All persona fields ({', '.join(MAX_LENGTHS)}) are required", fields=missing)
    for name, length in MAX_LENGTHS.items():
        _check_lengths({name: clean[name]}, length)
    return Persona(**clean)


def _ready_made(persona_id: str) -> Persona:
    if found := personas.find(persona_id):
        return found
    raise InvalidPersona("No ready-made persona has this persona_id", fields=["persona_id"])


def _check_lengths(texts: dict[str, str], limit: int) -> None:
    if too_long := [name for name, text in texts.items() if len(text) > limit]:
        raise InvalidPersona(f"{too_long[0]} must be at most {limit} characters", fields=too_long)


def _clean(value: object) -> str:
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""
