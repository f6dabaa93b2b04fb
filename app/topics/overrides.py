"""What operators have set: as every process sees it, and how it is changed, with versions to go back to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.core.clock import iso, now
from app.core.errors import NotFound, Unprocessable
from app.core.json import JSONObject
from app.db.locks import advisory_lock
from app.db.session import Database
from app.llm.registry import Models
from app.streams import snapshot as known
from app.streams.signals import Signals
from app.topics import prompting
from app.topics.catalog import TOPICS
from app.topics.errors import TopicNotFound
from app.topics.models import PromptVersion, TopicSetting
from app.topics.topic import Topic

CHANGED = "topics.changed"


@dataclass(slots=True)
class Snapshot:
    settings: dict[str, TopicSetting] = field(default_factory=dict)
    prompts: dict[tuple[str, str], str] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)  # as changed, made when first asked for


class Overrides:
    """One per process: read at most every few seconds, and at once when told of a change."""

    def __init__(self, db: Database, signals: Signals) -> None:
        self._db = db
        self._known = known.Snapshot(signals, CHANGED, self._read, Snapshot())
        self.now, self.changed = self._known.now, self._known.changed

    def _read(self) -> Snapshot:
        its = PromptVersion.topic_id, PromptVersion.kind
        latest = select(PromptVersion).ext(distinct_on(*its)).order_by(*its, PromptVersion.version.desc())
        with self._db.read() as session:
            settings = {row.topic_id: row for row in session.scalars(select(TopicSetting))}
            versions = session.scalars(latest).all()
        return Snapshot(settings, {(row.topic_id, row.kind): row.text for row in versions if row.text is not None})


def topic_of(topic_id: str) -> Topic:
    if topic_id not in TOPICS:
        raise TopicNotFound(topic_id)
    return TOPICS[topic_id]


def change(session: Session, models: Models, topic_id: str, changes: Mapping[str, object], by: str) -> None:
    """Raises ``Unprocessable`` for a model that is not configured."""
    topic = topic_of(topic_id)
    model = changes.get("model")
    specs = [choice.spec for choice in models.choices]
    if model is not None and model not in specs:
        raise Unprocessable(f"model must be one of: {', '.join(specs)}", code="VALIDATION_ERROR")
    row = session.get(TopicSetting, topic.id) or TopicSetting(topic_id=topic.id)
    for name, value in changes.items():
        setattr(row, name, value)
    row.updated_at, row.updated_by = now(), by
    session.add(row)


def write_prompt(session: Session, topic_id: str, kind: str, text: str | None, by: str) -> int:
    """A new version; None goes back to the built-in prompt. Its number is the answer."""
    topic = topic_with_prompt(topic_id, kind)
    if text is not None:
        prompting.check_prompt(topic, text)
    advisory_lock(session, f"prompt:{topic_id}:{kind}")
    last = select(func.max(PromptVersion.version)).where(*_versions_of(topic_id, kind))
    version = (session.scalar(last) or 0) + 1
    session.add(
        PromptVersion(topic_id=topic_id, kind=kind, version=version, text=text, created_at=now(), created_by=by)
    )
    return version


def roll_back(session: Session, topic_id: str, kind: str, version: int, by: str) -> int:
    """Puts an earlier text in force again, as a new version; version 0 is the built-in prompt."""
    topic_with_prompt(topic_id, kind)
    old = session.get(PromptVersion, (topic_id, kind, version)) if version else None
    if version and old is None:
        raise NotFound(f"Version not found: {version}")
    return write_prompt(session, topic_id, kind, old.text if old else None, by)


def versions(session: Session, topic_id: str, kind: str) -> list[JSONObject]:
    """Newest first, the built-in one last."""
    topic_with_prompt(topic_id, kind)
    query = select(PromptVersion).where(*_versions_of(topic_id, kind)).order_by(PromptVersion.version.desc()).limit(200)
    builtin = prompting.builtin_prompt(topic_id, kind)
    rows = [(row.version, row.text, iso(row.created_at), row.created_by) for row in session.scalars(query)]
    return [
        {"version": version, "text": builtin if text is None else text, "builtin": text is None, "createdAt": at,
         "createdBy": by}
        for version, text, at, by in [*rows, (0, None, None, "")]
    ]  # fmt: skip


def topic_with_prompt(topic_id: str, kind: str) -> Topic:
    topic = topic_of(topic_id)
    if kind not in topic.prompts:
        raise NotFound(f"Prompt not found: {topic_id}/{kind[:40]}")
    return topic


def _versions_of(topic_id: str, kind: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return PromptVersion.topic_id == topic_id, PromptVersion.kind == kind
