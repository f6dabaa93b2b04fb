"""One answer of the chat completions wire, put together from its chunks, or read from a body that came whole."""

from collections.abc import Iterator, Sequence

import msgspec

from app.core.json import JSONObject, JSONValue, as_object
from app.llm import errors
from app.llm.errors import Sent
from app.llm.interfaces import ErrorKind, Event, Finish, FinishReason, Request, TextDelta, ToolCall, Usage
from app.llm.openai_chunks import Choice, Chunk, ContentPart, Counted, Delta, Place, decode
from app.llm.tokens import Meter
from app.llm.tool_arguments import arguments_in, is_whole
from app.llm.wire import Wire

REASONS = {  # the wire's own words, and those of vendors behind it
    **dict.fromkeys(("length", "max_tokens", "max_output_tokens", "model_length"), FinishReason.LENGTH),
    **dict.fromkeys(("content_filter", "safety", "prohibited_content", "blocklist", "spii"), FinishReason.FILTERED),
    "tool_calls": FinishReason.TOOL,
}
BROKEN = "error"  # in place of a reason
OF_A_CALL, OF_A_FUNCTION = ("index", "id", "type", "function"), ("name", "arguments")

_encode = msgspec.json.Encoder().encode


def events(wire: Wire, payloads: Iterator[bytes], request: Request, sent: Sent) -> Iterator[Event]:
    answer = _Answer(wire, request, sent)
    call, take = wire.call, answer.take
    for payload in payloads:
        if payload == b"[DONE]":
            answer.done = True
            break
        text = take(decode(payload))
        if text:
            call.answered = True
            yield TextDelta(text)
    yield from answer.end()


class _Answer:
    """What has to be remembered between the chunks."""

    def __init__(self, wire: Wire, request: Request, sent: Sent) -> None:
        self._wire = wire
        self._sent = sent
        self._text = Meter(request)
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}
        self._thoughts = _Thoughts()
        self._index: Place | None = None  # of the choice that is followed
        self._finish = ""
        self._refused = False
        self._usage: Usage | None = None
        self.done = False

    def take(self, chunk: Chunk) -> str | None:
        """Notes what the chunk says, and returns its text."""
        if chunk.error or chunk.choices is None:
            self._check(chunk)
        if chunk.usage is not None:
            self._usage = self._thoughts.usage(chunk.usage) or self._usage
        choice = self._followed(chunk.choices) if chunk.choices else None
        if choice is None:
            return None
        if choice.finish_reason:
            self._finish = choice.finish_reason.lower()
        delta = choice.delta or choice.message
        return self._take(delta) if delta is not None else None

    def _followed(self, choices: Sequence[Choice]) -> Choice | None:
        """Of several answers side by side, the one that began first."""
        if self._index is None:
            self._index = choices[0].index
        if choices[0].index == self._index:
            return choices[0]
        return next((choice for choice in choices if choice.index == self._index), None)

    def _check(self, chunk: Chunk) -> None:
        if chunk.fault:
            raise errors.of_event(chunk.fault, self._sent)

    def _take(self, delta: Delta) -> str | None:
        if delta.tool_calls:
            self._wire.call.answered = True
            for part in delta.tool_calls:
                self._add(part)
        if delta.refusal:
            self._refused = True
        content = delta.content
        text = self._thoughts.words(content) if isinstance(content, list) else content
        if text:
            self._text.add(text)
        else:
            self._thoughts.add(delta)
        return text

    def _add(self, part: JSONObject) -> None:
        """Some servers send no index, or 0 for every call; some give two calls the same id."""
        index = _number(part.get("index"))
        call = self._by_index.get(index)
        if call is None or call.is_over(part):
            said, place = str(part.get("id") or ""), len(self._calls)
            wanted = said or f"call_{place}"
            is_taken = any(other.id == wanted for other in self._calls)
            call = self._by_index[index] = _Call(f"{wanted}_{place}" if is_taken else wanted, said)
            self._calls.append(call)
        call.add(part)

    def end(self) -> Iterator[Event]:
        if self._finish == BROKEN or not (self._finish or self.done):
            self._wire.fail(ErrorKind.CUT, "no end of stream")
        reason = REASONS.get(self._finish, FinishReason.STOP)
        calls = list(self._tool_calls(reason))
        if (self._refused or reason is FinishReason.FILTERED) and not (self._text or calls):
            self._wire.fail(ErrorKind.FILTERED, "content filter")
        yield from calls
        yield self._usage or self._text.usage(self._thoughts.seen)
        yield Finish(FinishReason.TOOL if calls else reason, self._wire.provider, self._wire.model)

    def _tool_calls(self, reason: FinishReason) -> Iterator[ToolCall]:
        if reason is FinishReason.LENGTH:  # the last one may be cut, and half a tool call is none
            return
        thoughts = self._thoughts.extra()
        for place, call in enumerate(self._calls):
            extra: JSONObject = call.extra | (thoughts if place == 0 else {})
            yield ToolCall(call.id, call.name, self._arguments(call), {self._wire.provider: extra} if extra else {})

    def _arguments(self, call: "_Call") -> JSONObject:
        """Once something was said the answer can't begin anew: the tool gets a call that says nothing more."""
        found = arguments_in(call.arguments)
        if found is None and not self._text:
            self._wire.fail(ErrorKind.JUNK, "tool arguments")
        return found or {}


