"""The edge's own kinds of field. Unknown properties are ignored, text is bounded and free of NUL."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, Self

import marshmallow as ma
from marshmallow import ValidationError, fields, validate

from app.core.clock import iso


class Schema(ma.Schema):
    """Every schema: what it does not know it ignores. ``into`` is a dataclass that it loads into, else a dict."""

    into: type | None = None

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
        bounds = {"maxLength": most} | ({"minLength": least} if least else {})
        super().__init__(**_described(kwargs, bounds))

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).replace("\x00", "")
        if len(text.strip()) < self.least:
            raise ValidationError(f"must be longer than or equal to {self.least} characters")
        if len(text) > self.most:
            raise ValidationError(f"must be shorter than or equal to {self.most} characters")
        if not text.isascii():
            _refuse_lone_surrogates(text)
        return text


class Moment(fields.Field[datetime]):
    """A time: ISO 8601 in UTC with ``Z`` on the way out; a date or date and time (UTC unless it says) on the way in."""

    default_error_messages = {"invalid": "must be an ISO 8601 date or date-time", "required": "is required"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_described(kwargs, {"type": "string", "format": "date-time"}))

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


class Flag(fields.Boolean):
    default_error_messages = {"invalid": "must be true or false", "null": "must be true or false"}


class Choice(Text):
    def __init__(self, words: type | tuple[str, ...], **kwargs: Any) -> None:
        self.words = tuple(str(word) for word in words)  # type: ignore[union-attr]
        super().__init__(1, 100, **_described(kwargs, {"enum": list(self.words)}))

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in self.words:
            raise ValidationError(f"must be one of: {', '.join(self.words)}")
        return text


def listed(item: fields.Field[Any], most: int, **kwargs: Any) -> fields.List[Any]:
    """A list of at most ``most`` items."""
    return fields.List(item, validate=validate.Length(max=most), **kwargs)


def start_of_day(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time(), tzinfo=UTC)


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
