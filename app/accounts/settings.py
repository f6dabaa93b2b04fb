"""Reading and changing a person's settings."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.models import AccountSettings
from app.auth.principals import Principal
from app.core import weeks
from app.core.clock import now

DEFAULT_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Settings:
    timezone: str = DEFAULT_ZONE
    language: str = ""
    weekly_digest: bool = False
    personality_id: str | None = None


def of(session: Session, principal: Principal) -> Settings:
    row = session.get(AccountSettings, (principal.tenant_id, principal.user_id))
    return Settings(row.timezone, row.language, row.weekly_digest, row.personality_id) if row else Settings()


def change(session: Session, principal: Principal, changes: dict[str, Any]) -> Settings:
    """Sets what ``changes`` names, and leaves the rest."""
    owner = {"tenant_id": principal.tenant_id, "user_id": principal.user_id}
    moment = now()
    fresh = {"timezone": DEFAULT_ZONE, "language": "", "weekly_digest": False, "created_at": moment}
    row = insert(AccountSettings).values(**owner, updated_at=moment, **fresh | changes)
    row = row.on_conflict_do_update(index_elements=list(owner), set_={"updated_at": moment} | changes)
    session.execute(row)
    session.expire_all()
    return of(session, principal)


def begin_with(session: Session, principal: Principal, wishes: dict[str, Any]) -> None:
    """Sets what ``wishes`` names for somebody who has not set anything yet."""
    owner = {"tenant_id": principal.tenant_id, "user_id": principal.user_id}
    if session.get(AccountSettings, tuple(owner.values())) is None:
        change(session, principal, wishes)


def zone(session: Session, principal: Principal, asked: str | None) -> str:
    """The time zone that counts for a request: its ``X-Timezone``, else the person's setting, else UTC."""
    if asked:
        return weeks.known(asked)
    query = select(AccountSettings.timezone).where(
        AccountSettings.tenant_id == principal.tenant_id, AccountSettings.user_id == principal.user_id
    )
    return session.scalar(query) or DEFAULT_ZONE
