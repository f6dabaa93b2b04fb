"""Goals over HTTP, as the goals document has them."""

from datetime import datetime

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.db.pages import Page, PageRequest
from app.db.session import db
from app.web.blueprints import Blueprint
from app.web.documents import errors
from app.workspace import goal_lists, goals, links, milestones, progress
from app.workspace.goal_lists import CategoryGoals, GoalCounts, GoalDetail, GoalQuery, OverdueGoals
from app.workspace.goals import GoalChanges, GoalDeletion, GoalUpdate, NewGoal
from app.workspace.milestones import MilestoneChanges, Milestones, NewMilestone
from app.workspace.models import Goal, JournalEntry, Milestone, ProgressUpdate
from app.workspace.schemas import goals as schemas
from app.workspace.schemas import milestones as parts
from app.workspace.schemas.lists import Envelope, LimitQuery, PageQuery, RemovedOut, removed

blp = Blueprint("goals", __name__, url_prefix="/api/v1/goals", description="Goals, their milestones and progress")


@blp.route("", methods=["POST"])
@bearer
@blp.arguments(schemas.GoalIn)
@blp.response(201, schemas.GoalWithMilestonesOut)
@errors(blp, 400, 401)
def create_goal(principal: Principal, body: NewGoal) -> Goal:
    """Create a goal, with milestones if wanted"""
    with db.begin() as session:
        return goals.create(session, principal, body)


@blp.route("", methods=["GET"])
@bearer
@blp.arguments(schemas.GoalsQuery, location="query")
@blp.response(200, schemas.GoalsOut)
@errors(blp, 400, 401)
def list_goals(principal: Principal, query: GoalQuery) -> Page[Goal]:
    """List goals, newest first

    A page at a time: `nextCursor` is the `cursor` of the next page, and null at the end.
    """
    with db.read() as session:
        return goal_lists.list_goals(session, principal, query)


@blp.route("/batch", methods=["POST"])
@bearer
@blp.arguments(schemas.GoalBatchIn)
@blp.response(201, schemas.GoalsCreatedOut)
@errors(blp, 400, 401)
def create_goals(principal: Principal, body: dict[str, list[NewGoal]]) -> Envelope:
    """Create up to 50 goals, all or none

    The body may also be the bare list.
    """
    with db.begin() as session:
        made = goals.create_many(session, principal, body["goals"])
    return {"created": len(made), "goals": made}


@blp.route("/batch", methods=["PUT"])
@bearer
@blp.arguments(schemas.GoalBatchChangeIn)
@blp.response(200, schemas.GoalsUpdatedOut)
@errors(blp, 400, 401, 404)
def update_goals(principal: Principal, body: dict[str, list[GoalUpdate]]) -> Envelope:
    """Change up to 50 goals, all or none

    The body may also be the bare list.
    """
    with db.begin() as session:
        changed = goals.update_many(session, principal, body["updates"])
    return {"updated": len(changed), "goals": changed}


@blp.route("/counts", methods=["GET"])
@bearer
@blp.response(200, schemas.GoalCountsOut)
@errors(blp, 401)
def count_goals(principal: Principal) -> GoalCounts:
    """Count goals by status and category"""
    with db.read() as session:
        return goal_lists.count_goals(session, principal)


@blp.route("/overdue", methods=["GET"])
@bearer
@blp.arguments(LimitQuery, location="query")
@blp.response(200, schemas.OverdueGoalsOut)
@errors(blp, 400, 401)
def list_overdue_goals(principal: Principal, query: PageRequest) -> OverdueGoals:
    """List open goals past their target date, the longest overdue first"""
    with db.read() as session:
        return goal_lists.list_overdue(session, principal, query.limit)


@blp.route("/category/<path:category>", methods=["GET"])
@bearer
@blp.arguments(PageQuery, location="query")
@blp.response(200, schemas.CategoryGoalsOut)
@errors(blp, 400, 401)
def list_category(principal: Principal, query: PageRequest, category: str) -> CategoryGoals:
    """List the goals of a category, newest first"""
    with db.read() as session:
        return goal_lists.list_category(session, principal, query, category)


