"""A goal's milestones. Whoever changes one locks the goal, so that order and progress stay right."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import BadRequest, NotFound
from app.db.ownership import owner_columns
from app.workspace import indexing
from app.workspace.models import Goal, Milestone
from app.workspace.queries import find_goal

MOST = 100  # of one goal


class MilestoneChanges(TypedDict, total=False):
    title: str
    due_date: datetime | None


class NewMilestone(TypedDict):
    title: str
    due_date: datetime | None


def add(session: Session, principal: Principal, goal_id: str, new: NewMilestone) -> Milestone:
    """At the end of the goal's list."""
    goal = find_goal(session, principal, goal_id, lock=True)
    if goal.milestone_count >= MOST:
        raise BadRequest(f"A goal has at most {MOST} milestones")
    order = goal.milestone_count + 1
    milestone = Milestone(**owner_columns(goal), **new, order=order, completed=False, completed_at=None)
    goal.milestones.append(milestone)
    _save(session, goal)
    return milestone


def update(
    session: Session, principal: Principal, goal_id: str, milestone_id: str, changes: MilestoneChanges
) -> Milestone:
    goal = find_goal(session, principal, goal_id, lock=True)
    milestone = find(goal, milestone_id)
    for name, value in changes.items():
        setattr(milestone, name, value)
    _save(session, goal)
    return milestone


def toggle(session: Session, principal: Principal, goal_id: str, milestone_id: str) -> Milestone:
    goal = find_goal(session, principal, goal_id, lock=True)
    milestone = find(goal, milestone_id)
    if milestone.completed:
        milestone.reopen()
    else:
        milestone.complete(now())
    _save(session, goal)
    return milestone


def remove(session: Session, principal: Principal, goal_id: str, milestone_id: str) -> None:
    goal = find_goal(session, principal, goal_id, lock=True)
    goal.milestones.remove(find(goal, milestone_id))
    for place, milestone in enumerate(goal.milestones, 1):
        milestone.order = place
    _save(session, goal)


def find(goal: Goal, milestone_id: str) -> Milestone:
    found = next((milestone for milestone in goal.milestones if milestone.id == milestone_id), None)
    if found is None:
        raise NotFound("Milestone not found")
    return found


def _save(session: Session, goal: Goal) -> None:
    goal.recount()
    indexing.save_goal(session, goal)
