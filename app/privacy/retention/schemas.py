"""Bodies of what operators set."""

from marshmallow import fields, validate

from app.core.retention import LONGEST, Aging
from app.web.schemas import Schema

FIELDS = [kind.name_of_days for kind in Aging]
BOUNDS = validate.Range(1, LONGEST, error=f"must be from 1 to {LONGEST}")


def _days(example: int | None) -> fields.Integer:
    return fields.Integer(
        strict=True, allow_none=True, validate=BOUNDS,
        metadata={"minimum": 1, "maximum": LONGEST, "example": example},
    )  # fmt: skip


class RetentionIn(Schema):
    messages_days = _days(365)
    transcripts_days = _days(90)
    audio_days = _days(30)
    usage_days = _days(730)
    events_days = _days(7)
    traces_days = _days(30)


class RetentionOut(RetentionIn):
    tenant = fields.String(metadata={"example": "acme"})
    own = fields.List(fields.String(), metadata={"description": "What was set for this tenant alone"})
