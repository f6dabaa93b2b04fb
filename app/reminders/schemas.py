"""Bodies of reminders, in and out."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validate

from app.accounts.schemas import is_zone
from app.care.schemas import HeardOut
from app.reminders.models import Channel, Kind
from app.reminders.service import MORNING
from app.web.schemas import Around, Choice, GivenMoment, Moment, Number, Schema, Text, Whole
from app.workspace.schemas.lists import BodyIn, PageOut, Trimmed

TEXT = {"example": "Go for a run"}
RULE = {"example": "FREQ=WEEKLY;BYDAY=MO,TH", "description": "An RRULE of RFC 5545; `at` is its DTSTART"}
AT = {
    "example": "2030-01-07T18:00:00",
    "description": "On the clocks of `timezone` unless it says; a date alone is nine in the morning",
}
ZONE = {"example": "Europe/Vienna", "description": "Default: mine"}
CHANNELS = {"example": ["feed"], "description": "The feed if none is named"}
HOOK = {"example": "https://app.example/hooks", "description": "Where the channel `webhook` posts to"}
PAUSE = {"description": "Until then nothing is told: what comes again is left out, what comes once waits"}
QUIET = {"description": "What falls into these hours is told at their end; null: none of its own"}


class LocalMoment(GivenMoment):
    """A time without a zone stays one."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if _is_date(str(value)):
            return datetime.combine(moment.date(), MORNING)
        given = datetime.fromisoformat(str(value))
        return given.astimezone(UTC) if given.tzinfo else given


class ClockTime(fields.Field[time]):
    """A time of day, ``HH:MM``."""

    default_error_messages = {"invalid": "must be a time of day, like 22:00", "required": "is required"}

    def __init__(self, **kwargs: Any) -> None:
        facts = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "example": "22:00"}
        super().__init__(**kwargs, metadata=facts)

    def _serialize(self, value: time | None, attr: str | None, obj: object, **kwargs: object) -> str | None:
        return None if value is None else f"{value:%H:%M}"

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> time:
        try:
            return datetime.strptime(str(value), "%H:%M").time()
        except ValueError:
            raise self.make_error("invalid") from None


class QuietHours(Schema):
    """From one time of day to another, past midnight if need be."""

    begin = ClockTime(data_key="from", required=True)
    end = ClockTime(data_key="to", required=True)

    @post_load
    def refuse_none(self, data: dict[str, time], **_: object) -> dict[str, time]:
        if data["begin"] == data["end"]:
            raise ValidationError("from and to must differ")
        return data


class ReminderChangeIn(BodyIn):
    """Only what is named is changed."""

    kind = Choice(Kind, metadata={"description": "`check_in` asks how something goes"})
    text = Trimmed(1, 500, metadata=TEXT)
    goal_id = Text(1, 64, allow_none=True, metadata={"example": "goal_abc123"})
    at = LocalMoment(metadata=AT)
    rrule = Text(1, 500, allow_none=True, metadata=RULE)
    timezone = Text(1, 64, validate=is_zone, metadata=ZONE)
    channels = fields.List(
        Choice(Channel),
        validate=validate.Length(1, len(Channel)),
        metadata=CHANNELS,
    )
    webhook_url = Text(1, 2083, allow_none=True, metadata=HOOK)
    quiet_hours = fields.Nested(QuietHours, allow_none=True, metadata=QUIET)
    paused_until = GivenMoment(allow_none=True, metadata=PAUSE)

    @post_load
    def each_once(self, data: dict[str, object], **_: object) -> dict[str, object]:
        if "channels" in data:
            data["channels"] = list(dict.fromkeys(data["channels"]))  # type: ignore[call-overload]
        return data


class ReminderIn(ReminderChangeIn):
    text = Trimmed(1, 500, required=True, metadata=TEXT)


class ReminderOut(Schema):
    id = fields.String(metadata={"example": "reminder_abc123"})
    kind = fields.String(metadata={"enum": [str(kind) for kind in Kind], "example": "reminder"})
    text = fields.String(metadata=TEXT)
    goal_id = fields.String(allow_none=True)
    at = Moment()
    rrule = fields.String(allow_none=True, metadata=RULE)
    timezone = fields.String(metadata=ZONE)
    channels = fields.List(fields.String(), metadata=CHANNELS)
    quiet_hours = fields.Nested(QuietHours, allow_none=True)
    paused_until = Moment(allow_none=True)
    next_at = Moment(allow_none=True, metadata={"description": "Null when nothing comes any more"})
    last_at = Moment(allow_none=True)
    created_at = Moment()
    updated_at = Moment()


class ReminderWrittenOut(HeardOut, ReminderOut): ...


class RemindersOut(PageOut):
    reminders = fields.List(fields.Nested(ReminderOut), attribute="items")
    total = fields.Integer(metadata={"example": 3})


class RunOut(Schema):
    id = fields.String(metadata={"example": "run_abc123"})
    reminder_id = fields.String(metadata={"example": "reminder_abc123"})
    occurs_at = Moment(metadata={"description": "When it was due"})
    sent_at = Moment(metadata={"description": "When it was told"})
    session_id = fields.String(metadata={"example": "session_abc123", "description": "The conversation that it opened"})
    answered_at = Moment(allow_none=True)
    value = fields.String(allow_none=True, metadata={"example": "yes"})
    text = fields.String(allow_none=True)


class RunsOut(PageOut):
    runs = fields.List(fields.Nested(RunOut), attribute="items")


class AnswerIn(BodyIn):
    """A tap (`value`: a word, a number, true or false), or a sentence."""

    value = fields.Raw(metadata={"type": ["string", "number", "boolean"], "example": "yes", "maxLength": 200})
    text = Trimmed(1, 2000, metadata={"example": "Half of it, my knee hurt"})

    @pre_load
    def read_value(self, data: object, **_: object) -> object:
        if not isinstance(data, dict):
            return data
        value = data.get("value")
        if value is None:
            return data
        if not isinstance(value, str | int | float) or len(str(value)) > 200:
            raise ValidationError("must be a word, a number, true or false", "value")
        return data | {"value": Text()._deserialize(_word(value), None, None)}

    @post_load
    def refuse_nothing(self, data: dict[str, object], **_: object) -> dict[str, object]:
        if not data:
            raise ValidationError("value or text is required")
        return data


class AnsweredOut(HeardOut, Around, RunOut):
    progress_id = fields.String(allow_none=True, metadata={"description": "The note with the goal"})


class ReminderSettingsIn(Schema):
    """Only what is named is changed."""

    per_day = Whole(
        validate=validate.Range(1, 100, error="must be from 1 to 100"),
        metadata={"minimum": 1, "maximum": 100, "description": "At most so many a day; the rest comes the next day"},
    )
    cool_down_hours = Number(
        validate=validate.Range(0, 720, error="must be from 0 to 720"),
        metadata={"minimum": 0, "maximum": 720, "description": "So long one that was not answered is not told again"},
    )
    quiet_hours = fields.Nested(QuietHours, allow_none=True, metadata=QUIET)
    paused_until = GivenMoment(allow_none=True, metadata=PAUSE)


class ReminderSettingsOut(Schema):
    per_day = fields.Integer(metadata={"example": 20})
    cool_down_hours = fields.Float(metadata={"example": 0})
    quiet_hours = fields.Nested(QuietHours, allow_none=True)
    paused_until = Moment(allow_none=True)


def _word(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
