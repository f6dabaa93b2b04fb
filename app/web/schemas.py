"""The edge's own kinds of field. Unknown properties are ignored, text is bounded and free of NUL.

What a field refuses its document says: patterns are those of ECMAScript.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, Self

import marshmallow as ma
from marshmallow import ValidationError, fields, validate

from app.core.clock import iso

SEEN = r"[^\s\x00\x1c-\x1f\x85]"  # a character that is no space to Python, nor NUL


class Schema(ma.Schema):
    """Every schema: what it does not know it ignores. ``into`` is a dataclass that it loads into, else a dict.

    ``null_is_absent`` tells the document that ``null`` may stand for any field that need not be there.
    """

    into: type | None = None
    null_is_absent = False

    class Meta:
        unknown = ma.EXCLUDE

    @ma.post_load
    def _make(self, data: dict[str, object], **_: object) -> object:
        return self.into(**data) if self.into else data

    def __deepcopy__(self, _memo: object) -> Self:
        """A schema never changes. flask-smorest copies it for each line of documentation, at half a start's cost."""
        return self


class CamelCase(Schema):
    """Dumps ``nextCursor`` from the attribute ``next_cursor``."""

    def get_attribute(self, obj: object, attr: str, default: object) -> object:
        return super().get_attribute(obj, re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", attr), default)


class Around(Schema):
    """Dumps ``subject`` of an object with the fields that stand beside it."""

    def get_attribute(self, obj: Any, attr: str, default: object) -> object:
        return super().get_attribute(obj if hasattr(obj, attr) else obj.subject, attr, default)


class Text(fields.String):
    """Text of ``least`` to ``most`` characters, not counting space around it. NUL can't be stored and is dropped."""

    default_error_messages = {
        "invalid": "must be a string",
        "required": "is required",
        "null": "must be a string",
        "validator_failed": "is not valid",
    }

    def __init__(self, least: int = 0, most: int = 200, **kwargs: Any) -> None:
        self.least, self.most = least, most
        bounds: dict[str, object] = {"minLength": least} if least else {}
        if least and not isinstance(kwargs.get("validate"), validate.Regexp):
            bounds["pattern"] = _seen(least)
        super().__init__(**_described(kwargs, {"maxLength": most, **bounds}))

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> str:
        given: str = super()._deserialize(value, attr, data, **kwargs)
        text = given.replace("\x00", "")
        if len(text.strip()) < self.least:
            raise ValidationError(f"must be longer than or equal to {self.least} characters")
        if len(given) > self.most:
            raise ValidationError(f"must be shorter than or equal to {self.most} characters")
        if not text.isascii():
            _refuse_lone_surrogates(text)
        return text


DAY_OR_MOMENT = {"type": "string", "minLength": 10, "anyOf": [{"format": "date"}, {"format": "date-time"}]}


class Moment(fields.Field[datetime]):
    """A time: ISO 8601 in UTC with ``Z``."""

    default_error_messages = {"invalid": "must be an ISO 8601 date or date-time", "required": "is required"}
    facts: Mapping[str, object] = {"type": "string", "format": "date-time", "minLength": 10}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_described(kwargs, self.facts))

    def _serialize(self, value: datetime | None, attr: str | None, obj: object, **kwargs: object) -> str | None:
        return None if value is None else iso(value)

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> datetime:
        try:
            moment = datetime.fromisoformat(value if isinstance(value, str) else "")
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None


class GivenMoment(Moment):
    """On the way in: a date, or a date and time; in UTC unless it says."""

    facts = DAY_OR_MOMENT


class Flag(fields.Boolean):
    """A truth value of JSON: neither a number nor text."""

    default_error_messages = {"invalid": "must be true or false", "null": "must be true or false"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(truthy={True}, falsy={False}, **kwargs)

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Number(fields.Float):
    """A finite number of JSON, neither text nor a truth value; a whole one stays whole."""

    default_error_messages = {"invalid": "must be a number", "null": "must be a number"}

    def _validated(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        number = super()._validated(value)
        return int(value) if isinstance(value, int) and abs(value) < 2**53 else number


class Whole(fields.Integer):
    """A whole number of JSON, however it is written: 3 or 3.0."""

    default_error_messages = {"invalid": "must be an integer", "null": "must be an integer"}

    def _validated(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise self.make_error("invalid")
        return int(value)


class Choice(Text):
    def __init__(self, words: type | tuple[str, ...], **kwargs: Any) -> None:
        self.words = tuple(str(word) for word in words)  # type: ignore[union-attr]
        super().__init__(0, 100, **_described(kwargs, {"enum": list(self.words)}))

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in self.words:
            raise ValidationError(f"must be one of: {', '.join(self.words)}")
        return text


def listed(item: fields.Field[Any], most: int, **kwargs: Any) -> fields.List[Any]:
    """A list of at most ``most`` items."""
    return fields.List(item, validate=validate.Length(max=most), **kwargs)


def tenant_field() -> Text:
    return Text(1, 128, load_default=None, metadata={"description": "Operators: another tenant than their own"})


def start_of_day(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time(), tzinfo=UTC)


def _seen(least: int) -> str:
    """What text matches that has so many characters, space around it not counted."""
    return SEEN if least == 1 else f"{SEEN}[^\\x00]{{{least - 2},}}{SEEN}"


def _described(kwargs: dict[str, Any], facts: Mapping[str, object]) -> dict[str, Any]:
    """A field's arguments with what the OpenAPI document should say of it."""
    return kwargs | {"metadata": {**facts, **kwargs.get("metadata", {})}}


def _refuse_lone_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValidationError("must be valid Unicode text") from None


class UsageInfo(Schema):
    allowed = fields.Boolean()
    remaining = fields.Integer(metadata={"example": 19})
    limit = fields.Integer(metadata={"example": 20})
    resetsAt = fields.String(metadata={"format": "date-time"})
    warning = fields.String()


class TenantQuery(Schema):
    tenant = tenant_field()
