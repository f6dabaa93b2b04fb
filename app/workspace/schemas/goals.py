"""Bodies of goals, their milestones and progress notes, in and out."""

from collections.abc import Mapping
from datetime import datetime

from marshmallow import ValidationError, fields, pre_load, validate

from app.care.schemas import HeardOut
from app.core.clock import now
from app.web.schemas import Around, CamelCase, Choice, Flag, GivenMoment, Moment, Schema, Text, listed, start_of_day
from app.workspace.goal_lists import GoalQuery
from app.workspace.habits import HabitFrequency
from app.workspace.milestones import MOST
from app.workspace.models import GoalStatus
from app.workspace.schemas.journal import AHEAD, EntryOut, not_ahead
from app.workspace.schemas.lists import BodyIn, Limit, PageOut, PageQuery, SingleIn, Trimmed

MOST_AT_ONCE = 50
TITLE = {"example": "Run a 5K"}
DESCRIPTION = {"example": "Run five kilometres without stopping before the end of the year"}
CATEGORY = {
    "example": "health",
    "description": "Any word, which no list of categories need have; or a category's id, or the category as an object",
}
TARGET = {"example": "2030-12-31", "description": "Today or later"}


def not_past(moment: datetime) -> None:
    """Somewhere it is yesterday still; what today is on the person's calendar is known later."""
    if moment < start_of_day(now()) - AHEAD:
        raise ValidationError("must be today or later")


def use_status_route(_: object) -> None:
    raise ValidationError("can't be changed here: use PATCH /api/v1/goals/{id}/status")