@blp.route("/<goal_id>", methods=["GET"])
@bearer
@blp.response(200, schemas.GoalDetailOut)
@errors(blp, 401, 404)
def read_goal(principal: Principal, goal_id: str) -> GoalDetail:
    """Get a goal with its milestones, progress updates and linked journal entries"""
    with db.read() as session:
        return goal_lists.goal_detail(session, principal, goal_id)


@blp.route("/<goal_id>", methods=["PUT", "PATCH"])
@bearer
@blp.arguments(schemas.GoalChangeIn)
@blp.response(200, schemas.GoalWithMilestonesOut)
@errors(blp, 400, 401, 404)
def update_goal(principal: Principal, body: GoalChanges, goal_id: str) -> Goal:
    """Change what is named of a goal

    The status has a route of its own. The date of an overdue goal may stay as it is.
    """
    with db.begin() as session:
        return goals.update(session, principal, goal_id, body)


@blp.route("/<goal_id>", methods=["DELETE"])
@bearer
@blp.response(200, RemovedOut)
@errors(blp, 401, 404)
def delete_goal(principal: Principal, goal_id: str) -> Envelope:
    """Delete a goal with its milestones, progress updates and links"""
    with db.begin() as session:
        goals.remove(session, principal, goal_id)
    return removed("Goal", goal_id)


@blp.route("/<goal_id>/status", methods=["PATCH"])
@bearer
@blp.arguments(schemas.GoalStatusIn)
@blp.response(200, schemas.GoalWithMilestonesOut)
@errors(blp, 400, 401, 404)
def change_status(principal: Principal, body: dict[str, str], goal_id: str) -> Goal:
    """Move a goal to another status

    Completing it completes its milestones; reopening it opens again those that only the completion had closed.
    """
    with db.begin() as session:
        return goals.set_status(session, principal, goal_id, body["status"])


@blp.route("/<goal_id>/habit-toggle", methods=["PATCH"])
@bearer
@blp.arguments(schemas.HabitToggleIn, required=False)
@blp.response(200, schemas.GoalWithMilestonesOut)
@errors(blp, 400, 401, 404)
def toggle_habit(principal: Principal, body: dict[str, datetime | None], goal_id: str) -> Goal:
    """Mark a day of a habit as done, or take the mark away"""
    with db.begin() as session:
        return goals.toggle_habit(session, principal, goal_id, body["date"])


@blp.route("/<goal_id>/deletion-info", methods=["GET"])
@bearer
@blp.response(200, schemas.GoalDeletionInfoOut)
@errors(blp, 401, 404)
def read_deletion_info(principal: Principal, goal_id: str) -> GoalDeletion:
    """Say what would go with a goal"""
    with db.read() as session:
        return goals.deletion_info(session, principal, goal_id)


@blp.route("/<goal_id>/milestone", methods=["POST"])
@bearer
@blp.arguments(parts.MilestoneIn)
@blp.response(201, parts.MilestoneOut)
@errors(blp, 400, 401, 404)
def add_milestone(principal: Principal, body: NewMilestone, goal_id: str) -> Milestone:
    """Add a milestone at the end"""
    with db.begin() as session:
        return milestones.add(session, principal, goal_id, body)


@blp.route("/<goal_id>/milestone", methods=["GET"])
@bearer
@blp.response(200, parts.MilestonesOut)
@errors(blp, 401, 404)
def list_milestones(principal: Principal, goal_id: str) -> Milestones:
    """List a goal's milestones in their order"""
    with db.read() as session:
        return milestones.list_milestones(session, principal, goal_id)


@blp.route("/<goal_id>/milestone/<milestone_id>", methods=["PUT", "PATCH"])
@bearer
@blp.arguments(parts.MilestoneChangeIn)
@blp.response(200, parts.MilestoneOut)
@errors(blp, 400, 401, 404)
def update_milestone(principal: Principal, body: MilestoneChanges, goal_id: str, milestone_id: str) -> Milestone:
    """Change a milestone's title or date"""
    with db.begin() as session:
        return milestones.update(session, principal, goal_id, milestone_id, body)


