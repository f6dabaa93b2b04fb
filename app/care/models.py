"""What was found and shown, never what was said; who is to be asked how they are; what operators and tenants set."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Float, Identity, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.care.levels import Category, Level
from app.care.resources import Kind
from app.core.clock import now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.db.ownership import Owned
from app.db.privacy import OfNobody, OfPerson, OfTeam
from app.db.restoring import Restored, Stays, no_later
from app.db.session import Base

LIFE = timedelta(hours=24)  # of a follow-up


def as_restored(row: JSONObject) -> JSONObject:
    """A follow-up goes on in another account, and no longer than one that begins there."""
    return {**row, "until": no_later(row.get("until"), now() + LIFE)}


class CareEvent(Owned, Base):
    """One finding that something was done about. ``shown`` is what the person was given."""

    __tablename__ = "care_events"
    privacy = OfPerson(
        names=("user_id",), kept="How often care had to help, without the name: for ever",
        restored=Stays("Where care helped is counted there; here it looks at every message again"),
    )  # fmt: skip
    __table_args__ = (
        Index("ix_care_events_created", "created_at"),
        Index("ix_care_events_tenant", "tenant_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    path: Mapped[str] = mapped_column(String(40))
    level: Mapped[Level] = mapped_column(String(8))
    category: Mapped[Category | None] = mapped_column(String(16))
    score: Mapped[float | None] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String(120))  # the rule or the model that spoke
    language: Mapped[str] = mapped_column(String(8))
    country: Mapped[str | None] = mapped_column(String(2))
    shown: Mapped[str] = mapped_column(String(16))


class FollowUp(Owned, Base):
    """A person who was in a crisis: ``until`` then their turns open with a question, unless they say they are safe."""

    __tablename__ = "care_follow_ups"
    privacy = OfPerson(restored=Restored(mended=as_restored))

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    language: Mapped[str] = mapped_column(String(8))
    until: Mapped[datetime] = mapped_column(index=True)


class CareResource(Base):
    """A line of help as an operator has it. It takes the place of what is built in of that country and name.

    ``country`` is empty for one that is for all countries. One that is ``hidden`` is shown to nobody.
    """

    __tablename__ = "care_resources"
    privacy = OfNobody(why="The service's, written by operators", names=("updated_by",))
    __table_args__ = (UniqueConstraint("country", "name"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True, default=lambda: new_id("help"))
    country: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(100))
    hidden: Mapped[bool]
    kind: Mapped[Kind] = mapped_column(String(12))
    url: Mapped[str] = mapped_column(String(500))
    phone: Mapped[str] = mapped_column(String(40))
    sms: Mapped[str] = mapped_column(String(40))
    hours: Mapped[str] = mapped_column(String(60))
    languages: Mapped[list[str]]
    categories: Mapped[list[str]]
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(128))


class TenantCare(Base):
    """Where a tenant is told of a crisis; empty where the service's own address counts. ``on_call`` is the user id of
    the coach who is to look after it, empty without one."""

    __tablename__ = "tenant_care"
    privacy = OfTeam(secrets=("webhook_url",), names=("updated_by", "on_call"))

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    webhook_url: Mapped[str] = mapped_column(String(2083))
    on_call: Mapped[str] = mapped_column(String(128), default="", server_default="")
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(128))
