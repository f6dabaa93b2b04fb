"""The demo tenant's coach to talk with: a voice, an agent, and a thread."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.realtime.models import Agent, CoachSession, Voice
from app.realtime.own_thread import PERSONA

THREAD = "user_00000000000000d0"


def seed(session: Session, tenant: str) -> str:
    """Adds what is missing; the agent's ``bot_id``, which stays the same."""
    bot_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{tenant}/agent"))
    agent = session.scalar(select(Agent).where(Agent.tenant_id == tenant, Agent.bot_id == bot_id))
    if agent is None:
        agent = Agent(
            tenant_id=tenant, bot_id=bot_id, name="Mira", persona=PERSONA, description="The demo coach",
            voice_pk=_voice(session, tenant),
        )  # fmt: skip
        session.add(agent)
        session.flush()
    its = CoachSession.tenant_id == tenant, CoachSession.thread_id == THREAD
    if session.scalar(select(CoachSession.id).where(*its)) is None:
        session.add(CoachSession(tenant_id=tenant, agent_id=agent.id, thread_id=THREAD, title="First conversation"))
    return bot_id


def _voice(session: Session, tenant: str) -> int:
    voice = session.scalar(select(Voice).where(Voice.tenant_id == tenant, Voice.name == "Calm"))
    if voice is None:
        voice = Voice(tenant_id=tenant, name="Calm", service="espeak", voice_id="", gender="female")
        session.add(voice)
        session.flush()
    return voice.id
