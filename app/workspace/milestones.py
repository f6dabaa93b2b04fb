"""A goal's milestones. Whoever changes one holds the goal, so that order and progress stay right."""

from typing import Any

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import BadRequest, NotFound
from app.workspace import indexing
from app.workspace.models import Goal, Milestone
from app.workspace.ownership import find_goal

MOST = 100  # of one goal


def listing(session: Session, principal: Principal, goal_id: str) -> dict[str, Any]:
    goal = find_goal(session, principal, goal_id)
    return {"milestones": goal.milestones, "total": goal.milestone_count, "completed": goal.completed_milestones}


def add(session: Session, principal: Principal, goal_id: str, body: dict[str, Any]) -> Milestone:
    """At the end of the goal's list."""
    goal = find_goal(session, principal, goal_id, lock=True)
    if goal.milestone_count >= MOST:
        raise BadRequest(f"A goal has at most {MOST} milestones")
    owner = {"tenant_id": goal.tenant_id, "user_id": goal.user_id}
    milestone = Milestone(**owner, **body, order=goal.milestone_count + 1, completed=False, completed_at=None)
    goal.milestones.append(milestone)
    _settle(session, goal)
    return milestone


def update(
    session: Session, principal: Principal, goal_id: str, milestone_id: str, changes: dict[str, Any]
) -> Milestone:
    goal = find_goal(session, principal, goal_id, lock=True)
    milestone = _of(goal, milestone_id)
    for name, value in changes.items():
        setattr(milestone, name, value)
    _settle(session, goal)
    return milestone


def toggle(session: Session, principal: Principal, goal_id: str, milestone_id: str) -> Milestone:
    """Done becomes open, open becomes done."""
    goal = find_goal(session, principal, goal_id, lock=True)
    milestone = _of(goal, milestone_id)
    if milestone.completed:
        milestone.reopen()
    else:
        milestone.complete(now())
    _settle(session, goal)
    return milestone


def remove(session: Session, principal: Principal, goal_id: str, milestone_id: str) -> None:
    goal = find_goal(session, principal, goal_id, lock=True)
    goal.milestones.remove(_of(goal, milestone_id))
    for place, milestone in enumerate(goal.milestones, 1):
        milestone.order = place
    _settle(session, goal)


def _of(goal: Goal, milestone_id: str) -> Milestone:
    found = next((milestone for milestone in goal.milestones if milestone.id == milestone_id), None)
    if found is None:
        raise NotFound("Milestone not found")
    return found


def _settle(session: Session, goal: Goal) -> None:
    goal.recount()
    goal.touch()
    session.flush()
    indexing.put_goal(session, goal)
