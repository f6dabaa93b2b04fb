"""Voices and agents of all tenants, for operators. Those who hold a key of the tenant write them."""

from dataclasses import dataclass

from marshmallow import fields, validate
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import SERVICE
from app.realtime.models import Agent, Voice
from app.realtime.resources import serialize_agent, serialize_voice
from app.realtime.views import media_url
from app.web.operations import Operations
from app.web.schemas import Schema, tenant_field
from app.web.unified import Blueprint, errors

blp = Blueprint("admin_realtime", __name__, url_prefix="/admin", description="Voices and agents, for operators")
operation = Operations(blp, SERVICE, errors, sessions=True)


@dataclass(frozen=True, slots=True)
class RealtimeSearch:
    limit: int
    offset: int
    tenant: str | None


class RealtimeQuery(Schema):
    into: type | None = RealtimeSearch
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 1_000_000))
    tenant = tenant_field()


class AdminVoicesOut(Schema):
    voices = fields.List(fields.Raw(), metadata={"description": "As `GET /api/voices/` shows each, and its `tenant`"})
    total = fields.Integer(metadata={"example": 1})


class AdminAgentsOut(Schema):
    agents = fields.List(fields.Raw(), metadata={"description": "As `GET /api/agents/` shows each, and its `tenant`"})
    total = fields.Integer(metadata={"example": 1})


@operation("GET", "/voices", takes=RealtimeQuery, gives=AdminVoicesOut)
def list_voices(session: Session, _: Principal, query: RealtimeSearch) -> dict[str, object]:
    """List the voices of all tenants, or of one"""
    its = [Voice.tenant_id == query.tenant] if query.tenant else []
    ordered = select(Voice).where(*its).order_by(Voice.tenant_id, Voice.id)
    found = session.scalars(ordered.limit(query.limit).offset(query.offset)).all()
    rows = [{"tenant": voice.tenant_id, **serialize_voice(voice, media_url)} for voice in found]
    return {"voices": rows, "total": session.scalar(select(func.count(Voice.id)).where(*its))}


@operation("GET", "/agents", takes=RealtimeQuery, gives=AdminAgentsOut)
def list_agents(session: Session, _: Principal, query: RealtimeSearch) -> dict[str, object]:
    """List the agents of all tenants, or of one, newest first"""
    its = [Agent.tenant_id == query.tenant] if query.tenant else []
    wanted = select(Agent, Voice).outerjoin(Voice, Voice.id == Agent.voice_pk).where(*its)
    ordered = wanted.order_by(Agent.created_at.desc(), Agent.id.desc())
    found = session.execute(ordered.limit(query.limit).offset(query.offset)).all()
    rows = [{"tenant": row[0].tenant_id, **serialize_agent(row, media_url)} for row in found]
    return {"agents": rows, "total": session.scalar(select(func.count(Agent.id)).where(*its))}
