"""Bodies of routines, in and out."""

from marshmallow import fields, post_load, validate

from app.care.schemas import HeardOut
from app.web.schemas import Around, Choice, Flag, Moment, Schema, Text, Whole, listed
from app.workspace.habits import HabitFrequency
from app.workspace.routines import MOST_STEPS, RoutineFields
from app.workspace.schemas.lists import BodyIn, Trimmed

TITLE = {"example": "Morning routine"}
STEP = {"example": "Drink a glass of water"}
GROUP = {"example": "Morning"}


class RoutineStepIn(BodyIn):
    id = Text(1, 64, metadata={"description": "Of a step that is there already"})
    title = Trimmed(1, 200, required=True, metadata=STEP)
    order = Whole(validate=validate.Range(0, 10_000), metadata={"description": "Default: its place"})
    completed = Flag()


class RoutineChangeIn(BodyIn):
    """Only what is named is changed; ``steps`` are all steps. A step that stays is known by its id or its title."""

    title = Trimmed(3, 200, metadata=TITLE)
    description = Text(0, 2000)
    group = Trimmed(0, 100, allow_none=True, metadata=GROUP)
    frequency = Choice(HabitFrequency, metadata={"example": "daily"})
    steps = listed(fields.Nested(RoutineStepIn), MOST_STEPS)

    @post_load
    def ungrouped(self, data: RoutineFields, **_: object) -> RoutineFields:
        return data | {"group": data["group"] or None} if "group" in data else data


class RoutineIn(RoutineChangeIn):
    title = Trimmed(3, 200, required=True, metadata=TITLE)
    description = Text(0, 2000, load_default="")
    group = Trimmed(0, 100, allow_none=True, load_default=None, metadata=GROUP)
    frequency = Choice(HabitFrequency, load_default="daily", metadata={"example": "daily"})
    steps = listed(fields.Nested(RoutineStepIn), MOST_STEPS, load_default=list)


class RoutineStepOut(Schema):
    id = fields.String(metadata={"example": "step_abc123"})
    title = fields.String(metadata=STEP)
    completed = fields.Boolean()
    order = fields.Integer(metadata={"example": 0})


class RoutineOut(Around):
    id = fields.String(metadata={"example": "routine_abc123"})
    user_id = fields.String(metadata={"example": "user_xyz789"})
    title = fields.String(metadata=TITLE)
    description = fields.String()
    group = fields.String(allow_none=True, metadata=GROUP)
    frequency = fields.String(metadata={"enum": [*HabitFrequency]})
    steps = fields.List(fields.Nested(RoutineStepOut))
    completed_dates = fields.List(fields.String(), metadata={"example": ["2026-11-20"]})
    streak = fields.Integer(metadata={"example": 3, "description": "Days, weeks or months in a row"})
    last_completed_at = Moment(allow_none=True)
    created_at = Moment()
    updated_at = Moment()


class RoutineWrittenOut(HeardOut, RoutineOut): ...
