"""The offline coach as a provider: no network, the same answer for the same seed and request."""

import json
import re
import time
from collections.abc import Callable, Iterator
from itertools import accumulate

from app.llm.interfaces import Deadlines, Event, Finish, FinishReason, Request, Task, TextDelta, ToolCall, Usage
from app.llm.offline import chat, filler, interview, review
from app.llm.offline.material import Material
from app.llm.offline.safety import safe_reply
from app.llm.offline.tools import tool_call

MODEL = "offline-coach"
CHARS_PER_TOKEN = 4
PIECE = re.compile(r"\S+\s*|\s+")  # a word with its white space
TEXTS: dict[Task, Callable[[Material], str]] = {
    Task.REPLY: chat.message,
    Task.GREET: chat.greeting,
    Task.RESUME: chat.greeting,
    Task.REVIEW: lambda material: review.Review(material).text(),
    Task.SUMMARY: review.summary,
    Task.INTERVIEW: interview.question,
    Task.IMPERSONATE: interview.answer,
}


class OfflineProvider:
    """``gap`` is the pause between two deltas in seconds, so that a person sees the answer come."""

    name = "offline"

    def __init__(self, seed: int = 0, gap: float = 0.012, sleep: Callable[[float], None] = time.sleep) -> None:
        self.seed, self.gap, self.sleep = seed, gap, sleep

    def stream(self, model: str, request: Request, deadlines: Deadlines) -> Iterator[Event]:
        material = Material(request, self.seed)
        call = self._call(request, material)
        pieces = [] if call else PIECE.findall(self._text(request, material))
        lengths, room = accumulate(map(len, pieces)), request.max_tokens * CHARS_PER_TOKEN
        kept = [text for text, used in zip(pieces, lengths, strict=True) if used <= room] or pieces[:1]
        for place, text in enumerate(kept):
            if place and self.gap and request.schema is None:  # nobody watches data come
                self.sleep(self.gap)
            yield TextDelta(text)
        if call:
            yield call
        called = f"{call.name}{json.dumps(call.arguments)}" if call else ""
        yield Usage(tokens(prompt(request)), tokens(called, *kept), estimated=True)
        cut = FinishReason.LENGTH if len(kept) < len(pieces) else FinishReason.STOP
        yield Finish(FinishReason.TOOL if call else cut, self.name, MODEL)

    def _call(self, request: Request, material: Material) -> ToolCall | None:
        wanted = request.tools and request.schema is None and not safe_reply(material.said)
        return tool_call(request, material.latest) if wanted else None

    def _text(self, request: Request, material: Material) -> str:
        if request.schema is not None:
            return filler.answer(material, request.schema, request.max_tokens * CHARS_PER_TOKEN)
        task = material.grounding.task
        danger = safe_reply(material.said) if task in (Task.REPLY, Task.GREET, Task.RESUME) else ""
        return danger or TEXTS[task](material)


def tokens(*texts: str) -> int:
    return max(1, sum(map(len, texts)) // CHARS_PER_TOKEN)


def prompt(request: Request) -> str:
    """All that a model would have to read."""
    tools = "".join(f"{tool.name}{tool.description}{json.dumps(tool.parameters)}" for tool in request.tools)
    schema = json.dumps(request.schema) if request.schema else ""
    return "".join([request.system, *(message.content for message in request.messages), tools, schema])
