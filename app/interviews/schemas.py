"""What the OpenAPI document says about interviews."""

from typing import Any

from marshmallow import fields

from app.interviews.findings import OUTPUT_SCHEMA
from app.interviews.models import Status
from app.interviews.service import FIELDS, LONGEST, LONGEST_IDEA
from app.web.schemas import Schema

Body = dict[str, Any]

IDEA: Body = {"type": "string", "maxLength": LONGEST_IDEA}
PERSONA: Body = {
    "type": "object",
    "properties": {name: {"type": "string", "minLength": 1, "maxLength": LONGEST[name]} for name in FIELDS},
    "required": list(FIELDS),
}
EXAMPLE: Body = {
    "persona": {
        "name": "Sarah Chen", "role": "Startup Founder", "industry": "B2B SaaS",
        "background": "Building a project management tool for remote teams.",
    },
}  # fmt: skip
START: Body = {
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
    interviewId = fields.String(metadata={"example": "550e8400-e29b-41d4-a716-446655440000"})
    status = fields.String(metadata={"enum": list(Status)})


class StatusOut(StartedOut):
    """``error`` is there when it has failed."""

    messageCount = fields.Integer(metadata={"example": 15})
    isComplete = fields.Boolean()
    createdAt = fields.String(metadata={"format": "date-time"})
    completedAt = fields.String(allow_none=True, metadata={"format": "date-time"})
    error = fields.String()


class PersonaOut(Schema):
    id = fields.String()
    name = fields.String()
    role = fields.String()
    industry = fields.String()
    background = fields.String()
    avatar = fields.String()
    tags = fields.List(fields.String())


class PersonasOut(Schema):
    personas = fields.List(fields.Nested(PersonaOut))
