"""What a model names: rows by their ids or, where it only knows what they are called, by their titles."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts import settings
from app.actions.kinds import ActionKind
from app.auth.principals import Principal
from app.core.clock import now
from app.core.json import JSONObject
from app.core.weeks import local_date
from app.workspace.models import Goal, Milestone, Routine

Titled = type[Goal] | type[Routine]


def settled(session: Session, principal: Principal, kind: ActionKind, arguments: JSONObject) -> JSONObject:
    """The arguments with ids in place of titles, and the day and the time zone that are meant by none."""
    given = {name: value for name, value in arguments.items() if value is not None}
    for name, model in (("goal_id", Goal), ("routine_id", Routine)):
        if name in given:
            given[name] = _id_of(session, principal, model, str(given[name]))
    if "milestone_id" in given:
        given["milestone_id"] = _milestone(session, principal, str(given.get("goal_id")), str(given["milestone_id"]))
    zone = settings.time_zone(session, principal)
    usual = {"date": local_date(now(), zone).isoformat(), "timezone": zone}
    return {name: usual[name] for name in usual if name in kind.takes().fields} | given


def title_of(session: Session, principal: Principal, goal_id: object) -> str:
    query = select(Goal.title).where(Goal.owned_by(principal), Goal.id == str(goal_id))
    return session.scalar(query) or ""


def _id_of(session: Session, principal: Principal, model: Titled, named: str) -> str:
    """As it was named, where there is none such."""
    is_it = or_(model.id == named, func.lower(model.title) == named.strip().lower())
    query = select(model.id).where(model.owned_by(principal), is_it)
    return session.scalar(query.order_by((model.id == named).desc(), model.created_at.desc()).limit(1)) or named


def _milestone(session: Session, principal: Principal, goal_id: str, named: str) -> str:
    is_it = or_(Milestone.id == named, func.lower(Milestone.title) == named.strip().lower())
    query = select(Milestone.id).where(Milestone.of_goal(principal, goal_id), is_it)
    return session.scalar(query.order_by((Milestone.id == named).desc(), Milestone.order).limit(1)) or named
