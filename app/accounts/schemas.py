"""Bodies of `/me`, in and out."""

import re

from marshmallow import ValidationError, fields, pre_load, validate

from app.core import weeks
from app.web.schemas import Flag, Moment, Schema, Text, UsageInfo

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def is_zone(name: str) -> None:
    if not weeks.exists(name):
        raise ValidationError("must be a name of the IANA database, like Europe/Vienna")


def is_language(tag: str) -> None:
    if tag and not LANGUAGE.fullmatch(tag):
        raise ValidationError("must be a language tag, like en or de-AT")


class SettingsIn(Schema):
    """Only what is named is changed; ``language: null`` empties it."""

    timezone = Text(1, 64, validate=is_zone, metadata={"example": "Europe/Vienna"})
    language = Text(
        0, 35, validate=is_language, metadata={"example": "en", "description": "Empty: that of what I write"}
    )
    weekly_digest = Flag(metadata={"description": "Have each finished week's insight written without asking"})

    @pre_load
    def tidy(self, data: object, **_: object) -> object:
        return data | {"language": ""} if isinstance(data, dict) and data.get("language", "") is None else data


class MeOut(Schema):
    id = fields.String(metadata={"example": "user_xyz789"})
    role = fields.String(metadata={"example": "member"})
    timezone = fields.String(metadata={"example": "Europe/Vienna"})
    language = fields.String(metadata={"example": "en"})
    weekly_digest = fields.Boolean()
    personality_id = fields.String(allow_none=True, metadata={"description": "The default coach, when one was chosen"})


class UsageQuery(Schema):
    days = fields.Integer(
        load_default=30, validate=validate.Range(1, 366, error="must be from 1 to 366"),
        metadata={"minimum": 1, "maximum": 366},
    )  # fmt: skip


class FeatureUsageOut(Schema):
    feature = fields.String(metadata={"example": "chat.turn"})
    calls = fields.Integer(metadata={"example": 12})
    input_tokens = fields.Integer(metadata={"example": 9000})
    output_tokens = fields.Integer(metadata={"example": 2400})


class LimitOut(UsageInfo):
    pass


class UsageOut(Schema):
    since = Moment()
    calls = fields.Integer(metadata={"example": 14})
    failed_calls = fields.Integer(metadata={"example": 0})
    input_tokens = fields.Integer(metadata={"example": 11000})
    output_tokens = fields.Integer(metadata={"example": 3000})
    total_tokens = fields.Integer(metadata={"example": 14000})
    by_feature = fields.List(fields.Nested(FeatureUsageOut))
    limits = fields.Dict(
        keys=fields.String(), values=fields.Nested(LimitOut), metadata={"description": "What is left of each rate"}
    )
