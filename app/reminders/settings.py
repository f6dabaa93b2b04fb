"""What holds for all reminders of a person."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import TypedDict

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.db.ownership import Owner, owner_columns
from app.reminders.models import ReminderSettings, hours

PER_DAY = 20


class Hours(TypedDict):
    begin: time
    end: time


class SettingsChanges(TypedDict, total=False):
    """What is not named stays as it is."""

    per_day: int
    cool_down_hours: float
    quiet_hours: Hours | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class Settings:
    """``cool_down_hours``: so long one that was not answered is not told again."""

    per_day: int = PER_DAY
    cool_down_hours: float = 0.0
    quiet_from: time | None = None
    quiet_to: time | None = None
    paused_until: datetime | None = None

    @property
    def quiet_hours(self) -> dict[str, time] | None:
        return hours(self.quiet_from, self.quiet_to)


USUAL = Settings()


def read(session: Session, owner: Owner) -> Settings:
    row = session.get(ReminderSettings, (owner.tenant_id, owner.user_id))
    return settings_of(row) if row else USUAL


def settings_of(row: ReminderSettings) -> Settings:
    return Settings(row.per_day, row.cool_down_hours, row.quiet_from, row.quiet_to, row.paused_until)


def change(session: Session, principal: Principal, changes: SettingsChanges) -> Settings:
    named = columns(changes) | {"updated_at": now()}
    fresh = {"per_day": PER_DAY, "cool_down_hours": 0.0}
    row = insert(ReminderSettings).values(owner_columns(principal) | fresh | named)
    session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "user_id"], set_=named))
    session.expire_all()
    return read(session, principal)


def columns(changes: SettingsChanges) -> dict[str, object]:
    """Hours as the two columns that hold them."""
    named: dict[str, object] = {name: value for name, value in changes.items() if name != "quiet_hours"}
    if "quiet_hours" in changes:
        asked = changes["quiet_hours"]
        named |= {"quiet_from": asked["begin"] if asked else None, "quiet_to": asked["end"] if asked else None}
    return named
