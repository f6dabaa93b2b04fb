"""Journal bodies, in and out."""

from datetime import date, datetime, timedelta

from marshmallow import ValidationError, fields, post_load

from app.care.schemas import HeardOut
from app.core.clock import now
from app.web.schemas import Around, Moment, Schema, Text, listed
from app.workspace.journal import EntryFields, EntryQuery
from app.workspace.journal_search import EntrySearch
from app.workspace.links import MOST_GOALS
from app.workspace.schemas.lists import BodyIn, DayOrMoment, Limit, LimitQuery, PageOut, PageQuery, Trimmed

LONGEST_CONTENT = 50_000
AHEAD = timedelta(days=1)  # somewhere it is tomorrow already


def not_ahead(moment: date) -> None:
    limit = now() + AHEAD
    if moment > (limit.replace(tzinfo=moment.tzinfo) if isinstance(moment, datetime) else limit.date()):
        raise ValidationError("must not be more than a day in the future")


class EntryChangeIn(BodyIn):
    """Only what is named is changed."""

    aliases = {"date": "entry_date", "created_at": "entry_date", "linked_goal_ids": "goal_ids"}

    title = Trimmed(1, 200, metadata={"example": "Morning run"})
    content = Text(1, LONGEST_CONTENT, metadata={"example": "Four kilometres before work, slower than I hoped."})
    mood = Trimmed(0, 50, allow_none=True, metadata={"example": "grateful"})
    tags = listed(Trimmed(1, 50), 20, metadata={"example": ["health", "running"]})
    entry_date = DayOrMoment(
        validate=not_ahead,
        metadata={
            "description": "When it was; a bare date is that day in every time zone, a time without a zone is what the"
            " person's clocks showed. `date` and `created_at` are other names of it. Default: now"
        },
    )
    goal_ids = listed(
        Text(1, 64), MOST_GOALS,
        metadata={"description": "The goals that it is about, all of them; `linked_goal_ids` is another name of it"},
    )  # fmt: skip

    @post_load
    def once_each(self, data: EntryFields, **_: object) -> EntryFields:
        if "tags" in data:
            data["tags"] = list(dict.fromkeys(data["tags"]))
        if "goal_ids" in data:
            data["goal_ids"] = list(dict.fromkeys(data["goal_ids"]))
        if "mood" in data:
            data["mood"] = data["mood"] or None
        return data


class EntryIn(EntryChangeIn):
    title = Trimmed(1, 200, required=True, metadata={"example": "Morning run"})
    content = Text(1, LONGEST_CONTENT, required=True, metadata={"example": "Four kilometres before work, in the rain."})


class GoalTitleOut(Schema):
    id = fields.String(metadata={"example": "goal_abc123"})
    title = fields.String(metadata={"example": "Run a 5K"})


class EntryOut(Schema):
    id = fields.String(metadata={"example": "journal_abc123"})
    user_id = fields.String(metadata={"example": "user_xyz789"})
    title = fields.String(metadata={"example": "Morning run"})
    content = fields.String(metadata={"example": "Four kilometres before work, slower than I hoped."})
    mood = fields.String(allow_none=True, metadata={"example": "grateful"})
    tags = fields.List(fields.String(), metadata={"example": ["health", "running"]})
    entry_date = Moment()
    all_day = fields.Boolean(metadata={"description": "Only the day of `entry_date` counts, in UTC"})
    timezone = fields.String(
        allow_none=True,
        metadata={"example": "Asia/Kathmandu", "description": "The zone of its own that an imported entry has"},
    )
    place = fields.String(allow_none=True, metadata={"example": "Patan Durbar Square, Lalitpur, Nepal"})
    source = fields.String(
        allow_none=True, metadata={"example": "dayone", "description": "The format that it was imported from"}
    )
    created_at = Moment()
    updated_at = Moment()
    linked_goals = fields.List(fields.Nested(GoalTitleOut))
    linked_goal_ids = fields.List(fields.String(), metadata={"example": ["goal_abc123"]})


class WrittenOut(HeardOut, Around, EntryOut):
    """What was written; ``safety`` is of the whole entry."""

    always = True


class EntriesQuery(PageQuery):
    into = EntryQuery
    limit = Limit(10)
    since = DayOrMoment(data_key="from", load_default=None)
    until = DayOrMoment(data_key="to", load_default=None)
    mood = Text(0, 50, load_default=None)
    tag = Text(0, 50, load_default=None)


class RecentQuery(LimitQuery):
    into = EntryQuery
    limit = Limit(10)


class GroupedQuery(PageQuery):
    into = EntryQuery
    limit = Limit(50)


class EntrySearchQuery(Schema):
    into = EntrySearch
    q = Trimmed(1, 200, required=True, metadata={"description": "Words, or a part of one", "example": "running"})
    limit = Limit(20)


class EntriesOut(PageOut):
    entries = fields.List(fields.Nested(EntryOut), attribute="items")
    total = fields.Integer(metadata={"example": 12})


class RecentEntriesOut(Schema):
    entries = fields.List(fields.Nested(EntryOut), attribute="items")
    total = fields.Integer(metadata={"example": 12})


class FoundEntryOut(Around, EntryOut):
    relevance_score = fields.Float(metadata={"example": 0.9, "description": "From 0 to 1"})


class FoundEntriesOut(Schema):
    entries = fields.List(fields.Nested(FoundEntryOut))
    query = fields.String(metadata={"example": "running"})
    total = fields.Integer(metadata={"example": 3})


class GroupedEntriesOut(PageOut):
    """The entries stand under both spellings, keyed by the day on the person's calendar."""

    grouped_entries = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(EntryOut)))
    groupedEntries = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(EntryOut)))
    total_days = fields.Integer(metadata={"example": 5})
    total_entries = fields.Integer(metadata={"example": 12})


class MoodsQuery(Schema):
    weeks = Limit(4, most=52)


class MoodCount(Schema):
    entry_count = fields.Integer(metadata={"example": 5})
    moods = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"example": {"proud": 2, "tired": 1}})
    average = fields.Float(
        allow_none=True, metadata={"example": 3.7, "description": "From 1 to 5; null without a mood on that scale"}
    )


class MoodDay(MoodCount):
    date = fields.String(metadata={"example": "2026-11-21"})


class MoodWeek(MoodCount):
    week_start = fields.String(metadata={"format": "date-time"})
    week_end = fields.String(metadata={"format": "date-time"})
    days = fields.List(fields.Nested(MoodDay))


class MoodsOut(MoodCount):
    timezone = fields.String(metadata={"example": "UTC"})
    weeks = fields.List(fields.Nested(MoodWeek))
