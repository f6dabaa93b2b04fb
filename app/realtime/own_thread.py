"""Whom a person may talk with by their own sign-in, and their own thread.

Its ``thread_id`` is the person's id: so it is theirs in exports and erasures, and no key of the team's opens it.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.realtime.models import Agent, CoachSession
from app.realtime.writes import is_uuid

MOST = 100  # coaches that are listed
NAME, DESCRIPTION = "Coach", "Speaks with you where your team has no coaches of its own"
PERSONA = "Warm, brief and curious. You like concrete examples, ask one question at a time, and never hurry anybody."


@dataclass(frozen=True, slots=True)
class Coach:
    """``id`` is what the socket takes as ``bot_id``; ``avatar`` is the id of a picture."""

    id: str
    name: str
    description: str
    glb: str | None = None
    avatar: str | None = None


def offered(session: Session, principal: Principal) -> list[Coach]:
    """The team's active agents, by name; one of our own where it never had any."""
    query = select(Agent).where(Agent.tenant_id == principal.tenant_id, Agent.is_active)
    found = session.scalars(query.order_by(Agent.name, Agent.id).limit(MOST)).all()
    if not found and not _has_agents(session, principal.tenant_id):
        return [Coach(built_in_id(principal.tenant_id), NAME, DESCRIPTION)]
    return [Coach(one.bot_id, one.name, one.description, one.glb, one.avatar) for one in found]


def built_in_id(tenant: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{tenant}/coach"))


def open_with(session: Session, principal: Principal, bot_id: str) -> None:
    """The person's thread goes on with this agent, if there is one."""
    agent = _agent(session, principal.tenant_id, bot_id) if is_uuid(bot_id) else None
    if agent is None:
        return
    there = {"agent_id": agent, "is_active": True, "updated_at": now()}
    row = insert(CoachSession).values(tenant_id=principal.tenant_id, thread_id=principal.user_id, **there)
    session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "thread_id"], set_=there))


def _agent(session: Session, tenant: str, bot_id: str) -> int | None:
    its = Agent.tenant_id == tenant, Agent.bot_id == bot_id, Agent.is_active
    found = session.scalar(select(Agent.id).where(*its))
    if found is None and bot_id == built_in_id(tenant) and not _has_agents(session, tenant):
        _make_built_in(session, tenant)
        found = session.scalar(select(Agent.id).where(*its))
    return found


def _make_built_in(session: Session, tenant: str) -> None:
    """Whoever talks first makes it; it is the team's to change from then on."""
    made = insert(Agent).values(
        tenant_id=tenant, bot_id=built_in_id(tenant), name=NAME, description=DESCRIPTION, persona=PERSONA
    )
    session.execute(made.on_conflict_do_nothing(index_elements=["bot_id"]))


def _has_agents(session: Session, tenant: str) -> bool:
    return bool(session.scalar(select(func.count()).select_from(Agent).where(Agent.tenant_id == tenant)))
