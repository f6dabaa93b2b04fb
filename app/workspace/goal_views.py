"""Goals over HTTP, as the goals document has them."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.db.pages import Page, PageRequest
from app.web.blueprints import Blueprint
from app.web.operations import Operations
from app.workspace import goal_lists, goals, links, milestones, progress
from app.workspace.goal_lists import CategoryGoals, GoalCounts, GoalDetail, GoalQuery, OverdueGoals
from app.workspace.goals import GoalChanges, GoalDeletion, GoalUpdate, NewGoal
from app.workspace.milestones import MilestoneChanges, Milestones, NewMilestone
from app.workspace.models import Goal, JournalEntry, Milestone, ProgressUpdate
from app.workspace.schemas import goals as schemas
from app.workspace.schemas import milestones as parts
from app.workspace.schemas.lists import Envelope, LimitQuery, PageQuery, RemovedOut, removed

blp = Blueprint("goals", __name__, url_prefix="/api/v1/goals", description="Goals, their milestones and progress")
operation = Operations(blp, sessions=True)


@operation("POST", "", takes=schemas.GoalIn, gives=schemas.GoalWithMilestonesOut, status=201)
def create_goal(session: Session, principal: Principal, body: NewGoal) -> Goal:
    """Create a goal, with milestones if wanted"""
    return goals.create(session, principal, body)


@operation("GET", "", takes=schemas.GoalsQuery, gives=schemas.GoalsOut)
def list_goals(session: Session, principal: Principal, query: GoalQuery) -> Page[Goal]:
    """List goals, newest first

    A page at a time: `nextCursor` is the `cursor` of the next page, and null at the end.
    """
    return goal_lists.list_goals(session, principal, query)


@operation("POST", "/batch", takes=schemas.GoalBatchIn, gives=schemas.GoalsCreatedOut, status=201)
def create_goals(session: Session, principal: Principal, body: dict[str, list[NewGoal]]) -> Envelope:
    """Create up to 50 goals, all or none

    The body may also be the bare list.
    """
    made = goals.create_many(session, principal, body["goals"])
    return {"created": len(made), "goals": made}


@operation("PUT", "/batch", takes=schemas.GoalBatchChangeIn, gives=schemas.GoalsUpdatedOut, fails=(404,))
def update_goals(session: Session, principal: Principal, body: dict[str, list[GoalUpdate]]) -> Envelope:
    """Change up to 50 goals, all or none

    The body may also be the bare list.
    """
    changed = goals.update_many(session, principal, body["updates"])
    return {"updated": len(changed), "goals": changed}


@operation("GET", "/counts", gives=schemas.GoalCountsOut)
def count_goals(session: Session, principal: Principal) -> GoalCounts:
    """Count goals by status and category"""
    return goal_lists.count_goals(session, principal)


@operation("GET", "/overdue", takes=LimitQuery, gives=schemas.OverdueGoalsOut)
def list_overdue_goals(session: Session, principal: Principal, query: PageRequest) -> OverdueGoals:
    """List open goals past their target date, the longest overdue first"""
    return goal_lists.list_overdue(session, principal, query.limit)


@operation("GET", "/category/<path:category>", takes=PageQuery, gives=schemas.CategoryGoalsOut)
def list_category(session: Session, principal: Principal, query: PageRequest, category: str) -> CategoryGoals:
    """List the goals of a category, newest first"""
    return goal_lists.list_category(session, principal, query, category)


@operation("GET", "/<goal_id>", gives=schemas.GoalDetailOut)
def read_goal(session: Session, principal: Principal, goal_id: str) -> GoalDetail:
    """Get a goal with its milestones, progress updates and linked journal entries"""
    return goal_lists.goal_detail(session, principal, goal_id)


@operation("PUT PATCH", "/<goal_id>", takes=schemas.GoalChangeIn, gives=schemas.GoalWithMilestonesOut)
def update_goal(session: Session, principal: Principal, body: GoalChanges, goal_id: str) -> Goal:
    """Change what is named of a goal

    The status has a route of its own. The date of an overdue goal may stay as it is.
    """
    return goals.update(session, principal, goal_id, body)


@operation("DELETE", "/<goal_id>", gives=RemovedOut)
def delete_goal(session: Session, principal: Principal, goal_id: str) -> Envelope:
    """Delete a goal with its milestones, progress updates and links"""
    goals.remove(session, principal, goal_id)
    return removed("Goal", goal_id)


@operation("PATCH", "/<goal_id>/status", takes=schemas.GoalStatusIn, gives=schemas.GoalWithMilestonesOut)
def change_status(session: Session, principal: Principal, body: dict[str, str], goal_id: str) -> Goal:
    """Move a goal to another status

    Completing it completes its milestones; reopening it opens again those that only the completion had closed.
    """
    return goals.set_status(session, principal, goal_id, body["status"])


@operation(
    "PATCH",
    "/<goal_id>/habit-toggle",
    takes=schemas.HabitToggleIn,
    gives=schemas.GoalWithMilestonesOut,
    body_required=False,
)
def toggle_habit(session: Session, principal: Principal, body: dict[str, datetime | None], goal_id: str) -> Goal:
    """Mark a day of a habit as done, or take the mark away"""
    return goals.toggle_habit(session, principal, goal_id, body["date"])


@operation("GET", "/<goal_id>/deletion-info", gives=schemas.GoalDeletionInfoOut)
def read_deletion_info(session: Session, principal: Principal, goal_id: str) -> GoalDeletion:
    """Say what would go with a goal"""
    return goals.deletion_info(session, principal, goal_id)


@operation("POST", "/<goal_id>/milestone", takes=parts.MilestoneIn, gives=parts.MilestoneOut, status=201)
def add_milestone(session: Session, principal: Principal, body: NewMilestone, goal_id: str) -> Milestone:
    """Add a milestone at the end"""
    return milestones.add(session, principal, goal_id, body)


@operation("GET", "/<goal_id>/milestone", gives=parts.MilestonesOut)
def list_milestones(session: Session, principal: Principal, goal_id: str) -> Milestones:
    """List a goal's milestones in their order"""
    return milestones.list_milestones(session, principal, goal_id)


