"""Whether a person is remembered: yes, until they say no."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.db.ownership import Owner, owner_columns
from app.memory.models import MemorySettings


class Changes(TypedDict):
    enabled: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """``since``: what was said before then is not looked at."""

    enabled: bool = True
    since: datetime | None = None


def read(session: Session, owner: Owner) -> Settings:
    row = session.get(MemorySettings, (owner.tenant_id, owner.user_id), populate_existing=True)
    return Settings(row.enabled, row.since) if row else Settings()


def change(session: Session, principal: Principal, changes: Changes) -> Settings:
    """Off: nothing is remembered, and nothing of it used. What is there stays until it is deleted."""
    owner, wanted, moment = owner_columns(principal), changes["enabled"], now()
    row = insert(MemorySettings).values(**owner, enabled=wanted, since=moment)
    is_other = MemorySettings.enabled.is_distinct_from(wanted)
    named = {"enabled": wanted, "since": moment}
    session.execute(row.on_conflict_do_update(index_elements=list(owner), set_=named, where=is_other))
    return read(session, principal)
