"""What care tells beside answers and refusals."""

from marshmallow import fields

from app.web.schemas import Schema


class SafetyOut(Schema):
    """What was found in the person's words. ``category`` is null at the level ``none``."""

    level = fields.String(metadata={"enum": ["none", "concern", "crisis"]})
    category = fields.String(allow_none=True, metadata={"example": "suicide"})
    follow_up = fields.Boolean(metadata={"description": "True while somebody is asked how they are after a crisis"})


class ResourceOut(Schema):
    """Somebody who helps. ``country`` is null for all that have none of their own."""

    name = fields.String(metadata={"example": "Samaritans"})
    phone = fields.String(metadata={"example": "116 123"})
    sms = fields.String()
    url = fields.String(metadata={"example": "https://www.samaritans.org"})
    country = fields.String(allow_none=True, metadata={"example": "GB"})
    languages = fields.List(fields.String())
    hours = fields.String(allow_none=True, metadata={"example": "24/7"})
