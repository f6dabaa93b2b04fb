"""Questions for the offline coach, with what a product gives beside them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.llm.interfaces import Caller, Deadlines, Event, Grounding, Message, Request, TextDelta, Tool
from app.llm.offline import OfflineProvider


@dataclass(frozen=True)
class Entry:
    kind: str
    source_id: str
    title: str
    text: str
    dated_at: datetime
    attributes: Mapping[str, str] = field(default_factory=dict)


def entry(kind: str, title: str, text: str, day: str, source_id: str = "", **attributes: str) -> Entry:
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return Entry(kind, source_id or f"{kind}_{title}", title, text, moment, attributes)


GOAL = entry(
    "goal", "Run a 5K", "Feel fit again.\nMilestones: [x] Buy shoes; [ ] Run 3K without a break (due 2026-11-30)",
    "2026-10-02", "goal_01h", status="in_progress", progress="40", target="2026-12-20", next="Run 3K without a break",
)  # fmt: skip
BOOK = entry(
    "goal", 'Read "Deep Work" & use it', "One chapter a week.", "2026-09-01", "goal_02h",
    status="paused", progress="10", target="2027-01-31", next="Finish chapter 2",
)  # fmt: skip
JOURNAL = entry("journal", "A slow morning", "I slept badly and skipped the run again.", "2026-11-18", mood="tired")
READING = entry("journal", "Pages", "Two chapters before work.", "2026-11-15")
EVERYTHING = (GOAL, BOOK, JOURNAL, READING)


def a_request(messages: Sequence[Message], grounding: Grounding | None = None, **asked: Any) -> Request:
    return Request(Caller("chat.turn"), tuple(messages), grounding=grounding, **asked)


def events(request: Request, seed: int = 1) -> list[Event]:
    return list(OfflineProvider(seed, gap=0).stream("offline-coach", request, Deadlines()))


def text_of(heard: Sequence[Event]) -> str:
    return "".join(event.text for event in heard if isinstance(event, TextDelta))


def says(said: str, *documents: Entry, tools: tuple[Tool, ...] = (), **given: Any) -> str:
    """The answer to one message of a person with these documents."""
    grounding = Grounding(documents=documents or EVERYTHING, name="Maya", **given)
    return text_of(events(a_request([Message("user", said)], grounding, tools=tools)))


def talk(*said: str, grounding: Grounding | None = None) -> list[str]:
    """The answers to messages that follow each other."""
    turns: list[Message] = []
    for text in said:
        turns.append(Message("user", text))
        asked = a_request(turns, grounding or Grounding(documents=EVERYTHING))
        turns.append(Message("assistant", text_of(events(asked))))
    return [turn.content for turn in turns if turn.role == "assistant"]


def data(schema: dict[str, Any], grounding: Grounding, seed: int = 0, **asked: Any) -> Any:
    """The parsed answer to a request for JSON."""
    asked = {"max_tokens": 100_000, **asked}
    return json.loads(text_of(events(a_request([Message("user", "Go on.")], grounding, schema=schema, **asked), seed)))
