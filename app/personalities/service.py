"""Personalities: the built-in ones for everybody, and each person's own."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.personalities.built_in import ALWAYS, BUILT_IN, DEFAULT, BuiltIn
from app.personalities.models import Personality

MOST = 100  # of one person
COLUMNS = {
    "name": "name", "description": "description", "systemPrompt": "system_prompt", "style": "style",
    "firstMessage": "first_message", "voiceId": "voice_id", "elevenLabsAgentId": "eleven_labs_agent_id",
    "voiceStability": "voice_stability", "voiceSimilarityBoost": "voice_similarity_boost", "language": "language",
}  # fmt: skip
NO_VOICE = {
    "voice_id": None, "eleven_labs_agent_id": None, "voice_stability": None, "voice_similarity_boost": None,
    "language": "en",
}  # fmt: skip

Body = dict[str, Any]


def listing(session: Session, principal: Principal) -> list[Body]:
    """The person's own, newest first, then the built-in ones."""
    default = _default(session, principal)
    known: list[Personality | BuiltIn] = [*_own(session, principal), *BUILT_IN.values()]
    return [_shown(row, default) for row in known]


def find(session: Session, principal: Principal, personality_id: str) -> Body:
    built_in = BUILT_IN.get(personality_id)
    row = built_in or _mine(session, principal, personality_id)
    return _shown(row, _default(session, principal))


def create(session: Session, principal: Principal, body: Body) -> Body:
    if len(_own(session, principal)) >= MOST:
        raise Conflict(f"There can be {MOST} coach personalities")
    row = Personality(tenant_id=principal.tenant_id, user_id=principal.user_id, **_columns(body))
    session.add(row)
    session.flush()
    return _settled(session, principal, row, body.get("isDefault"))


def update(session: Session, principal: Principal, personality_id: str, body: Body) -> Body:
    row = _mine(session, principal, _changeable(personality_id))
    for name, value in _columns(body).items():
        setattr(row, name, value)
    row.updated_at = now()
    session.flush()
    return _settled(session, principal, row, body.get("isDefault"))


def set_default(session: Session, principal: Principal, personality_id: str) -> Body:
    find(session, principal, personality_id)
    settings.change(session, principal, {"personality_id": personality_id})
    return find(session, principal, personality_id)


def remove(session: Session, principal: Principal, personality_id: str) -> Body:
    """The newest of the others takes over from a default that goes, else the built-in one does."""
    row = _mine(session, principal, _changeable(personality_id))
    was_default = _default(session, principal) == row.id
    session.execute(delete(Personality).where(Personality.id == row.id, *_owned(principal)))
    if was_default:
        left = _own(session, principal)
        settings.change(session, principal, {"personality_id": left[0].id if left else None})
    return {"success": True, "message": "Coach personality deleted successfully", "id": personality_id}


def _settled(session: Session, principal: Principal, row: Personality, wanted: bool | None) -> Body:
    """The default changes only when the body says so."""
    is_default = _default(session, principal) == row.id
    if wanted is not None and wanted != is_default:
        settings.change(session, principal, {"personality_id": row.id if wanted else None})
    return find(session, principal, row.id)


def _columns(body: Body) -> Body:
    return {COLUMNS[name]: value for name, value in body.items() if name in COLUMNS}


def _changeable(personality_id: str) -> str:
    if personality_id in BUILT_IN:
        raise Conflict("A built-in coach personality can't be changed")
    return personality_id


def _mine(session: Session, principal: Principal, personality_id: str) -> Personality:
    row = session.scalar(select(Personality).where(Personality.id == personality_id, *_owned(principal)))
    if row is None:
        raise NotFound("Coach personality not found")
    return row


def _own(session: Session, principal: Principal) -> list[Personality]:
    query = select(Personality).where(*_owned(principal)).order_by(Personality.created_at.desc(), Personality.id.desc())
    return list(session.scalars(query.limit(MOST)))


def _owned(principal: Principal) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Personality.tenant_id == principal.tenant_id, Personality.user_id == principal.user_id


def _default(session: Session, principal: Principal) -> str:
    return settings.of(session, principal).personality_id or DEFAULT.id


def _shown(row: Personality | BuiltIn, default: str) -> Body:
    if isinstance(row, BuiltIn):
        facts = asdict(row) | NO_VOICE | {"user_id": None, "created_at": ALWAYS, "updated_at": ALWAYS}
    else:
        facts = {name: getattr(row, name) for name in ("id", "user_id", *COLUMNS.values(), "created_at", "updated_at")}
    return facts | {"is_default": row.id == default, "is_built_in": isinstance(row, BuiltIn)}
