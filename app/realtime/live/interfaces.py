"""What a conversation needs of the rest: who speaks, what was said before, and where it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Coach:
    """An agent as a conversation needs it. ``voice`` is ``service::name``."""

    id: int
    bot_id: str
    name: str
    persona: str
    description: str
    max_tokens: int
    voice: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A session of one tenant with one agent."""

    id: int
    tenant_id: str
    thread_id: str
    coach: Coach


@dataclass(frozen=True, slots=True)
class Past:
    query: str
    response: str


class Ended(StrEnum):
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(slots=True)
class Record:
    """A turn as it is kept."""

    query: str
    response: str = ""
    state: Ended = Ended.COMPLETED
    emotion: Body = field(default_factory=dict)
    viseme: Body = field(default_factory=dict)
    meta: Body = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deck:
    """Slides as clients get them."""

    version: int
    title: str
    summary: str
    editorjs: Body
    updated_at: str


class Memory(Protocol):
    """Each call is a short transaction of its own; ids are the tenant's or they are not there."""

    def coach(self, tenant: str, bot_id: str) -> Coach | None:
        """An active agent."""
        ...

    def thread(self, tenant: str, coach: Coach, thread_id: str) -> Thread | None: ...

    def past(self, thread: Thread, limit: int) -> Sequence[Past]:
        """The last turns, oldest first, without what makes them large."""
        ...

    def keep(self, thread: Thread, record: Record) -> None: ...

    def deck(self, thread: Thread) -> Deck | None: ...

    def write_deck(self, thread: Thread, title: str, summary: str, editorjs: Body, by: str) -> Deck:
        """A real change makes a new version."""
        ...
