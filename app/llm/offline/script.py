"""What a test makes the coach do: say this, be that slow, fail so. Each entry serves one call."""

import json as json_text
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.llm.interfaces import ProviderError, ToolCall

UNSET: Any = object()
PIECE = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Answer:
    """``error`` is raised after the deltas, so an answer with both breaks off in the middle."""

    deltas: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    error: ProviderError | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds before the first event, and between two deltas."""

    first: float = 0.0
    gap: float = 0.0


class Script:
    def __init__(self) -> None:
        self.answers: deque[Answer] = deque()
        self.paces: deque[Pace] = deque()

    def enqueue(
        self,
        text: str | None = None,
        *,
        deltas: Sequence[str] | None = None,
        error: ProviderError | None = None,
        json: Any = UNSET,
        calls: Sequence[ToolCall] = (),
    ) -> None:
        if json is not UNSET:
            text = json_text.dumps(json, ensure_ascii=False)
        parts = tuple(deltas) if deltas is not None else tuple(pieces(text or ""))
        self.answers.append(Answer(parts, tuple(calls), error))

    def slow(self, first: float = 0.0, gap: float = 0.0) -> None:
        self.paces.append(Pace(first, gap))

    def answer(self) -> Answer | None:
        return self.answers.popleft() if self.answers else None

    def pace(self, usual: Pace) -> Pace:
        return self.paces.popleft() if self.paces else usual


def pieces(text: str) -> list[str]:
    """Word-sized, white space attached: joined they are the text again."""
    return PIECE.findall(text)
