"""What goes in and out of the endpoints of interviews."""

from marshmallow import fields, post_dump

from app.care.schemas import HeardOut
from app.interviews import personas
from app.interviews.errors import InvalidPersona
from app.interviews.insights import OUTPUT_SCHEMA
from app.interviews.models import Status
from app.interviews.personas import Persona
from app.interviews.service import NewInterview
from app.web.schemas import Moment, Schema, Text

LIMITS = {"name": 255, "role": 255, "industry": 255, "background": 2000}
MAX_IDEA_LENGTH = 2000
SHOWN = [Status.IN_PROGRESS, Status.COMPLETED, Status.FAILED]
EXAMPLE = {
    "name": "Sarah Chen", "role": "Startup Founder", "industry": "B2B SaaS",
    "background": "Building a project management tool for remote teams.",
}  # fmt: skip
INSIGHTS = OUTPUT_SCHEMA.schema

PersonaIn = Schema.from_dict({name: Text(1, most, required=True) for name, most in LIMITS.items()}, name="PersonaIn")


class StartIn(Schema):
    null_is_absent = True

    persona = fields.Nested(PersonaIn, metadata={"example": EXAMPLE})
    persona_id = fields.Raw(
        metadata={"example": "bakery_owner", "description": "One of the list; not looked at beside a `persona`"}
    )
    problem = Text(most=MAX_IDEA_LENGTH)
    solution = Text(most=MAX_IDEA_LENGTH)


class StartedOut(Schema):
    interviewId = fields.String(attribute="id", metadata={"example": "550e8400-e29b-41d4-a716-446655440000"})
    status = fields.String(attribute="shown_status", metadata={"enum": SHOWN})


class NewlyStartedOut(HeardOut, StartedOut):
    stopToken = fields.String(
        attribute="stop_token",
        metadata={"description": "Stops the interview: POST …/stop. Told here only, and again for the same key"},
    )

    @post_dump
    def leave_out_no_token(self, data: dict[str, object], **_: object) -> dict[str, object]:
        return {name: value for name, value in data.items() if value is not None}


class StopIn(Schema):
    stopToken = Text(1, 200, required=True)


class StatusOut(StartedOut):
    messageCount = fields.Integer(attribute="message_count", metadata={"example": 15})
    isComplete = fields.Boolean(attribute="is_complete")
    createdAt = Moment(attribute="created_at")
    completedAt = Moment(attribute="completed_at", allow_none=True)
    error = fields.String()
    stopped = fields.Boolean(
        attribute="is_stopped", metadata={"description": "It has `failed` because it was stopped; `error` says by whom"}
    )

    @post_dump
    def leave_out_what_did_not_happen(self, data: dict[str, object], **_: object) -> dict[str, object]:
        return {name: value for name, value in data.items() if name not in {"error", "stopped"} or value}


class PageOut(Schema):
    total = fields.Integer()
    interviews = fields.List(fields.Nested(StatusOut), attribute="items")


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
    error = fields.String(metadata={"example": "Interview not found"})
    message = fields.String(metadata={"example": "No interview found with ID: 550e8400"})
    code = fields.String(metadata={"description": "BUDGET_EXCEEDED with the 429 of a budget that is used up"})


def load_start(body: object) -> NewInterview:
    """The contract has errors of its own: every field that is missing or blank is named. Raises ``InvalidPersona``."""
    given = body if isinstance(body, dict) else {}
    _check_texts(given, "problem", "solution", *([] if given.get("persona") else ["persona_id"]))
    ideas = {name: _clean(given.get(name)) for name in ("problem", "solution")}
    persona = _load_persona(given.get("persona"), given.get("persona_id"))
    _check_lengths(ideas, MAX_IDEA_LENGTH)
    return NewInterview(persona, **ideas)


def _load_persona(given: object, persona_id: object) -> Persona:
    if given is None and persona_id is not None:
        if found := personas.find(_clean(persona_id)):
            return found
        raise InvalidPersona("No ready-made persona has this persona_id", fields=["persona_id"])
    values = given if isinstance(given, dict) else {}
    clean = {name: _clean(values.get(name)) for name in LIMITS}
    if missing := [name for name in clean if not clean[name]]:
        raise InvalidPersona(f"All persona fields ({', '.join(LIMITS)}) are required", fields=missing)
    for name, most in LIMITS.items():
        _check_lengths({name: clean[name]}, most)
    return Persona(**clean)


def _check_texts(given: dict[str, object], *names: str) -> None:
    if others := [name for name in names if not isinstance(given.get(name), str | None)]:
        raise InvalidPersona(f"{others[0]} must be a string", fields=others)


def _check_lengths(texts: dict[str, str], limit: int) -> None:
    if too_long := [name for name, text in texts.items() if len(text) > limit]:
        raise InvalidPersona(f"{too_long[0]} must be at most {limit} characters", fields=too_long)


def _clean(value: object) -> str:
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""
