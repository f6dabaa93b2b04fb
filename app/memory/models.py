"""What a coach remembers of a person, each fact with the state that it is in; its sources are in ``app.provenance``."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.care.safety import in_crisis, stored_of
from app.core.clock import now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.core.retention import Aging
from app.db.ownership import Owned
from app.db.privacy import Ages, Derivation, OfPerson
from app.db.restoring import Restored, no_later
from app.db.session import Base

LONGEST = 300  # characters of a fact


class FactKind(StrEnum):
    PREFERENCE = "preference"
    CIRCUMSTANCE = "circumstance"
    COMMITMENT = "commitment"
    PERSON = "person"  # somebody in their life
    WHAT_HELPED = "what_helped"


class FactState(StrEnum):
    """A fact of a special category is proposed; it is used once the person has said yes."""

    PROPOSED = "proposed"
    KEPT = "kept"


class Special(StrEnum):
    """Categories of data that nobody keeps without an explicit yes (GDPR, art. 9 and 10)."""

    HEALTH = "health"
    BELIEF = "belief"
    POLITICS = "politics"
    SEXUALITY = "sexuality"
    ORIGIN = "origin"
    UNION = "union"
    OFFENCE = "offence"


def as_restored(row: JSONObject) -> JSONObject:
    """What could not be remembered here is none: nothing of a crisis. Nothing was said later than now."""
    text, special = row.get("text"), row.get("special")
    is_known = str(row.get("kind")) in {*FactKind} and (special is None or str(special) in {*Special})
    is_sentence = isinstance(text, str) and 0 < len(text.strip()) <= len(text) <= LONGEST
    if not is_known or not is_sentence or in_crisis(stored_of(str(text))):
        raise ValueError("not a fact")
    return {**row, "said_at": no_later(row.get("said_at"), now())}


class Fact(Owned, Base):
    """One thing that the person said of themselves, in one sentence. ``said_at`` is when they said it last.

    ``replaces`` is the fact that a proposed one will supersede. One that is superseded goes with the one that came
    after it.
    """

    __tablename__ = "memory_facts"
    privacy = OfPerson(
        restored=Restored(prefix="fact", names=("replaces",), mended=as_restored),
        derived={"text": ("chat_messages",)},
        derivation=Derivation.RECORDED,
        ages=Ages(kind=Aging.MESSAGES, since="said_at"),
    )
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'kept')", name="state"),
        Index("ix_memory_facts_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("ix_memory_facts_superseded", "superseded_by", postgresql_where=text("superseded_by IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("fact"))
    kind: Mapped[FactKind] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(LONGEST))
    state: Mapped[FactState] = mapped_column(String(12))
    special: Mapped[Special | None] = mapped_column(String(20))
    pinned: Mapped[bool] = mapped_column(default=False, server_default=false())
    replaces: Mapped[str | None] = mapped_column(String(64))
    superseded_by: Mapped[str | None] = mapped_column(ForeignKey("memory_facts.id", ondelete="CASCADE"))
    said_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class MemorySettings(Owned, Base):
    """``since`` is when it was last switched on: what was said before stays unremembered."""

    __tablename__ = "memory_settings"
    privacy = OfPerson(restored=Restored())

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=True, server_default=true())
    since: Mapped[datetime] = mapped_column(default=now)
