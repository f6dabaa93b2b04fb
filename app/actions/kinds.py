"""The kinds of action, a row each: what it takes, who may, how it is done, what it touches, how it is taken back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.actions import arguments, business, personal, reminding
from app.actions.snapshots import Scope
from app.actions.work import Fields, Work
from app.auth.principals import Principal
from app.auth.roles import BUSINESS, OWN, Resource
from app.care.output_phrases import Kind as Claim
from app.core.json import JSONObject
from app.web.schemas import Schema
from app.workspace.records.schemas import ActionIn, IssueIn
from app.workspace.schemas.goals import GoalIn
from app.workspace.schemas.journal import EntryIn


def nothing(_: Work, __: Fields, ___: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Handling:
    """``do`` gives the id of the row that it made or changed; ``rows`` are those that it touches, of which the id is
    not known before a row is made. ``show`` gives a row as REST does. When it is undone, ``forget`` takes what was made
    out of the index before it goes, and ``index`` brings there what was put back.
    """

    do: Callable[[Work, Fields], str]
    rows: Callable[[Fields, str | None], Scope]
    show: Callable[[Work, Fields, str], JSONObject]
    forget: Callable[[Work, Fields, str], None] = nothing
    index: Callable[[Work, Fields, str], None] = nothing


@dataclass(frozen=True, slots=True)
class ActionKind:
    """``about`` is told to models; ``may_be_at_once``: a person may let it happen without being asked each time.

    ``claim`` is what a coach may say once it is done. One that ``makes`` a row shows no row before it.
    """

    name: str
    about: str
    takes: type[Schema]
    handling: Handling
    of: Resource = OWN
    makes: bool = False
    may_be_at_once: bool = True
    claim: Claim = Claim.SAVED

    def target(self, given: Fields) -> str | None:
        """The id of the row that is there already; None where one is made."""
        ids = (given.get(name) for name in ("milestone_id", "routine_id", "goal_id"))
        return None if self.makes else next((str(one) for one in ids if one), "")

    @property
    def tool(self) -> str:
        return self.name.replace(".", "_")

    def is_open_to(self, principal: Principal) -> bool:
        return principal.role in self.of.roles("POST")


ALL = (
    ActionKind(
        "goal.create", "Create a goal for the person, with milestones if they named any.", GoalIn,
        Handling(personal.create_goal, personal.whole_goal, personal.show_goal, personal.forget_goal), makes=True,
    ),
    ActionKind(
        "goal.update", "Change what is named of one of the person's goals.", arguments.GoalUpdateIn,
        Handling(personal.update_goal, personal.goal, personal.show_goal, index=personal.index_renamed),
    ),
    ActionKind(
        "goal.complete", "Mark one of the person's goals as completed, with all of its milestones.",
        arguments.GoalCompleteIn,
        Handling(personal.complete_goal, personal.goal, personal.show_goal, index=personal.index_goal),
    ),
    ActionKind(
        "milestone.create", "Add a milestone to one of the person's goals.", arguments.MilestoneCreateIn,
        Handling(personal.add_milestone, personal.goal, personal.show_milestone, index=personal.index_goal), makes=True,
    ),
    ActionKind(
        "milestone.complete", "Mark a milestone of one of the person's goals as done.", arguments.MilestoneCompleteIn,
        Handling(personal.complete_milestone, personal.goal, personal.show_milestone, index=personal.index_goal),
    ),
    ActionKind(
        "progress.add", "Note how one of the person's goals goes, in their own words.", arguments.ProgressAddIn,
        Handling(
            personal.add_progress, personal.noted_goal, personal.show_progress, personal.forget_progress,
            personal.index_goal,
        ),
        makes=True,
    ),
    ActionKind(
        "journal.create", "Write an entry into the person's journal, in their own words.", EntryIn,
        Handling(personal.write_entry, personal.entry, personal.show_entry, personal.forget_entry), makes=True,
    ),
    ActionKind(
        "habit.log", "Mark a day of a habit or a routine as done; today if no day is named.", arguments.HabitLogIn,
        Handling(personal.log_habit, personal.habit, personal.show_habit, index=personal.index_habit),
    ),
    ActionKind(
        "check_in.create", "Ask the person at a later time how something goes, once or again and again.",
        arguments.ReminderCreateIn,
        Handling(reminding.create_check_in, reminding.rows, reminding.show), makes=True, claim=Claim.SCHEDULED,
    ),
    ActionKind(
        "reminder.create", "Remind the person of something at a later time, once or again and again.",
        arguments.ReminderCreateIn,
        Handling(reminding.create_reminder, reminding.rows, reminding.show), makes=True, claim=Claim.SCHEDULED,
    ),
    ActionKind(
        "action.create", "Create an action for the person's team: something that somebody does by a day.", ActionIn,
        Handling(business.create_action, business.action, business.show_action),
        of=BUSINESS, makes=True, may_be_at_once=False,
    ),
    ActionKind(
        "issue.create", "Open an issue for the person's team: something that goes wrong.", IssueIn,
        Handling(business.create_issue, business.issue, business.show_issue),
        of=BUSINESS, makes=True, may_be_at_once=False,
    ),
)  # fmt: skip
KINDS: Mapping[str, ActionKind] = {kind.name: kind for kind in ALL}
BY_TOOL: Mapping[str, ActionKind] = {kind.tool: kind for kind in ALL}
AT_ONCE = tuple(kind.name for kind in ALL if kind.may_be_at_once)
