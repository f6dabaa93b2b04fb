"""Bodies of milestones and progress notes, in and out."""

from marshmallow import fields

from app.web.schemas import Moment, Schema, Text
from app.workspace.schemas.lists import BodyIn, PageOut, SingleIn, Trimmed


class MilestoneIn(BodyIn):
    title = Trimmed(1, 200, required=True, metadata={"example": "Run 3K without a break"})
    due_date = Moment(allow_none=True, load_default=None)


class MilestoneChangeIn(BodyIn):
    """Only what is named is changed; ``due_date: null`` takes the date away."""

    title = Trimmed(1, 200, metadata={"example": "Run 3K without a break"})
    due_date = Moment(allow_none=True)


class MilestoneOut(Schema):
    id = fields.String(metadata={"example": "milestone_abc123"})
    goal_id = fields.String(metadata={"example": "goal_abc123"})
    title = fields.String(metadata={"example": "Run 3K without a break"})
    due_date = Moment(allow_none=True)
    completed = fields.Boolean()
    completed_at = Moment(allow_none=True)
    order = fields.Integer(metadata={"example": 1})
    created_at = Moment()


class MilestonesOut(Schema):
    milestones = fields.List(fields.Nested(MilestoneOut))
    total = fields.Integer(metadata={"example": 5})
    completed = fields.Integer(metadata={"example": 2})


class ProgressIn(SingleIn, BodyIn):
    content = Text(1, 2000, required=True, metadata={"example": "Ran 2.5K today without stopping"})


class ProgressOut(Schema):
    id = fields.String(metadata={"example": "progress_abc123"})
    goal_id = fields.String(metadata={"example": "goal_abc123"})
    content = fields.String(metadata={"example": "Ran 2.5K today without stopping"})
    created_at = Moment()


class ProgressUpdatesOut(PageOut):
    progress_updates = fields.List(fields.Nested(ProgressOut), attribute="items")
    total = fields.Integer(metadata={"example": 4})