@blp.route("/<goal_id>/milestone/<milestone_id>/complete", methods=["PATCH"])
@bearer
@blp.response(200, parts.MilestoneOut)
@errors(blp, 401, 404)
def toggle_milestone(principal: Principal, goal_id: str, milestone_id: str) -> Milestone:
    """Complete a milestone, or open it again"""
    with db.begin() as session:
        return milestones.toggle(session, principal, goal_id, milestone_id)


@blp.route("/<goal_id>/milestone/<milestone_id>", methods=["DELETE"])
@bearer
@blp.response(200, RemovedOut)
@errors(blp, 401, 404)
def delete_milestone(principal: Principal, goal_id: str, milestone_id: str) -> Envelope:
    """Delete a milestone"""
    with db.begin() as session:
        milestones.remove(session, principal, goal_id, milestone_id)
    return removed("Milestone", milestone_id)


@blp.route("/<goal_id>/progress", methods=["POST"])
@bearer
@blp.arguments(parts.ProgressIn)
@blp.response(201, parts.ProgressOut)
@errors(blp, 400, 401, 404)
def add_progress(principal: Principal, body: dict[str, str], goal_id: str) -> ProgressUpdate:
    """Note how a goal goes"""
    with db.begin() as session:
        return progress.add(session, principal, goal_id, body["content"])


@blp.route("/<goal_id>/progress", methods=["GET"])
@bearer
@blp.arguments(PageQuery, location="query")
@blp.response(200, parts.ProgressUpdatesOut)
@errors(blp, 400, 401, 404)
def list_progress(principal: Principal, query: PageRequest, goal_id: str) -> Page[ProgressUpdate]:
    """List a goal's progress updates, newest first"""
    with db.read() as session:
        return progress.list_notes(session, principal, goal_id, query)


@blp.route("/<goal_id>/progress/<progress_id>", methods=["DELETE"])
@bearer
@blp.response(200, RemovedOut)
@errors(blp, 401, 404)
def delete_progress(principal: Principal, goal_id: str, progress_id: str) -> Envelope:
    """Delete a progress update"""
    with db.begin() as session:
        progress.remove(session, principal, goal_id, progress_id)
    return removed("Progress update", progress_id)


@blp.route("/<goal_id>/link-journal", methods=["POST"])
@bearer
@blp.arguments(schemas.JournalLinkIn)
@blp.response(201, schemas.JournalLinkedOut)
@errors(blp, 400, 401, 404)
def link_entry(principal: Principal, body: dict[str, str], goal_id: str) -> Envelope:
    """Link a journal entry to a goal"""
    with db.begin() as session:
        links.link(session, principal, goal_id, body["journal_entry_id"])
    return {"success": True, "message": "Journal entry linked successfully", "goal_id": goal_id, **body}


@blp.route("/<goal_id>/link-journal/<entry_id>", methods=["DELETE"])
@bearer
@blp.response(200, schemas.JournalLinkedOut)
@errors(blp, 401, 404)
def unlink_entry(principal: Principal, goal_id: str, entry_id: str) -> Envelope:
    """Take a link away; the entry stays"""
    with db.begin() as session:
        links.unlink(session, principal, goal_id, entry_id)
    message = "Journal entry unlinked successfully"
    return {"success": True, "message": message, "goal_id": goal_id, "journal_entry_id": entry_id}


@blp.route("/<goal_id>/linked-journals", methods=["GET"])
@bearer
@blp.arguments(PageQuery, location="query")
@blp.response(200, schemas.LinkedEntriesOut)
@errors(blp, 400, 401, 404)
def list_linked_entries(principal: Principal, query: PageRequest, goal_id: str) -> Page[JournalEntry]:
    """List the journal entries that are about a goal, newest first"""
    with db.read() as session:
        return links.list_entries(session, principal, goal_id, query)
