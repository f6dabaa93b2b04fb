"""The offline coach as a provider: no network, the same answer for the same seed and request."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jsonschema

from app.llm.interfaces import (
    Deadlines,
    ErrorKind,
    Event,
    Finish,
    FinishReason,
    JSONSchema,
    ProviderError,
    Request,
    TextDelta,
    ToolCall,
    Usage,
)
from app.llm.offline import business, tenant
from app.llm.offline.coach import reply
from app.llm.offline.interview import speech
from app.llm.offline.portraits import portrait
from app.llm.offline.reading import Reading, read
from app.llm.offline.recipes import RECIPES
from app.llm.offline.schema_values import answer
from app.llm.offline.script import UNSET, Answer, Pace, Script, pieces
from app.llm.offline.sessions import session_data, session_text
from app.llm.offline.tools import tool_call

MODEL = "offline-coach"
CHARS_PER_TOKEN = 4
AT_ONCE = Pace(0.0, 0.0)  # nobody watches data come


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
        spoken = speech(request)
        if spoken is not None:
            return Answer(tuple(pieces(spoken)))
        reading = read(request)
        if request.schema is not None:
            return Answer(tuple(pieces(self.filled(request, request.schema, reading))))
        welcome = session_text(request, reading, self.seed)
        if welcome:
            return Answer(tuple(pieces(welcome)))
        call = tool_call(request, reading, self.seed)
        return Answer(calls=(call,)) if call else Answer(tuple(pieces(reply(reading, self.seed))))

    def filled(self, request: Request, schema: JSONSchema, reading: Reading) -> str:
        """By a recipe where there is one for the answer's name and it fits, else from the schema alone."""
        value = self.cooked(request, reading)
        room = request.max_tokens * CHARS_PER_TOKEN
        text = json.dumps(value, ensure_ascii=False)
        if value and len(text) <= room and jsonschema.Draft202012Validator(schema).is_valid(value):
            return text
        return answer(schema, reading, self.seed, room)

    def cooked(self, request: Request, reading: Reading) -> Any:
        """What a recipe makes of it, nothing where there is none."""
        name = request.schema_name
        if name in RECIPES:
            return RECIPES[name](reading, self.seed)
        found = tenant.RECIPES[name](reading, self.seed) if name in tenant.RECIPES else None
        if name in business.RECIPES:
            found = found or business.RECIPES[name](reading)
        return found or portrait(request) or session_data(request, reading, self.seed)

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
