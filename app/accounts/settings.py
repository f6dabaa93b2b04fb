"""Reading and changing a person's settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.models import AccountSettings
from app.auth.principals import Principal
from app.care.service import Home
from app.core import weeks
from app.core.clock import now
from app.db.ownership import owner_columns
from app.db.session import Database

DEFAULT_ZONE = "UTC"


class SettingsChanges(TypedDict, total=False):
    """What is not named stays as it is."""

    timezone: str
    language: str
    country: str
    weekly_digest: bool
    personality_id: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    timezone: str = DEFAULT_ZONE
    language: str = ""
    country: str = ""
    weekly_digest: bool = False
    personality_id: str | None = None
    created_at: datetime | None = None  # when the first of them was set


def read(session: Session, principal: Principal) -> Settings:
    row = session.get(AccountSettings, (principal.tenant_id, principal.user_id))
    if row is None:
        return Settings()
    return Settings(row.timezone, row.language, row.country, row.weekly_digest, row.personality_id, row.created_at)


def change(session: Session, principal: Principal, changes: SettingsChanges) -> Settings:
    owner, moment = owner_columns(principal), now()
    fresh = {"timezone": DEFAULT_ZONE, "language": "", "country": "", "weekly_digest": False, "created_at": moment}
    row = insert(AccountSettings).values(**owner, updated_at=moment, **fresh | dict(changes))
    row = row.on_conflict_do_update(index_elements=list(owner), set_={"updated_at": moment, **changes})
    session.execute(row)
    session.expire_all()
    return read(session, principal)


def set_if_new(session: Session, principal: Principal, changes: SettingsChanges) -> None:
    """For somebody who has not set anything yet."""
    if session.get(AccountSettings, (principal.tenant_id, principal.user_id)) is None:
        change(session, principal, changes)


def time_zone(session: Session, principal: Principal, asked: str | None = None) -> str:
    """The time zone that counts for a request: its ``X-Timezone``, else the person's setting, else UTC."""
    if asked or principal.zone:
        return weeks.known(asked or principal.zone)
    query = select(AccountSettings.timezone).where(AccountSettings.owned_by(principal))
    return session.scalar(query) or DEFAULT_ZONE


def home(db: Database, tenant_id: str, user_id: str) -> Home:
    """What a person has set that tells where they are."""
    its = AccountSettings.tenant_id == tenant_id, AccountSettings.user_id == user_id
    with db.read() as session:
        row = session.execute(select(AccountSettings.country, AccountSettings.timezone).where(*its)).one_or_none()
    return Home(*row) if row else Home()
