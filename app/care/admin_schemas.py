"""Bodies of helplines, disclosure, trials and the report, and of what operators and tenants set."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.care import languages
from app.care.administration import Line
from app.care.levels import Category, Level
from app.care.resources import KINDS
from app.care.schemas import LANGUAGE, Country, ResourceOut, SafetyOut
from app.web.schemas import Choice, Flag, Schema, Text, listed, tenant_field

NUMBER = r"^([+*]?[0-9]+([ -][0-9]+)*#?|\([0-9]+\) [0-9-]+)?\Z"
ADDRESS = r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s<>\"'`{}|\\^]*)?)?\Z"
ON_CALL = {"example": "user_abc123", "description": "The user id of the coach who looks after a crisis"}
MOST = 100  # languages of one line


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose helplines are asked for. Empty is what was not said."""

    country: str
    language: str
    category: str | None


@dataclass(frozen=True, slots=True)
class Trial:
    text: str
    before: list[str]
    country: str


@dataclass(frozen=True, slots=True)
class ReportAsked:
    first: date | None
    last: date | None
    format: str


class Day(fields.Date):
    default_error_messages = {"invalid": "must be a day, like 2026-01-31"}


def _pattern(pattern: str, error: str) -> validate.Regexp:
    return validate.Regexp(pattern, error=error)


def _is_language(code: str) -> None:
    if code not in languages.KNOWN:
        raise ValidationError("must be a language of ISO 639-1, like de")


class LineIn(Schema):
    """A line of help. One that is ``hidden`` needs ``name`` and ``country`` only: it is shown to nobody."""

    into: type | None = Line
    name = Text(1, 100, required=True, metadata={"example": "Telefonseelsorge"})
    country = Country(load_default="", metadata={"description": "Empty: for all countries"})
    hidden = Flag(load_default=False)
    kind = Choice(KINDS, load_default="line")
    url = Text(0, 500, load_default="", validate=_pattern(ADDRESS, "must be an address, like https://lines.example"))
    phone = Text(0, 40, load_default="", validate=_pattern(NUMBER, "must be a number that can be dialled"))
    sms = Text(0, 40, load_default="", validate=_pattern(NUMBER, "must be a number that can be dialled"))
    hours = Text(0, 60, load_default="", metadata={"example": "24/7"})
    languages = listed(Text(2, 2, validate=_is_language), MOST, load_default=list, metadata={"example": ["de"]})
    categories = listed(Choice(Category), len(Category), load_default=list, metadata={"example": ["suicide"]})

    @validates_schema
    def is_whole(self, data: dict[str, Any], **_: object) -> None:
        needed = () if data["hidden"] else ("url", "languages", "categories")
        missing = {name: ["is required"] for name in needed if not data[name]}
        if not data["hidden"] and data["kind"] != "directory" and not data["phone"] and not data["sms"]:
            missing["phone"] = ["is required, or sms"]
        if missing:
            raise ValidationError(missing)


class LineOut(Schema):
    """``id`` is null for what is built in and as it was."""

    id = fields.String(allow_none=True, metadata={"example": "help_0199"})
    origin = fields.String(metadata={"enum": ["built_in", "operator"]})
    hidden = fields.Boolean()
    name = fields.String(metadata={"example": "Telefonseelsorge"})
    country = fields.String(allow_none=True, metadata={"example": "DE"})
    kind = fields.String(metadata={"enum": list(KINDS)})
    url = fields.String()
    phone = fields.String(allow_none=True)
    sms = fields.String(allow_none=True)
    hours = fields.String(allow_none=True)
    languages = fields.List(fields.String())
    categories = fields.List(fields.String())


class LinesQuery(Schema):
    country = Country(load_default=None, metadata={"description": "Only its lines; empty: those of all countries"})


class LinesOut(Schema):
    resources = fields.List(fields.Nested(LineOut))
    total = fields.Integer(metadata={"example": 435})