@operation("PUT PATCH", "/<goal_id>/milestone/<milestone_id>", takes=parts.MilestoneChangeIn, gives=parts.MilestoneOut)
def update_milestone(
    session: Session, principal: Principal, body: MilestoneChanges, goal_id: str, milestone_id: str
) -> Milestone:
    """Change a milestone's title or date"""
    return milestones.update(session, principal, goal_id, milestone_id, body)


@operation("PATCH", "/<goal_id>/milestone/<milestone_id>/complete", gives=parts.MilestoneOut)
def toggle_milestone(session: Session, principal: Principal, goal_id: str, milestone_id: str) -> Milestone:
    """Complete a milestone, or open it again"""
    return milestones.toggle(session, principal, goal_id, milestone_id)


@operation("DELETE", "/<goal_id>/milestone/<milestone_id>", gives=RemovedOut)
def delete_milestone(session: Session, principal: Principal, goal_id: str, milestone_id: str) -> Envelope:
    """Delete a milestone"""
    milestones.remove(session, principal, goal_id, milestone_id)
    return removed("Milestone", milestone_id)


@operation("POST", "/<goal_id>/progress", takes=parts.ProgressIn, gives=parts.ProgressOut, status=201)
def add_progress(session: Session, principal: Principal, body: dict[str, str], goal_id: str) -> ProgressUpdate:
    """Note how a goal goes"""
    return progress.add(session, principal, goal_id, body["content"])


@operation("GET", "/<goal_id>/progress", takes=PageQuery, gives=parts.ProgressUpdatesOut)
def list_progress(session: Session, principal: Principal, query: PageRequest, goal_id: str) -> Page[ProgressUpdate]:
    """List a goal's progress updates, newest first"""
    return progress.list_notes(session, principal, goal_id, query)


@operation("DELETE", "/<goal_id>/progress/<progress_id>", gives=RemovedOut)
def delete_progress(session: Session, principal: Principal, goal_id: str, progress_id: str) -> Envelope:
    """Delete a progress update"""
    progress.remove(session, principal, goal_id, progress_id)
    return removed("Progress update", progress_id)


@operation("POST", "/<goal_id>/link-journal", takes=schemas.JournalLinkIn, gives=schemas.JournalLinkedOut, status=201)
def link_entry(session: Session, principal: Principal, body: dict[str, str], goal_id: str) -> Envelope:
    """Link a journal entry to a goal"""
    links.link(session, principal, goal_id, body["journal_entry_id"])
    return {"success": True, "message": "Journal entry linked successfully", "goal_id": goal_id, **body}


@operation("DELETE", "/<goal_id>/link-journal/<entry_id>", gives=schemas.JournalLinkedOut)
def unlink_entry(session: Session, principal: Principal, goal_id: str, entry_id: str) -> Envelope:
    """Take a link away; the entry stays"""
    links.unlink(session, principal, goal_id, entry_id)
    message = "Journal entry unlinked successfully"
    return {"success": True, "message": message, "goal_id": goal_id, "journal_entry_id": entry_id}


@operation("GET", "/<goal_id>/linked-journals", takes=PageQuery, gives=schemas.LinkedEntriesOut)
def list_linked_entries(session: Session, principal: Principal, query: PageRequest, goal_id: str) -> Page[JournalEntry]:
    """List the journal entries that are about a goal, newest first"""
    return links.list_entries(session, principal, goal_id, query)