class CategoryWord(Trimmed):
    """A category's word or id, or the object that has it."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> str:
        word = value.get("id", value.get("name")) if isinstance(value, dict) else value
        return super()._deserialize(word, attr, data, **kwargs)


class MilestoneIn(BodyIn):
    title = Trimmed(1, 200, required=True, metadata={"example": "Run 3K without a break"})
    due_date = GivenMoment(allow_none=True, load_default=None)


class MilestoneChangeIn(BodyIn):
    """Only what is named is changed; ``due_date: null`` takes the date away."""

    title = Trimmed(1, 200, metadata={"example": "Run 3K without a break"})
    due_date = GivenMoment(allow_none=True)


class MilestoneOut(Schema):
    id = fields.String(metadata={"example": "milestone_abc123"})
    goal_id = fields.String(metadata={"example": "goal_abc123"})
    title = fields.String(metadata={"example": "Run 3K without a break"})
    due_date = Moment(allow_none=True)
    completed = fields.Boolean()
    completed_at = Moment(allow_none=True)
    order = fields.Integer(metadata={"example": 1})
    created_at = Moment()


class MilestoneWrittenOut(HeardOut, MilestoneOut): ...


class MilestonesOut(Schema):
    milestones = fields.List(fields.Nested(MilestoneOut))
    total = fields.Integer(attribute="milestone_count", metadata={"example": 5})
    completed = fields.Integer(attribute="completed_milestones", metadata={"example": 2})


class ProgressIn(SingleIn, BodyIn):
    content = Text(1, 2000, required=True, metadata={"example": "Ran 2.5K today without stopping"})


class ProgressOut(Schema):
    id = fields.String(metadata={"example": "progress_abc123"})
    goal_id = fields.String(metadata={"example": "goal_abc123"})
    content = fields.String(metadata={"example": "Ran 2.5K today without stopping"})
    created_at = Moment()


class ProgressWrittenOut(HeardOut, ProgressOut): ...


class ProgressUpdatesOut(PageOut):
    progress_updates = fields.List(fields.Nested(ProgressOut), attribute="items")
    total = fields.Integer(metadata={"example": 4})


class GoalIn(BodyIn):
    title = Trimmed(3, 200, required=True, metadata=TITLE)
    description = Text(0, 2000, load_default="", metadata=DESCRIPTION)
    category = CategoryWord(1, 100, load_default="other", metadata=CATEGORY)
    target_date = GivenMoment(required=True, validate=not_past, metadata=TARGET)
    milestones = listed(fields.Nested(MilestoneIn), MOST, load_default=list)
    is_habit = Flag(load_default=False)
    habit_frequency = Choice(HabitFrequency, allow_none=True, load_default=None)


class GoalChangeIn(BodyIn):
    """Only what is named is changed."""

    title = Trimmed(3, 200, metadata=TITLE)
    description = Text(0, 2000, metadata=DESCRIPTION)
    category = CategoryWord(1, 100, metadata=CATEGORY)
    target_date = GivenMoment(metadata=TARGET)
    is_habit = Flag()
    habit_frequency = Choice(HabitFrequency, allow_none=True)
    status = fields.Raw(validate=use_status_route, metadata={"description": "Refused here", "readOnly": True})


class GoalBatchIn(SingleIn):
    """``{"goals": [...]}``, or the bare list."""

    goals = fields.List(
        fields.Nested(GoalIn), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE),
    )  # fmt: skip

    @pre_load
    def named(self, data: object, **_: object) -> object:
        return {"goals": data} if isinstance(data, list) else data


class GoalUpdateIn(BodyIn):
    aliases = {"goal_id": "goalId", "id": "goalId"}

    goalId = Text(1, 64, required=True, metadata={"example": "goal_abc123"})
    data = fields.Nested(GoalChangeIn, required=True)


class GoalBatchChangeIn(SingleIn):
    """``{"updates": [...]}`` or ``{"goals": [...]}``, or the bare list."""

    updates = fields.List(
        fields.Nested(GoalUpdateIn), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE),
    )  # fmt: skip

    @pre_load
    def named(self, data: object, **_: object) -> object:
        if isinstance(data, dict) and "goals" in data:
            return {"updates": data["goals"]} | data
        return {"updates": data} if isinstance(data, list) else data


class GoalStatusIn(SingleIn, BodyIn):
    status = Choice(GoalStatus, required=True, metadata={"example": "in_progress"})


class HabitToggleIn(SingleIn, BodyIn):
    date = GivenMoment(
        validate=not_ahead,
        load_default=None,
        metadata={"example": "2026-11-20", "description": "Default: today"},
    )


class JournalLinkIn(SingleIn, BodyIn):
    journal_entry_id = Text(1, 64, required=True, metadata={"example": "journal_abc123"})


ALSO_CURSOR = {"description": "Another name of `cursor`"}


class GoalsQuery(PageQuery):
    into = GoalQuery
    category = Text(0, 100, load_default=None)
    status = Text(0, 100, load_default=None, metadata={"description": ", ".join(GoalStatus)})
    limit = Limit(20)
    startAfter = Text(0, 64, attribute="start_after", load_default=None, metadata=ALSO_CURSOR)


class GoalOut(Schema):
    id = fields.String(metadata={"example": "goal_abc123"})
    user_id = fields.String(metadata={"example": "user_xyz789"})
    title = fields.String(metadata=TITLE)
    description = fields.String(metadata=DESCRIPTION)
    category = fields.String(metadata={"example": "health"})
    status = fields.String(metadata={"enum": [*GoalStatus]})
    target_date = Moment(allow_none=True)
    progress_percentage = fields.Integer(metadata={"example": 40, "minimum": 0, "maximum": 100})
    is_habit = fields.Boolean()
    habit_frequency = fields.String(allow_none=True, metadata={"enum": [*HabitFrequency, None]})
    habit_streak = fields.Integer(metadata={"example": 3})
    habit_completed_dates = fields.List(fields.String(), metadata={"example": ["2026-11-20"]})
    milestone_count = fields.Integer(metadata={"example": 5})
    completed_milestones = fields.Integer(metadata={"example": 2})
    created_at = Moment()
    updated_at = Moment()
    status_changed_at = Moment()
    last_activity = Moment()
    completed_at = Moment(allow_none=True)


class GoalWithMilestonesOut(GoalOut):
    milestones = fields.List(fields.Nested(MilestoneOut))


class GoalWrittenOut(HeardOut, GoalWithMilestonesOut): ...


class GoalDetailOut(Around, GoalWithMilestonesOut):
    progress_updates = fields.List(fields.Nested(ProgressOut), metadata={"description": "The newest 100"})
    linked_journal_entries = fields.List(fields.Nested(EntryOut), metadata={"description": "The newest 100"})


class GoalsOut(PageOut):
    goals = fields.List(fields.Nested(GoalOut), attribute="items")


class CategoryGoalsOut(Around, GoalsOut):
    category = fields.String(metadata={"example": "health"})
    count = fields.Integer(attribute="total", metadata={"example": 3, "description": "All goals of the category"})


class OverdueGoalOut(Around, GoalOut):
    days_overdue = fields.Integer(metadata={"example": 4})


class OverdueGoalsOut(Schema):
    goals = fields.List(fields.Nested(OverdueGoalOut), attribute="items")
    count = fields.Integer(attribute="total", metadata={"example": 1})


class GoalCountsOut(Schema):
    total = fields.Integer(metadata={"example": 8})
    by_status = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"example": {"in_progress": 3}})
    by_category = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"example": {"health": 2}})
    overdue = fields.Integer(metadata={"example": 1})
    active = fields.Integer(metadata={"example": 5, "description": "Not started or in progress"})
    completed = fields.Integer(metadata={"example": 2})
    abandoned = fields.Integer(metadata={"example": 1})


class GoalsCreatedOut(HeardOut):
    created = fields.Integer(metadata={"example": 2})
    goals = fields.List(fields.Nested(GoalWithMilestonesOut))


class GoalsUpdatedOut(HeardOut):
    updated = fields.Integer(metadata={"example": 2})
    goals = fields.List(fields.Nested(GoalWithMilestonesOut))


class GoalDeletionInfoOut(CamelCase):
    """The counts stand under both spellings."""

    milestones_count = fields.Integer(metadata={"example": 3})
    progress_updates_count = fields.Integer(metadata={"example": 2})
    linked_journal_entries_count = fields.Integer(metadata={"example": 1})
    milestonesCount = fields.Integer()
    progressUpdatesCount = fields.Integer()
    linkedJournalEntriesCount = fields.Integer()
    warning = fields.String()


class JournalLinkedOut(Schema):
    success = fields.Boolean(metadata={"example": True})
    message = fields.String(metadata={"example": "Journal entry linked successfully"})
    goal_id = fields.String(metadata={"example": "goal_abc123"})
    journal_entry_id = fields.String(metadata={"example": "journal_abc123"})


class LinkedEntriesOut(PageOut):
    journal_entries = fields.List(fields.Nested(EntryOut), attribute="items")
    total = fields.Integer(metadata={"example": 1})


class LinkedGoalsOut(Schema):
    journal_entry_id = fields.String(metadata={"example": "journal_abc123"})
    linked_goals = fields.List(fields.Nested(GoalOut))
    total = fields.Integer(metadata={"example": 1})
