"""What each kind of action takes: the bodies of the REST routes that do the same, with the ids of their paths."""

from copy import deepcopy

from marshmallow import EXCLUDE, fields

from app.reminders.schemas import ReminderIn
from app.web.schemas import Text
from app.workspace.schemas.goals import GoalChangeIn, HabitToggleIn, MilestoneIn, ProgressIn
from app.workspace.schemas.lists import BodyIn

LONGEST_NAME = 200
CONTENT: fields.Field[str] = ProgressIn._declared_fields["content"]
DAY: fields.Field[object] = HabitToggleIn._declared_fields["date"]


def named(what: str, *, required: bool = True) -> Text:
    """A row by its id; a model may only know what it is called."""
    told = {"description": f"The id of the {what}, or its title where the id is not known"}
    return Text(1, LONGEST_NAME, required=required, metadata=told)


class GoalUpdateIn(GoalChangeIn):
    """Only what is named is changed."""

    class Meta:
        unknown = EXCLUDE
        exclude = ("status",)

    goal_id = named("goal")


class GoalCompleteIn(BodyIn):
    goal_id = named("goal")


class MilestoneCreateIn(MilestoneIn):
    goal_id = named("goal")


class MilestoneCompleteIn(BodyIn):
    goal_id = named("goal")
    milestone_id = named("milestone")


class ProgressAddIn(BodyIn):
    goal_id = named("goal")
    content = deepcopy(CONTENT)


class ReminderCreateIn(ReminderIn):
    class Meta:
        unknown = EXCLUDE
        exclude = ("kind", "webhook_url", "quiet_hours", "paused_until")

    goal_id = named("goal that it is about", required=False)


class HabitLogIn(BodyIn):
    """A goal that is a habit, or a routine."""

    goal_id = named("goal that is a habit", required=False)
    routine_id = named("routine", required=False)
    date = deepcopy(DAY)
