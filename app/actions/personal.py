"""Actions on a person's goals, journal and habits, by the functions that REST calls."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from app.accounts import settings
from app.actions.snapshots import Rows, Scope
from app.actions.work import Fields, Work
from app.core import weeks
from app.core.clock import now
from app.core.errors import BadRequest
from app.core.json import JSONObject
from app.workspace import goals, indexing, journal, milestones, progress, reindexing, routines
from app.workspace.goals import GoalChanges, NewGoal
from app.workspace.journal import EntryFields
from app.workspace.milestones import NewMilestone
from app.workspace.models import (
    Goal,
    GoalEntryLink,
    GoalStatus,
    JournalEntry,
    Milestone,
    ProgressUpdate,
    Routine,
)
from app.workspace.queries import find_entry, find_goal
from app.workspace.schemas.goals import GoalWithMilestonesOut, MilestoneOut, ProgressOut
from app.workspace.schemas.journal import EntryOut
from app.workspace.schemas.routines import RoutineOut

GOAL_SHAPE, MILESTONE_SHAPE, NOTE_SHAPE = GoalWithMilestonesOut(), MilestoneOut(), ProgressOut()
ENTRY_SHAPE, ROUTINE_SHAPE = EntryOut(), RoutineOut()


def create_goal(work: Work, given: Fields) -> str:
    return goals.create(work.session, work.principal, cast(NewGoal, dict(given))).id


def update_goal(work: Work, given: Fields) -> str:
    changes = cast(GoalChanges, _without(given, "goal_id"))
    if not changes:
        raise BadRequest("Nothing is to be changed")
    return goals.update(work.session, work.principal, given["goal_id"], changes).id


def complete_goal(work: Work, given: Fields) -> str:
    if find_goal(work.session, work.principal, given["goal_id"]).status == GoalStatus.COMPLETED:
        raise BadRequest("This goal is completed already")
    return goals.set_status(work.session, work.principal, given["goal_id"], GoalStatus.COMPLETED).id


def add_milestone(work: Work, given: Fields) -> str:
    new = cast(NewMilestone, _without(given, "goal_id"))
    milestone = milestones.add(work.session, work.principal, given["goal_id"], new)
    work.session.flush()
    return milestone.id


def complete_milestone(work: Work, given: Fields) -> str:
    if _milestone(work, given, given["milestone_id"]).completed:
        raise BadRequest("This milestone is done already")
    return milestones.toggle(work.session, work.principal, given["goal_id"], given["milestone_id"]).id


def add_progress(work: Work, given: Fields) -> str:
    note = progress.add(work.session, work.principal, given["goal_id"], given["content"])
    work.session.flush()
    return note.id


def write_entry(work: Work, given: Fields) -> str:
    return journal.create(work.session, work.principal, work.care, cast(EntryFields, dict(given))).subject.id


def log_habit(work: Work, given: Fields) -> str:
    session, principal = work.session, work.principal
    day = weeks.day_of(given["date"] or now(), settings.time_zone(session, principal))
    if given.get("routine_id"):
        return routines.complete(session, principal, given["routine_id"], today=day).subject.id
    row = find_goal(session, principal, given.get("goal_id", ""), lock=True)
    if day.isoformat() in row.habit_completed_dates:
        raise BadRequest("This day is marked as done already")
    return goals.toggle_habit(session, principal, row.id, given["date"]).id


def goal(given: Fields, _: str | None) -> Scope:
    goal_id = given["goal_id"]
    return (Rows(Goal, {"id": goal_id}), Rows(Milestone, {"goal_id": goal_id}))


def whole_goal(_: Fields, goal_id: str | None) -> Scope:
    """With all that may have been added to it since."""
    parts = Milestone, ProgressUpdate, GoalEntryLink
    return (Rows(Goal, {"id": goal_id}), *(Rows(part, {"goal_id": goal_id}) for part in parts)) if goal_id else ()


def noted_goal(given: Fields, note_id: str | None) -> Scope:
    note = (Rows(ProgressUpdate, {"id": note_id}),) if note_id else ()
    return (Rows(Goal, {"id": given["goal_id"]}), *note)


def entry(_: Fields, entry_id: str | None) -> Scope:
    if entry_id is None:
        return ()
    return (Rows(JournalEntry, {"id": entry_id}), Rows(GoalEntryLink, {"journal_entry_id": entry_id}))


def habit(given: Fields, _: str | None) -> Scope:
    routine = given.get("routine_id")
    return (Rows(Routine, {"id": routine}) if routine else Rows(Goal, {"id": given.get("goal_id", "")}),)


def show_goal(work: Work, _: Fields, goal_id: str) -> JSONObject:
    return _dumped(GOAL_SHAPE, find_goal(work.session, work.principal, goal_id))


def show_milestone(work: Work, given: Fields, milestone_id: str) -> JSONObject:
    return _dumped(MILESTONE_SHAPE, _milestone(work, given, milestone_id))


def show_progress(work: Work, _: Fields, note_id: str) -> JSONObject:
    return _dumped(NOTE_SHAPE, work.session.get_one(ProgressUpdate, note_id))


def show_entry(work: Work, _: Fields, entry_id: str) -> JSONObject:
    return _dumped(ENTRY_SHAPE, find_entry(work.session, work.principal, entry_id))


def show_habit(work: Work, given: Fields, row_id: str) -> JSONObject:
    if not given.get("routine_id"):
        return show_goal(work, given, row_id)
    today = weeks.local_date(now(), settings.time_zone(work.session, work.principal))
    return _dumped(ROUTINE_SHAPE, routines.find(work.session, work.principal, row_id, today=today))


def forget_goal(work: Work, _: Fields, goal_id: str) -> None:
    indexing.remove(work.session, find_goal(work.session, work.principal, goal_id))


def forget_progress(work: Work, _: Fields, note_id: str) -> None:
    indexing.remove(work.session, work.session.get_one(ProgressUpdate, note_id))


def forget_entry(work: Work, _: Fields, entry_id: str) -> None:
    indexing.remove(work.session, find_entry(work.session, work.principal, entry_id))


def index_goal(work: Work, given: Fields, _: str) -> None:
    indexing.put_goal(work.session, find_goal(work.session, work.principal, given["goal_id"]))


def index_renamed(work: Work, given: Fields, goal_id: str) -> None:
    index_goal(work, given, goal_id)
    reindexing.notes_of(work.session, find_goal(work.session, work.principal, goal_id))


def index_habit(work: Work, given: Fields, row_id: str) -> None:
    if not given.get("routine_id"):
        index_goal(work, given, row_id)


def _milestone(work: Work, given: Fields, milestone_id: str) -> Milestone:
    row = find_goal(work.session, work.principal, given["goal_id"])
    return milestones.find(row, milestone_id)


def _without(given: Fields, name: str) -> Mapping[str, Any]:
    return {key: value for key, value in given.items() if key != name}


def _dumped(shape: Any, row: object) -> JSONObject:
    dump: Callable[[object], JSONObject] = shape.dump
    return dump(row)
