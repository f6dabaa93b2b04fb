"""What operators have set, as every process sees it: read at most every few seconds, and at once when told."""

import time
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import SQLAlchemyError

from app.db.session import Database
from app.streams.signals import Signals
from app.topics.models import PromptVersion, TopicSetting
from app.topics.topic import Topic

KEEP = 5.0  # seconds, should the word of a change get lost
CHANGED = "topics.changed"


@dataclass(slots=True)
class Snapshot:
    settings: dict[str, TopicSetting] = field(default_factory=dict)
    prompts: dict[tuple[str, str], str] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)  # as changed, made when first asked for


class Overrides:
    def __init__(self, db: Database, signals: Signals) -> None:
        self._db = db
        self._signals = signals
        self._snapshot = Snapshot()
        self._read_at = float("-inf")
        signals.subscribe(CHANGED, self._forget)

    def now(self) -> Snapshot:
        """When the database is away, what was known last."""
        if time.monotonic() - self._read_at > KEEP:
            self._read_at = time.monotonic()
            try:
                self._snapshot = self._read()
            except SQLAlchemyError:
                self._read_at = float("-inf")
        return self._snapshot

    def changed(self) -> None:
        self._signals.publish(CHANGED)

    def _forget(self, _: str) -> None:
        self._read_at = float("-inf")

    def _read(self) -> Snapshot:
        its = PromptVersion.topic_id, PromptVersion.kind
        latest = select(PromptVersion).ext(distinct_on(*its)).order_by(*its, PromptVersion.version.desc())
        with self._db.read() as session:
            settings = {row.topic_id: row for row in session.scalars(select(TopicSetting))}
            versions = session.scalars(latest).all()
        return Snapshot(settings, {(row.topic_id, row.kind): row.text for row in versions if row.text is not None})
