"""A conversation as memory reads it, whichever product it comes from; and what was found in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db.ownership import Owner
from app.memory.models import FactKind, Special
from app.provenance.sources import Source


@dataclass(frozen=True, slots=True)
class Line:
    """One message. What was said in a crisis is none. ``is_heavy``: care was concerned about it."""

    source: Source
    is_persons: bool
    text: str
    said_at: datetime
    is_heavy: bool = False

    @property
    def id(self) -> str:
        return self.source.id


@dataclass(frozen=True, slots=True)
class Conversation:
    """``lines`` in their order. Only those of the person are sources: the coach's may repeat what it remembers."""

    owner: Owner
    lines: Sequence[Line]

    @property
    def of_person(self) -> dict[str, Line]:
        return {line.id: line for line in self.lines if line.is_persons}


@dataclass(frozen=True, slots=True)
class Found:
    """A fact that stands in the ``sources``; ``known`` is the id of the fact that it repeats or corrects."""

    text: str
    kind: FactKind
    special: Special | None
    sources: tuple[Source, ...]
    said_at: datetime
    known: str = ""
