"""A conversation as a turn sees it: who speaks, what was said before, what is kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.care.safety import shown_to_models
from app.care.words import Words
from app.core.ids import joined
from app.core.json import JSONObject
from app.core.places import NOWHERE, Place
from app.llm.interfaces import Caller, Message
from app.realtime.live.client_clock import clock_of

FEATURE, SPEECH, TRANSCRIPTION = "realtime.turn", "realtime.speech", "realtime.transcription"


@dataclass(frozen=True, slots=True)
class AgentProfile:
    id: int
    bot_id: str
    name: str
    persona: str
    description: str
    max_tokens: int
    voice: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    id: int
    tenant_id: str
    thread_id: str
    agent: AgentProfile
    key_id: str = ""
    place: Place = NOWHERE

    @property
    def rate_key(self) -> str:
        """What the rate of its turns is filed under, however many connections it has."""
        return joined(self.tenant_id, self.thread_id)

    def caller(self, feature: str) -> Caller:
        return Caller(feature, self.tenant_id, self.thread_id, self.key_id)


@dataclass(frozen=True, slots=True)
class Query:
    """What a person says now; ``began`` is when it came."""

    text: str
    local_time: str
    language: str = ""
    began: float = field(default_factory=time.perf_counter)

    @property
    def clock(self) -> datetime:
        """What the client's clock shows."""
        return clock_of(self.local_time)


@dataclass(frozen=True, slots=True)
class Exchange:
    """``safety`` is what care found in the query."""

    query: str
    response: str
    safety: JSONObject | None = None


class TurnState(StrEnum):
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TurnRecord:
    query: str
    response: str
    state: TurnState
    emotion: JSONObject = field(default_factory=dict)
    viseme: JSONObject = field(default_factory=dict)
    meta: JSONObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slides:
    """Slides as they are written; ``editorjs`` is an Editor.js document."""

    title: str
    summary: str
    editorjs: JSONObject


@dataclass(frozen=True, slots=True)
class Deck(Slides):
    """``typed`` are keys of the texts that a person wrote."""

    version: int
    updated_at: str
    typed: frozenset[str] = frozenset()


def words_of(thread: Thread, text: str, before: Callable[[], list[str]] = list) -> Words:
    return Words.of(thread.caller(FEATURE), text, before, thread.place)


def messages_of(history: list[Exchange]) -> list[Message]:
    return [message for turn in history if turn.response for message in _pair(turn)]


def _pair(turn: Exchange) -> tuple[Message, Message]:
    asked = shown_to_models("user", turn.query, turn.safety)
    return Message("user", asked), Message("assistant", shown_to_models("assistant", turn.response, turn.safety))