class WebhookIn(Schema):
    webhook_url = Text(
        1, 2083, required=True, allow_none=True,
        metadata={"example": "https://app.example/hooks", "description": "Null: the service's own address"},
    )  # fmt: skip
    on_call = Text(1, 128, allow_none=True, metadata=ON_CALL)
    tenant = tenant_field()


class WebhookOut(Schema):
    tenant = fields.String(metadata={"example": "acme"})
    webhook_url = fields.String(allow_none=True, metadata={"example": "https://app.example/hooks"})
    on_call = fields.String(allow_none=True, metadata=ON_CALL)


def _language() -> Text:
    return Text(0, 35, load_default="", validate=_pattern(LANGUAGE, "must be a language tag, like en or de-AT"))


class HelpQuery(Schema):
    """What is not said is taken from the Accept-Language."""

    into: type | None = Asked
    country = Country(load_default="")
    language = _language()
    category = Choice(Category, load_default=None)


class HelpOut(Schema):
    country = fields.String(allow_none=True, metadata={"description": "Null: not known", "example": "DE"})
    language = fields.String(metadata={"example": "de"})
    resources = fields.List(fields.Nested(ResourceOut))


class LanguageQuery(Schema):
    language = _language()


class TextsQuery(LanguageQuery):
    country = Country(load_default="")


class DisclosureOut(Schema):
    language = fields.String(metadata={"example": "en"})
    disclosure = fields.String(metadata={"example": "You are talking to a computer program (AI), not to a person."})


class TextOut(Schema):
    level = fields.String(metadata={"enum": ["concern", "crisis"]})
    category = fields.String(metadata={"enum": list(Category)})
    text = fields.String()


class TextsOut(Schema):
    """With the numbers of the country filled in."""

    language = fields.String(metadata={"example": "en"})
    languages = fields.List(fields.String(), metadata={"description": "All that there are texts in"})
    country = fields.String(allow_none=True)
    texts = fields.List(fields.Nested(TextOut))
    follow_up = fields.String()
    disclosure = fields.String()
    cut = fields.String()


class TrialIn(Schema):
    into: type | None = Trial
    text = Text(1, 100_000, required=True, metadata={"example": "This job is killing me"})
    before = listed(
        Text(1, 100_000), 3, load_default=list, metadata={"description": "What was said before, oldest first"}
    )
    country = Country(load_default="")


class TrialOut(Schema):
    """``source`` is what spoke, ``text`` what the person would be shown."""

    safety = fields.Nested(SafetyOut)
    source = fields.String(metadata={"example": "rule:en.plan"})
    score = fields.Float(allow_none=True)
    unsure = fields.Boolean(metadata={"description": "In a turn a model is asked, where there is one"})
    language = fields.String()
    text = fields.String()
    resources = fields.List(fields.Nested(ResourceOut))


class ReportQuery(Schema):
    into: type | None = ReportAsked
    first = Day(
        load_default=None,
        data_key="from",
        metadata={"description": "Default: 1 January of the year of `to`"},
    )
    last = Day(load_default=None, data_key="to", metadata={"description": "Still in it. Default: today"})
    format = Choice(("json", "csv"), load_default="json")


class ReportRowOut(Schema):
    month = fields.String(metadata={"example": "2026-11"})
    level = fields.String(metadata={"enum": list(Level), "description": "`none`: what a model said was cut"})
    category = fields.String(allow_none=True, metadata={"enum": list(Category)})
    language = fields.String(metadata={"example": "en"})
    path = fields.String(metadata={"example": "chat"})
    count = fields.Integer(metadata={"example": 3})


class ReportOut(Schema):
    first = fields.String(data_key="from", attribute="from", metadata={"format": "date"})
    last = fields.String(data_key="to", attribute="to", metadata={"format": "date"})
    total = fields.Integer(metadata={"example": 12})
    rows = fields.List(fields.Nested(ReportRowOut))
