"""Bodies of insights, prompts and suggestions, with the contract's field names."""

from marshmallow import fields

from app.insights.openers import Category as PromptCategory
from app.insights.suggestions import Category as GoalCategory
from app.provenance.schemas import KeptOut, receipts
from app.web.schemas import Schema, UsageInfo


class BasedOn(Schema):
    goals_analyzed = fields.Integer(metadata={"example": 5})
    journal_entries_analyzed = fields.Integer(metadata={"example": 12, "description": "Entries that the coach read"})
    journal_entries_total = fields.Integer(metadata={"example": 12, "description": "Entries that there are"})
    time_period = fields.String(metadata={"example": "last_30_days"})


class InsightsOut(KeptOut):
    insights = fields.String(metadata={"example": "Based on your recent activity, you're making great progress…"})
    receipts = receipts()
    generated_at = fields.String(metadata={"format": "date-time"})
    based_on = fields.Nested(BasedOn)
    usageInfo = fields.Nested(UsageInfo)


class ProgressSummary(Schema):
    milestones_completed = fields.Integer(metadata={"example": 3})
    milestones_total = fields.Integer(metadata={"example": 5})
    days_until_target = fields.Integer(
        allow_none=True, metadata={"example": 37, "description": "Negative when overdue, null without a date"}
    )
    recent_activity = fields.String(metadata={"example": "Last progress update 2 days ago"})


class GoalInsightsOut(KeptOut):
    goal_id = fields.String(metadata={"example": "goal_abc123"})
    goal_title = fields.String(metadata={"example": "Run a 5K"})
    insights = fields.String(metadata={"example": "You're making excellent progress!"})
    recommendations = fields.List(fields.String(), metadata={"example": ["Schedule training runs 3 times per week"]})
    receipts = receipts()
    progress_summary = fields.Nested(ProgressSummary)
    usageInfo = fields.Nested(UsageInfo)


class PromptOut(Schema):
    id = fields.String(metadata={"example": "prompt_1"})
    text = fields.String(metadata={"example": "How can I stay motivated to complete my goals?"})
    category = fields.String(metadata={"enum": [*PromptCategory]})


class PromptsOut(Schema):
    prompts = fields.List(fields.Nested(PromptOut))
    total = fields.Integer(metadata={"example": 3})


class SuggestedGoalOut(Schema):
    title = fields.String(metadata={"example": "Establish Morning Routine"})
    description = fields.String()
    category = fields.String(metadata={"enum": [*GoalCategory]})
    reasoning = fields.String(metadata={"example": "Mentioned in 5 recent journal entries"})
    milestones = fields.List(fields.String())
    journal_entry_ids = fields.List(fields.String(), metadata={"description": "The entries that speak for it"})


class PatternOut(Schema):
    pattern = fields.String(metadata={"example": "Running helps after hard days"})
    journal_entry_ids = fields.List(fields.String())


class SuggestionsBasedOn(Schema):
    journal_entries_analyzed = fields.Integer(metadata={"example": 20})
    journal_entries_total = fields.Integer(metadata={"example": 20})
    goals_analyzed = fields.Integer(metadata={"example": 5})
    patterns_identified = fields.Integer(metadata={"example": 3})
    patterns = fields.List(fields.Nested(PatternOut))


class SuggestionsOut(KeptOut):
    suggested_goals = fields.List(fields.Nested(SuggestedGoalOut))
    suggestions = fields.List(fields.Nested(SuggestedGoalOut), metadata={"description": "The same, under another name"})
    receipts = receipts()
    total = fields.Integer(metadata={"example": 2})
    based_on = fields.Nested(SuggestionsBasedOn)
    usageInfo = fields.Nested(UsageInfo)
    message = fields.String(metadata={"description": "Only where there is nothing to suggest from"})
