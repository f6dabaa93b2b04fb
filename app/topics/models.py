"""What operators change about topics, and runs that go on in the background."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import iso, now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.db.ownership import Owned
from app.db.privacy import Derivation, OfNobody, OfPerson
from app.db.restoring import Restored, is_there
from app.db.session import Base

ENDED = frozenset({"completed", "failed", "cancelled"})


class TopicSetting(Base):
    """Overrides of one topic; None leaves what the catalogue says."""

    __tablename__ = "topic_settings"
    privacy = OfNobody(why="The service's, set by operators", names=("updated_by",))

    topic_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    active: Mapped[bool | None]
    model: Mapped[str | None] = mapped_column(String(200))
    temperature: Mapped[float | None]
    max_tokens: Mapped[int | None]
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(128), default="")


class PromptVersion(Base):
    """A prompt as an operator wrote it. The highest version is in force; with ``text`` None, the built-in one."""

    __tablename__ = "prompt_versions"
    privacy = OfNobody(why="The service's, written by operators", names=("created_by",))

    topic_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(128), default="")


def as_restored(row: JSONObject) -> JSONObject:
    """What had not ended there ends here: nobody is at work on it."""
    kept = [row.get(name) for name in ("gathered", "result", "about")]
    if not all(isinstance(value, dict) for value in (row.get("parameters"), *filter(is_there, kept))):
        raise ValueError("not a run")
    return row if row.get("state") in ENDED else {**row, "state": "cancelled", "completed_at": iso(now())}


class SavedInput(Base):
    """Parameters of a topic that operators try its prompts with."""

    __tablename__ = "topic_inputs"
    privacy = OfNobody(why="The service's, written by operators", names=("created_by",))
    __table_args__ = (UniqueConstraint("topic_id", "name", name="uq_topic_inputs_name"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("input"))
    topic_id: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(100))
    parameters: Mapped[JSONObject]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(128))


class TopicRun(Owned, Base):
    """A run in the background. Its id is its job's; the job's row says how far it is."""

    __tablename__ = "topic_runs"
    privacy = OfPerson(
        secrets=("callback_url",),
        derived={"result": ("workspace_records", "goals"), "gathered": ("workspace_records",)},
        derivation=Derivation.ANSWER,
        restored=Restored(mended=as_restored),
    )
    __table_args__ = (Index("ix_topic_runs_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    topic_id: Mapped[str] = mapped_column(String(100))
    parameters: Mapped[JSONObject]
    gathered: Mapped[JSONObject | None]
    state: Mapped[str] = mapped_column(String(12), default="pending")
    result: Mapped[JSONObject | None]
    about: Mapped[JSONObject | None]
    error: Mapped[str | None]
    error_code: Mapped[str | None] = mapped_column(String(40))
    callback_url: Mapped[str | None] = mapped_column(String(2083))
    estimated_ms: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
