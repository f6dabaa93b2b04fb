"""The offline coach as a provider: no network, the same answer for the same seed and request."""

import json
import re
import time
from collections.abc import Callable, Iterator
from itertools import accumulate

from app.llm.interfaces import Deadlines, Event, Finish, FinishReason, Request, Task, TextDelta, Tool, ToolCall, Usage
from app.llm.offline import chat, filler, interview, remembering, review, wishes
from app.llm.offline.lexicon import EXPRESSIONS, WORDS
from app.llm.offline.material import Material
from app.llm.offline.words import capital, parts, singular, words

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
        wish = self._wish(request, material)
        call = wish or self._call(request, material)
        text = chat.Reply(material).proposing() if wish else "" if call else self._text(request, material)
        pieces = PIECE.findall(text)
        lengths, room = accumulate(map(len, pieces)), request.max_tokens * CHARS_PER_TOKEN
        kept = [text for text, used in zip(pieces, lengths, strict=True) if used <= room] or pieces[:1]
        for place, text in enumerate(kept):
            if place and self.gap and request.schema is None:  # nobody watches data come
                self.sleep(self.gap)
            yield TextDelta(text)
        if call:
            yield call
        called = f"{call.name}{json.dumps(call.arguments)}" if call else ""
        read, written = len(prompt(request)), len(called) + sum(map(len, kept))
        yield Usage(max(1, read // CHARS_PER_TOKEN), max(1, written // CHARS_PER_TOKEN), estimated=True)
        cut = FinishReason.LENGTH if len(kept) < len(pieces) else FinishReason.STOP
        yield Finish(FinishReason.TOOL if call else cut, self.name, MODEL)

    def _wish(self, request: Request, material: Material) -> ToolCall | None:
        return wishes.wished(material, chat.Reply(material).language) if self._may_call(request, material) else None

    def _call(self, request: Request, material: Material) -> ToolCall | None:
        wanted = self._may_call(request, material) and not wishes.is_offered(material)
        return tool_call(request, material.latest) if wanted else None

    def _may_call(self, request: Request, material: Material) -> bool:
        return bool(request.tools) and request.schema is None and not material.grounding.gently

    def _text(self, request: Request, material: Material) -> str:
        if material.grounding.task is Task.REMEMBER:
            return remembering.answer(material)
        if request.schema is not None:
            return filler.answer(material, request.schema, request.max_tokens * CHARS_PER_TOKEN)
        return TEXTS[material.grounding.task](material)


def prompt(request: Request) -> str:
    """All that a model would have to read."""
    tools = "".join(f"{tool.name}{tool.description}{json.dumps(tool.parameters)}" for tool in request.tools)
    schema = json.dumps(request.schema) if request.schema else ""
    return "".join([request.system, *(message.content for message in request.messages), tools, schema])


def tool_call(request: Request, latest: str) -> ToolCall | None:
    """The call that a message plainly asks for: a verb of asking, and the words that name a tool."""
    is_asked = EXPRESSIONS["asking"].search(latest) and not EXPRESSIONS["declined"].search(latest)
    if not is_asked or not request.messages or request.messages[-1].role != "user":
        return None
    said, text = set(map(singular, words(latest))), latest.strip().rstrip(".!? ")
    tool = next((tool for tool in request.tools if (said & set(map(singular, parts(tool.name)))) - WORDS["acts"]), None)
    found = EXPRESSIONS["subject"].search(text) or EXPRESSIONS["look_up"].search(text)
    subject = found[1].strip() if found else text
    return ToolCall(f"call_{tool.name}", tool.name, _arguments(tool, subject)) if tool else None


def _arguments(tool: Tool, subject: str) -> dict[str, str]:
    """The subject for each text that the tool needs."""
    known = tool.parameters.get("properties", {})
    required = tool.parameters.get("required") or list(known)[:1]
    return {name: capital(subject) if name == "title" else subject for name in required if name in known}
