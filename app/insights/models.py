"""Questions that a person might put to the coach, kept until they are stale."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.json import JSONObject, as_object
from app.db.ownership import Owned
from app.db.privacy import Derivation, OfPerson
from app.db.restoring import Restored
from app.db.session import Base


class Prompt(TypedDict):
    id: str
    text: str
    category: str


def as_restored(row: JSONObject) -> JSONObject:
    found = row.get("prompts")
    prompts = [as_object(one) for one in found] if isinstance(found, list) else [{}]
    if not all(isinstance(one.get(name), str) for one in prompts for name in Prompt.__annotations__):
        raise ValueError("not prompts")
    return row


class SuggestedPrompts(Owned, Base):
    """``prompts`` is empty when something that they were made from was deleted; ``sources`` are the ids of that, for
    processes that know no more.
    """

    __tablename__ = "suggested_prompts"
    privacy = OfPerson(
        derived={"prompts": ("journal_entries", "goals", "milestones", "progress_updates")},
        derivation=Derivation.RECORDED,
        restored=Restored(mended=as_restored),
    )

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    prompts: Mapped[list[Prompt]] = mapped_column(JSONB, default=list)
    sources: Mapped[list[str]] = mapped_column(default=list)
    made_at: Mapped[datetime] = mapped_column(default=now)
    asked_at: Mapped[datetime | None]  # when the last refresh was asked for
