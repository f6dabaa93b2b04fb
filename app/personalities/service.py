"""Personalities: the built-in ones for everybody, and each person's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.db.ownership import owner_columns
from app.personalities.built_in import BUILT_IN, DEFAULT, BuiltIn
from app.personalities.models import Personality

MOST = 100  # of one person


class PersonalityFields(TypedDict, total=False):
    name: str
    description: str
    system_prompt: str
    style: str
    first_message: str
    voice_id: str
    eleven_labs_agent_id: str
    voice_stability: float
    voice_similarity_boost: float
    language: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class ListedPersonality:
    subject: Personality | BuiltIn
    is_default: bool
    is_built_in: bool


def list_all(session: Session, principal: Principal) -> list[ListedPersonality]:
    """The person's own, newest first, then the built-in ones."""
    default = _default(session, principal)
    every: list[Personality | BuiltIn] = [*_own(session, principal), *BUILT_IN.values()]
    return [_listed(row, default) for row in every]


def find(session: Session, principal: Principal, personality_id: str) -> ListedPersonality:
    row = BUILT_IN.get(personality_id) or _find_own(session, principal, personality_id)
    return _listed(row, _default(session, principal))


def create(session: Session, principal: Principal, fields: PersonalityFields) -> ListedPersonality:
    if len(_own(session, principal)) >= MOST:
        raise Conflict(f"There can be {MOST} coach personalities")
    row = Personality(**owner_columns(principal), **_columns(fields))
    session.add(row)
    session.flush()
    return _with_default(session, principal, row, fields.get("is_default"))


def update(
    session: Session, principal: Principal, personality_id: str, changes: PersonalityFields
) -> ListedPersonality:
    row = _find_own(session, principal, _changeable(personality_id))
    for name, value in _columns(changes).items():
        setattr(row, name, value)
    row.updated_at = now()
    session.flush()
    return _with_default(session, principal, row, changes.get("is_default"))


def set_default(session: Session, principal: Principal, personality_id: str) -> ListedPersonality:
    find(session, principal, personality_id)
    settings.change(session, principal, {"personality_id": personality_id})
    return find(session, principal, personality_id)


def remove(session: Session, principal: Principal, personality_id: str) -> None:
    """The newest of the others takes over from a default that goes, else the built-in one does."""
    row = _find_own(session, principal, _changeable(personality_id))
    was_default = _default(session, principal) == row.id
    session.execute(delete(Personality).where(Personality.id == row.id, Personality.owned_by(principal)))
    if was_default:
        left = _own(session, principal)
        settings.change(session, principal, {"personality_id": left[0].id if left else None})


def _with_default(session: Session, principal: Principal, row: Personality, wanted: bool | None) -> ListedPersonality:
    """The default changes only when the body says so."""
    is_default = _default(session, principal) == row.id
    if wanted is not None and wanted != is_default:
        settings.change(session, principal, {"personality_id": row.id if wanted else None})
    return find(session, principal, row.id)


def _columns(fields: PersonalityFields) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name != "is_default"}


def _changeable(personality_id: str) -> str:
    if personality_id in BUILT_IN:
        raise Conflict("A built-in coach personality can't be changed")
    return personality_id


def _find_own(session: Session, principal: Principal, personality_id: str) -> Personality:
    query = select(Personality).where(Personality.id == personality_id, Personality.owned_by(principal))
    row = session.scalar(query)
    if row is None:
        raise NotFound("Coach personality not found")
    return row


def _own(session: Session, principal: Principal) -> Sequence[Personality]:
    query = select(Personality).where(Personality.owned_by(principal))
    newest = query.order_by(Personality.created_at.desc(), Personality.id.desc())
    return session.scalars(newest.limit(MOST)).all()


def _default(session: Session, principal: Principal) -> str:
    return settings.read(session, principal).personality_id or DEFAULT.id


def _listed(row: Personality | BuiltIn, default: str) -> ListedPersonality:
    return ListedPersonality(row, row.id == default, isinstance(row, BuiltIn))
