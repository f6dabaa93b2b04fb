"""Goals over HTTP, as the goals document has them."""

from functools import partial

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.care.guards import hears
from app.web.blueprints import Blueprint
from app.web.documents import zoned
from app.web.operations import Operations, removal, view_of
from app.workspace import goal_lists, goals, links, milestones, progress
from app.workspace.goals import GoalUpdate, NewGoal
from app.workspace.queries import find_goal
from app.workspace.schemas import goals as schemas
from app.workspace.schemas.lists import Envelope, LimitQuery, PageQuery, RemovedOut

blp = Blueprint("goals", __name__, url_prefix="/api/v1/goals", description="Goals, their milestones and progress")
operation = Operations(blp, OWN, sessions=True, notes=[zoned()])
kept = partial(hears, "goals", keeps=True)
GOAL = kept("title", "description", "category", "milestones")

operation("POST", "", takes=schemas.GoalIn, gives=schemas.GoalWrittenOut, status=201, hears=GOAL)(
    view_of(goals.create, "Create a goal, with milestones if wanted")
)
operation("GET", "", takes=schemas.GoalsQuery, gives=schemas.GoalsOut)(
    view_of(
        goal_lists.list_goals,
        "List goals, newest first",
        "A page at a time: `nextCursor` is the `cursor` of the next page, and null at the end.",
    )
)


@operation("POST", "/batch", takes=schemas.GoalBatchIn, gives=schemas.GoalsCreatedOut, status=201, hears=kept("goals"))
def create_goals(session: Session, principal: Principal, body: list[NewGoal]) -> Envelope:
    """Create up to 50 goals, all or none

    The body may also be the bare list.
    """
    made = [goals.create(session, principal, new) for new in body]
    return {"created": len(made), "goals": made}


@operation(
    "PUT",
    "/batch",
    takes=schemas.GoalBatchChangeIn,
    gives=schemas.GoalsUpdatedOut,
    fails=(404,),
    hears=kept("updates", "goals"),
)
def update_goals(session: Session, principal: Principal, body: list[GoalUpdate]) -> Envelope:
    """Change up to 50 goals, all or none

    The body may also be the bare list.
    """
    changed = goals.update_many(session, principal, body)
    return {"updated": len(changed), "goals": changed}


operation("GET", "/counts", gives=schemas.GoalCountsOut)(
    view_of(goal_lists.count_goals, "Count goals by status and category")
)
operation("GET", "/overdue", takes=LimitQuery, gives=schemas.OverdueGoalsOut)(
    view_of(goal_lists.list_overdue, "List open goals past their target date, the longest overdue first")
)
operation("GET", "/category/<path:category>", takes=PageQuery, gives=schemas.CategoryGoalsOut)(
    view_of(goal_lists.list_category, "List the goals of a category, newest first")
)
operation("GET", "/<goal_id>", gives=schemas.GoalDetailOut)(
    view_of(goal_lists.goal_detail, "Get a goal with its milestones, progress updates and linked journal entries")
)
operation("PUT PATCH", "/<goal_id>", takes=schemas.GoalChangeIn, gives=schemas.GoalWrittenOut, hears=GOAL)(
    view_of(
        goals.update,
        "Change what is named of a goal",
        "The status has a route of its own. The date of an overdue goal may stay as it is.",
    )
)
operation("DELETE", "/<goal_id>", gives=RemovedOut)(
    view_of(removal("Goal", goals.remove), "Delete a goal with its milestones, progress updates and links")
)
operation("PATCH", "/<goal_id>/status", takes=schemas.GoalStatusIn, gives=schemas.GoalWithMilestonesOut)(
    view_of(
        goals.set_status,
        "Move a goal to another status",
        "Completing it completes its milestones; reopening it opens again those that only the completion had closed.",
    )
)
operation(
    "PATCH", "/<goal_id>/habit-toggle", takes=schemas.HabitToggleIn, gives=schemas.GoalWithMilestonesOut,
)(view_of(goals.toggle_habit, "Mark a day of a habit as done, or take the mark away"))  # fmt: skip
operation("GET", "/<goal_id>/deletion-info", gives=schemas.GoalDeletionInfoOut)(
    view_of(goals.deletion_info, "Say what would go with a goal")
)

operation(
    "POST", "/<goal_id>/milestone", takes=schemas.MilestoneIn, gives=schemas.MilestoneWrittenOut, status=201,
    hears=kept("title"),
)(view_of(milestones.add, "Add a milestone at the end"))  # fmt: skip
operation("GET", "/<goal_id>/milestone", gives=schemas.MilestonesOut)(
    view_of(find_goal, "List a goal's milestones in their order")
)
operation(
    "PUT PATCH", "/<goal_id>/milestone/<milestone_id>", takes=schemas.MilestoneChangeIn,
    gives=schemas.MilestoneWrittenOut, hears=kept("title"),
)(view_of(milestones.update, "Change a milestone's title or date"))  # fmt: skip
operation("PATCH", "/<goal_id>/milestone/<milestone_id>/complete", gives=schemas.MilestoneOut)(
    view_of(milestones.toggle, "Complete a milestone, or open it again")
)
operation("DELETE", "/<goal_id>/milestone/<milestone_id>", gives=RemovedOut)(
    view_of(removal("Milestone", milestones.remove), "Delete a milestone")
)

operation(
    "POST", "/<goal_id>/progress", takes=schemas.ProgressIn, gives=schemas.ProgressWrittenOut, status=201,
    hears=kept("content"),
)(view_of(progress.add, "Note how a goal goes"))  # fmt: skip
operation("GET", "/<goal_id>/progress", takes=PageQuery, gives=schemas.ProgressUpdatesOut)(
    view_of(progress.list_notes, "List a goal's progress updates, newest first")
)
operation("DELETE", "/<goal_id>/progress/<progress_id>", gives=RemovedOut)(
    view_of(removal("Progress update", progress.remove), "Delete a progress update")
)

operation("GET", "/<goal_id>/linked-journals", takes=PageQuery, gives=schemas.LinkedEntriesOut)(
    view_of(links.list_entries, "List the journal entries that are about a goal, newest first")
)


@operation("POST", "/<goal_id>/link-journal", takes=schemas.JournalLinkIn, gives=schemas.JournalLinkedOut, status=201)
def link_entry(session: Session, principal: Principal, entry_id: str, goal_id: str) -> Envelope:
    """Link a journal entry to a goal"""
    links.link(session, principal, goal_id, entry_id)
    return _linked("Journal entry linked successfully", goal_id, entry_id)


@operation("DELETE", "/<goal_id>/link-journal/<entry_id>", gives=schemas.JournalLinkedOut)
def unlink_entry(session: Session, principal: Principal, goal_id: str, entry_id: str) -> Envelope:
    """Take a link away; the entry stays"""
    links.unlink(session, principal, goal_id, entry_id)
    return _linked("Journal entry unlinked successfully", goal_id, entry_id)


def _linked(message: str, goal_id: str, entry_id: str) -> Envelope:
    return {"success": True, "message": message, "goal_id": goal_id, "journal_entry_id": entry_id}
