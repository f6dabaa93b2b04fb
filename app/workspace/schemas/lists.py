"""What goals and journal have in common on the wire: bodies, list queries, answers to a deletion."""

from collections.abc import Mapping
from datetime import date, datetime

from marshmallow import ValidationError, fields, post_load, pre_load

from app.db.pages import PageRequest
from app.web.schemas import CamelCase, GivenMoment, Schema, Text

PAST_CURSOR = "Id of the last row of the page before"

DIGITS = set("0123456789")

Envelope = dict[str, object]  # what says that something was done


class BodyIn(Schema):
    """A JSON object. ``null`` means absent, except in fields that allow it; ``aliases`` are other names of a field."""

    aliases: Mapping[str, str] = {}
    null_is_absent = True

    @pre_load
    def tidy(self, data: object, **_: object) -> object:
        if not isinstance(data, dict):
            return data
        known = {name: value for name, value in data.items() if value is not None or self._allows_null(name)}
        for alias, name in self.aliases.items():
            if known.get(alias) is not None:
                known.setdefault(name, known[alias])
        return known

    def _allows_null(self, name: str) -> bool:
        return name in self.fields and self.fields[name].allow_none


class SingleIn(Schema):
    """A body of one field, which loads as that field's value."""

    @post_load
    def alone(self, data: Mapping[str, object], **_: object) -> object:
        return next(iter(data.values()))


class Trimmed(Text):
    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> str:
        return super()._deserialize(value, attr, data, **kwargs).strip()


class Limit(fields.Integer):
    """How many rows: 1 to ``most``. A word counts as the default."""

    default_error_messages = {"range": "must be from 1 to {most}"}

    def __init__(self, default: int, most: int = 100) -> None:
        self.default, self.most = default, most
        number = {"type": "integer", "minimum": 1, "maximum": most}
        word = {"type": "string", "pattern": "^[^0-9]*$"}
        super().__init__(load_default=default, metadata={"type": ["integer", "string"], "anyOf": [number, word]})

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> int:
        try:
            number: int = super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            if DIGITS & set(str(value)):
                raise
            return self.default
        if not 1 <= number <= self.most:
            raise self.make_error("range", most=self.most)
        return number


class DayOrMoment(GivenMoment):
    """A bare date stays a date: the whole of that day on the person's calendar.

    A time without a zone stays without one: it is what the person's clocks showed.
    """

    def _deserialize(  # type: ignore[override]
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> date:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if len(str(value)) <= len("2026-11-30"):
            return moment.date()
        return moment if datetime.fromisoformat(str(value)).tzinfo else moment.replace(tzinfo=None)


class LimitQuery(Schema):
    into = PageRequest
    limit = Limit(100)


class PageQuery(LimitQuery):
    cursor = Text(0, 64, load_default=None, metadata={"description": PAST_CURSOR})


class PageOut(CamelCase):
    hasMore = fields.Boolean(metadata={"example": False})
    nextCursor = fields.String(allow_none=True, metadata={"description": "`cursor` of the next page; null at the end"})


class RemovedOut(Schema):
    success = fields.Boolean(metadata={"example": True})
    message = fields.String(metadata={"example": "Goal deleted successfully"})
    id = fields.String(metadata={"example": "goal_abc123"})