class _Call:
    """A tool call as far as it has come. ``extra`` is what else the vendor said of it, by place."""

    def __init__(self, call_id: str, said_id: str) -> None:
        self.id, self.said_id = call_id, said_id
        self.name = self.arguments = ""
        self.extra: dict[str, JSONValue] = {}

    def add(self, part: JSONObject) -> None:
        function = part.get("function")
        if isinstance(function, dict):
            name = str(function.get("name") or "")
            self.name += name if name != self.name else ""  # some servers repeat it
            self.arguments += _as_text(function.get("arguments"))
            self._keep("function", function, OF_A_FUNCTION)
        self._keep("call", part, OF_A_CALL)

    def is_over(self, part: JSONObject) -> bool:
        """Whether the part begins another call."""
        said = str(part.get("id") or "")
        is_named = bool(as_object(part.get("function")).get("name"))
        return bool(said and said != self.said_id) or (is_named and is_whole(self.arguments))

    def _keep(self, place: str, said: JSONObject, known: tuple[str, ...]) -> None:
        more = {name: value for name, value in said.items() if name not in known and value is not None}
        if more:
            before = self.extra.get(place)
            self.extra[place] = {**before, **more} if isinstance(before, dict) else more


class _Thoughts:
    """What a model thought aloud. It goes nowhere but back to the model, with the tool calls that came of it."""

    def __init__(self) -> None:
        self.seen = False
        self._text: list[str] = []
        self._details: list[JSONValue] = []
        self._content: JSONValue = None

    def add(self, delta: Delta) -> None:
        if delta.reasoning_content or delta.reasoning or delta.reasoning_details or delta.extra_content:
            self.seen = True
            self._text.append(delta.reasoning_content or "")
            self._details += delta.reasoning_details or ()
            self._content = delta.extra_content or self._content

    def words(self, parts: list[ContentPart]) -> str:
        """The text of a content that came in parts."""
        self.seen = self.seen or any(part.type not in ("text", "output_text") for part in parts)
        return "".join(part.text or "" for part in parts if part.type in ("text", "output_text"))

    def usage(self, counted: Counted) -> Usage | None:
        """None when nothing was counted."""
        details = counted.completion_tokens_details
        self.seen = self.seen or bool(details and details.reasoning_tokens)
        sent, received = counted.prompt_tokens or 0, counted.completion_tokens or 0
        return Usage(sent, received, thought=self.seen) if sent or received else None

    def extra(self) -> dict[str, JSONValue]:
        """Some vendors refuse a conversation whose tool calls come back without the thoughts before them."""
        said = {
            "reasoning_content": "".join(self._text), "reasoning_details": self._details, "extra_content": self._content
        }  # fmt: skip
        told: dict[str, JSONValue] = {name: value for name, value in said.items() if value}
        return {"message": told} if told else {}


def _number(value: JSONValue) -> int:
    return int(value) if isinstance(value, (int, float, str)) and str(value).isdecimal() else 0


def _as_text(arguments: JSONValue) -> str:
    """Some servers send arguments as JSON, not as text."""
    if arguments is None or isinstance(arguments, str):
        return arguments or ""
    return _encode(arguments).decode()
