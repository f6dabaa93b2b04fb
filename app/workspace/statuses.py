"""A goal's status: which moves there are, and what each does to its milestones and progress."""

from app.core.clock import now
from app.core.errors import BadRequest
from app.workspace.models import Goal, GoalStatus

ALLOWED: dict[str, frozenset[GoalStatus]] = dict.fromkeys(GoalStatus, frozenset(GoalStatus))  # any move may be undone


def move(goal: Goal, wanted: GoalStatus) -> None:
    """Raises ``BadRequest`` for a move that the table does not have. To stay is no move."""
    if goal.status == wanted:
        return
    if wanted not in ALLOWED[goal.status]:
        raise BadRequest(f"A goal can't go from {goal.status} to {wanted}")
    if goal.status == GoalStatus.COMPLETED:
        _reopen(goal)
    goal.status, goal.status_changed_at = wanted, now()
    if wanted == GoalStatus.COMPLETED:
        _complete(goal)
    goal.recount()
    goal.touch()


def _complete(goal: Goal) -> None:
    goal.completed_at = goal.status_changed_at
    for milestone in goal.milestones:
        if not milestone.completed:
            milestone.complete(goal.status_changed_at)


def _reopen(goal: Goal) -> None:
    """Milestones that only the completion had closed are open again."""
    for milestone in goal.milestones:
        if milestone.completed_at == goal.completed_at:
            milestone.reopen()
    goal.completed_at = None
