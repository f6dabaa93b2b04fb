"""What care tells beside answers and refusals."""

from dataclasses import replace
from typing import Any

from marshmallow import ValidationError, fields, post_dump

from app.care import countries
from app.care.guards import found
from app.core.json import JSONObject
from app.web.schemas import Schema, Text

CODE = r"^([A-Za-z]{2})?\Z"
LANGUAGE = r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?\Z"


class Country(Text):
    """A country of ISO 3166-1, or nothing; loads in capitals."""

    def __init__(self, **kwargs: Any) -> None:
        facts = {"pattern": CODE, "example": "DE"} | kwargs.pop("metadata", {})
        super().__init__(0, 2, metadata=facts, **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: object) -> str:
        code = super()._deserialize(value, attr, data, **kwargs).upper()
        if code and not countries.exists(code):
            raise ValidationError("must be a country of ISO 3166-1, like DE")
        return code


class SafetyOut(Schema):
    """What was found in the person's words. ``category`` is null at the level ``none``."""

    level = fields.String(metadata={"enum": ["none", "concern", "crisis"]})
    category = fields.String(allow_none=True, metadata={"example": "suicide"})
    follow_up = fields.Boolean(metadata={"description": "True while somebody is asked how they are after a crisis"})
    cut = fields.String(metadata={
        "enum": ["instructions", "encouragement", "diagnosis", "human", "prompt"],
        "description": "What the model began to say when its answer was cut",
    })  # fmt: skip


class ResourceOut(Schema):
    """Somebody who helps. ``country`` is null for all that have none of their own."""

    name = fields.String(metadata={"example": "Samaritans"})
    phone = fields.String(metadata={"example": "116 123"})
    sms = fields.String()
    url = fields.String(metadata={"example": "https://www.samaritans.org"})
    country = fields.String(allow_none=True, metadata={"example": "GB"})
    languages = fields.List(fields.String())
    hours = fields.String(allow_none=True, metadata={"example": "24/7"})


class HeardOut(Schema):
    """Mixin of the answers to what a person writes down: ``safety`` and ``resources``, where there is danger.

    What is dumped may have a ``found`` of its own, which counts instead of what is in the request.
    """

    always = False  # ``safety``, though nothing was found

    safety = fields.Nested(SafetyOut, metadata={"description": "What care found in what was written"})
    resources = fields.List(fields.Nested(ResourceOut), metadata={"description": "Who helps; only where it found some"})

    @post_dump(pass_original=True)
    def tell(self, data: JSONObject, original: object, **_: object) -> JSONObject:
        safety = replace(getattr(original, "found", None) or found(), follow_up=False)  # nobody is asked anything here
        return {**data, **({"safety": safety.wire()} if self.always else {}), **safety.fields()}
