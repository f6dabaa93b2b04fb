"""The offline coach as a provider: no network, the same answer for the same seed and request."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from app.llm.interfaces import (
    Deadlines,
    ErrorKind,
    Event,
    Finish,
    FinishReason,
    ProviderError,
    Request,
    Task,
    TextDelta,
    ToolCall,
    Usage,
)
from app.llm.offline import filler, frames, interview, review, sessions
from app.llm.offline.material import Material
from app.llm.offline.safety import help_for
from app.llm.offline.script import UNSET, Answer, Pace, Script, pieces
from app.llm.offline.tools import tool_call

MODEL = "offline-coach"
CHARS_PER_TOKEN = 4
AT_ONCE = Pace(0.0, 0.0)  # nobody watches data come
TEXTS: dict[Task, Callable[[Material], str]] = {
    Task.REPLY: frames.message,
    Task.GREET: sessions.greeting,
    Task.RESUME: sessions.greeting,
    Task.REVIEW: lambda material: review.Review(material).text(),
    Task.SUMMARY: review.summary,
    Task.INTERVIEW: interview.question,
    Task.IMPERSONATE: interview.answer,
}


class OfflineProvider:
    """``gap`` is the pause between two deltas in seconds, so that a person sees the answer come."""

    name = "offline"

    def __init__(self, seed: int = 0, gap: float = 0.012, sleep: Callable[[float], None] = time.sleep) -> None:
        self.seed = seed
        self.usual = Pace(0.0, gap)
        self.sleep = sleep
        self.script = Script()

    def enqueue(
        self,
        text: str | None = None,
        *,
        deltas: Sequence[str] | None = None,
        error: ProviderError | None = None,
        json: Any = UNSET,
        calls: Sequence[ToolCall] = (),
    ) -> None:
        """Sets what one later call answers; calls are served in order. With ``deltas`` the error comes after them."""
        self.script.enqueue(text, deltas=deltas, error=error, json=json, calls=calls)

    def slow(self, first: float = 0.0, gap: float = 0.0) -> None:
        """Sets how slow one later call is, in seconds; past a deadline it fails as a real one would."""
        self.script.slow(first, gap)

    def stream(self, model: str, request: Request, deadlines: Deadlines) -> Iterator[Event]:
        usual = self.usual if request.schema is None else AT_ONCE
        return self.events(request, self.script.answer(), self.script.pace(usual), deadlines)

    def events(self, request: Request, scripted: Answer | None, pace: Pace, deadlines: Deadlines) -> Iterator[Event]:
        self.wait(pace.first, deadlines.first)
        full = scripted or self.composed(request)
        kept = within(full.deltas, request.max_tokens)
        for place, text in enumerate(kept):
            if place:
                self.wait(pace.gap, deadlines.between)
            yield TextDelta(text)
        if full.error is not None:
            raise full.error
        yield from full.calls
        yield Usage(tokens(prompt(request)), tokens("".join(kept) + called(full.calls)), estimated=True)
        yield Finish(reason(full, kept), self.name, MODEL)

    def composed(self, request: Request) -> Answer:
        material = Material(request, self.seed)
        if request.schema is not None:
            return Answer(tuple(pieces(filler.answer(material, request.schema, request.max_tokens * CHARS_PER_TOKEN))))
        task = material.grounding.task
        danger = task in (Task.REPLY, Task.GREET, Task.RESUME) and help_for(material.said)
        call = tool_call(request, material.latest) if request.tools and not danger else None
        return Answer(calls=(call,)) if call else Answer(tuple(pieces(danger or TEXTS[task](material))))

    def wait(self, seconds: float, limit: float) -> None:
        if seconds > 0:
            self.sleep(min(seconds, limit))
        if seconds > limit:
            raise ProviderError(ErrorKind.TIMEOUT, provider=self.name, model=MODEL)


def within(deltas: Sequence[str], max_tokens: int) -> list[str]:
    """As many of the deltas as the token limit leaves room for, and never none."""
    kept: list[str] = []
    used = 0
    for text in deltas:
        used += len(text)
        if kept and used > max_tokens * CHARS_PER_TOKEN:
            break
        kept.append(text)
    return kept


def reason(full: Answer, kept: Sequence[str]) -> FinishReason:
    if full.calls:
        return FinishReason.TOOL
    return FinishReason.LENGTH if len(kept) < len(full.deltas) else FinishReason.STOP


def tokens(text: str) -> int:
    return max(1, len(text) // CHARS_PER_TOKEN)


def prompt(request: Request) -> str:
    """All that a model would have to read."""
    tools = "".join(f"{tool.name}{tool.description}{json.dumps(tool.parameters)}" for tool in request.tools)
    schema = json.dumps(request.schema) if request.schema else ""
    return "".join([request.system, *(message.content for message in request.messages), tools, schema])


def called(calls: Sequence[ToolCall]) -> str:
    return "".join(call.name + json.dumps(call.arguments) for call in calls)
