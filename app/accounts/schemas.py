"""Bodies of `/me` and of what operators see, in and out."""

import re
from datetime import datetime, timedelta
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validate

from app.accounts.usage_report import DIMENSIONS, Span
from app.care.schemas import LANGUAGE, Country
from app.config.budgets import CURRENCY, bounds
from app.core import weeks
from app.core.clock import now
from app.web.schemas import Flag, GivenMoment, Moment, Number, Schema, Text, UsageInfo

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_zone(name: str) -> None:
    if not weeks.exists(name):
        raise ValidationError("must be a name of the IANA database, like Europe/Vienna")


class SettingsIn(Schema):
    """Only what is named is changed; ``null`` empties ``language`` and ``country``."""

    timezone = Text(1, 64, validate=is_zone, metadata={"example": "Europe/Vienna"})
    language = Text(
        0, 35, allow_none=True, validate=validate.Regexp(LANGUAGE, error="must be a language tag, like en or de-AT"),
        metadata={"example": "en", "description": "Empty: that of what I write"},
    )  # fmt: skip
    country = Country(
        allow_none=True, metadata={"description": "Whose helplines I am shown. Empty: by my time zone or languages"}
    )
    weekly_digest = Flag(metadata={"description": "Have each finished week's insight written without asking"})

    @pre_load
    def tidy(self, data: object, **_: object) -> object:
        if not isinstance(data, dict):
            return data
        return data | {name: "" for name in ("language", "country") if data.get(name, "") is None}


class MeOut(Schema):
    id = fields.String(metadata={"example": "user_xyz789"})
    role = fields.String(metadata={"example": "member"})
    timezone = fields.String(metadata={"example": "Europe/Vienna"})
    language = fields.String(metadata={"example": "en"})
    country = fields.String(metadata={"example": "DE"})
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


def is_bounds(text: str) -> None:
    try:
        bounds(text)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def _money(example: float | None) -> Number:
    bounded = validate.Range(0, 1_000_000, error="must be from 0 to 1000000")
    return Number(allow_none=True, validate=bounded, metadata={"minimum": 0, "example": example})


def _limit(example: str) -> Text:
    return Text(1, 300, allow_none=True, validate=is_bounds, metadata={"example": example})


class LimitsIn(Schema):
    """As the settings `BUDGET_USER`, `BUDGET_KEY` and `BUDGET_TENANT` are written."""

    user = _limit("60 calls per minute; 200000 tokens per day")
    key = _limit("1000 calls per minute")
    tenant = _limit("50 USD per month")


class BudgetsIn(Schema):
    user_day = _money(0.5)
    tenant_month = _money(100)
    currency = Text(load_default=CURRENCY, validate=validate.OneOf([CURRENCY], error=f"must be {CURRENCY}"))
    limits = fields.Nested(LimitsIn)


class BudgetsOut(Schema):
    tenant = fields.String(metadata={"example": "acme"})
    user_day = fields.Float(allow_none=True, metadata={"example": 0.5})
    tenant_month = fields.Float(allow_none=True, metadata={"example": 100})
    currency = fields.String(metadata={"example": CURRENCY})
    limits = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True))
    own = fields.List(fields.String(), metadata={"description": "What was set for this tenant alone"})


class EndOfSpan(GivenMoment):
    """A day that is named belongs to the span."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: object) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        return moment + timedelta(days=1) if DATE.fullmatch(str(value)) else moment


class UsageReportQuery(Schema):
    since = GivenMoment(
        data_key="from", metadata={"description": "Default: thirty days before", "example": "2026-11-01"}
    )
    until = EndOfSpan(data_key="to", metadata={"description": "Not in it, unless it is a day. Default: now"})
    by = Text(0, 100, load_default="tenant", metadata={"example": "tenant,feature,model,day"})

    @post_load
    def span(self, data: dict[str, Any], **_: object) -> Span:
        until = data.get("until", now())
        by = [name.strip() for name in data["by"].split(",") if name.strip()]
        if unknown := [name for name in by if name not in DIMENSIONS]:
            raise ValidationError(f"must be some of {', '.join(DIMENSIONS)}, not {unknown[0]}", "by")
        return Span(data.get("since", until - timedelta(days=30)), until, list(dict.fromkeys(by)))


class UsageRowOut(Schema):
    tenant = fields.String(metadata={"example": "acme"})
    feature = fields.String(metadata={"example": "chat.turn"})
    model = fields.String(metadata={"example": "openai:gpt-5-mini"})
    day = fields.String(metadata={"example": "2026-11-05"})
    calls = fields.Integer(metadata={"example": 12})
    failed_calls = fields.Integer(metadata={"example": 0})
    attempts = fields.Integer(metadata={"example": 13, "description": "Requests to vendors, repeated ones too"})
    input_tokens = fields.Integer(metadata={"example": 9000})
    output_tokens = fields.Integer(metadata={"example": 2400})
    cost_usd = fields.Float(metadata={"example": 0.00705})
    unpriced = fields.Integer(metadata={"example": 0})


class UsageReportOut(Schema):
    since = fields.String(data_key="from", attribute="from", metadata={"format": "date-time"})
    until = fields.String(data_key="to", attribute="to", metadata={"format": "date-time"})
    by = fields.List(fields.String(), metadata={"example": ["tenant", "model"]})
    rows = fields.List(fields.Nested(UsageRowOut))
