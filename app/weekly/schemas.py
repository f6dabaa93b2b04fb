"""Bodies of weekly insights, with the contract's field names."""

from marshmallow import fields, validate

from app.db.pages import PageRequest
from app.provenance.schemas import KeptOut, receipts
from app.web.schemas import Around, Flag, Moment, Schema, Text, UsageInfo

A_YEAR = 52  # weeks
START, END = {"example": "2025-11-29T00:00:00.000Z"}, {"example": "2025-12-05T23:59:59.999Z"}


class CoachIn(Schema):
    personalityId = Text(1, 64, allow_none=True, load_default=None, metadata={"example": "personality_direct"})


class GenerateIn(CoachIn):
    forceRegenerate = Flag(
        load_default=False, allow_none=True, metadata={"description": "Write it anew even if there is one"}
    )


class HistoryQuery(Schema):
    into = PageRequest
    limit = fields.Integer(load_default=A_YEAR, validate=validate.Range(1, A_YEAR, error=f"must be from 1 to {A_YEAR}"))
    cursor = Text(1, 64, load_default=None, metadata={"description": "Id of the last insight of the page before"})


class WeeklyInsightOut(Around, KeptOut):
    id = fields.String(metadata={"example": "insight_abc123"})
    user_id = fields.String(metadata={"example": "user_xyz789"})
    week_start = Moment(metadata=START)
    week_end = Moment(metadata=END)
    content = fields.String(
        attribute="shown", metadata={"example": "## Your Week in Review\n\nThis week showed consistent journaling…"}
    )
    receipts = receipts(attribute="shown_receipts")
    entry_count = fields.Integer(metadata={"example": 5, "description": "Entries of the week when it was written"})
    entries_analyzed = fields.Integer(metadata={"example": 5, "description": "Those of them that the coach read"})
    created_at = Moment()
    updated_at = Moment()


class CurrentOut(Schema):
    insight = fields.Nested(WeeklyInsightOut, allow_none=True)
    weekStart = Moment(attribute="week.start", metadata=START)
    weekEnd = Moment(attribute="week.end", metadata=END)


class GeneratedOut(CurrentOut):
    isExisting = fields.Boolean()
    entryCount = fields.Integer(metadata={"example": 5})
    message = fields.String(metadata={"example": "No journal entries found for the current week"})
    usageInfo = fields.Nested(UsageInfo)


class WeeklyDeletedOut(Schema):
    success = fields.Boolean()
    message = fields.String(metadata={"example": "Weekly insight deleted successfully"})
