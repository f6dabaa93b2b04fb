"""One answer of the chat completions wire, put together from its chunks, or read from a body that came whole."""

import re
from collections.abc import Iterator

import msgspec

from app.core.json import JSONObject, JSONValue
from app.llm import errors
from app.llm.errors import Sent
from app.llm.interfaces import ErrorKind, Event, Finish, FinishReason, Request, TextDelta, ToolCall, Usage
from app.llm.tokens import Meter
from app.llm.wire import Wire

REASONS = {"length": FinishReason.LENGTH, "content_filter": FinishReason.FILTERED, "tool_calls": FinishReason.TOOL}
OF_A_CALL, OF_A_FUNCTION = ("index", "id", "type", "function"), ("name", "arguments")


class _ContentPart(msgspec.Struct):
    type: str = "text"
    text: str | None = None


class _Delta(msgspec.Struct):
    content: str | list[_ContentPart] | None = None
    refusal: str | None = None
    tool_calls: list[dict[str, JSONValue]] | None = None
    reasoning_content: str | None = None
    reasoning: JSONValue = None
    reasoning_details: list[JSONValue] | None = None
    extra_content: JSONValue = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None


class _Details(msgspec.Struct):
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    completion_tokens_details: _Details | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: object = None


# half of a pair of escapes, as in an emoji that was cut in two
_LONE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_decode_chunk = msgspec.json.Decoder(_Chunk).decode
_decode_arguments = msgspec.json.Decoder(dict[str, JSONValue]).decode
_encode = msgspec.json.Encoder().encode


def events(wire: Wire, payloads: Iterator[bytes], request: Request, sent: Sent) -> Iterator[Event]:
    answer = _Answer(wire, request, sent)
    call, take = wire.call, answer.take
    for payload in payloads:
        if payload == b"[DONE]":
            answer.done = True
            break
        text = take(_decode(payload))
        if text:
            call.answered = True
            yield TextDelta(text)
    yield from answer.end()


def _decode(payload: bytes) -> _Chunk:
    """A character that came in halves is left out; it would be no text."""
    try:
        return _decode_chunk(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decode_chunk(_LONE.sub(b"", payload).decode("utf-8", "ignore"))


class _Answer:
    """What has to be remembered between the chunks."""

    def __init__(self, wire: Wire, request: Request, sent: Sent) -> None:
        self._wire = wire
        self._sent = sent
        self._text = Meter(request)
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}
        self._thoughts = _Thoughts()
        self._finish = ""
        self._refused = False
        self._usage: Usage | None = None
        self.done = False

    def take(self, chunk: _Chunk) -> str | None:
        """Notes what the chunk says, and returns its text."""
        if chunk.error:
            raise errors.of_event(chunk.error, self._sent)
        if chunk.usage is not None:
            self._usage = self._thoughts.usage(chunk.usage)
        if not chunk.choices:
            return None
        choice = chunk.choices[0]
        if choice.finish_reason:
            self._finish = choice.finish_reason
        delta = choice.delta or choice.message
        return self._take(delta) if delta is not None else None

    def _take(self, delta: _Delta) -> str | None:
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

    def _add(self, part: dict[str, JSONValue]) -> None:
        """Some servers send no index, or 0 for every call, but then an id of its own for each."""
        index, call_id = _number(part.get("index")), str(part.get("id") or "")
        call = self._by_index.get(index)
        if call is None or (call_id and call.id and call_id != call.id):
            call = self._by_index[index] = _Call(call_id or f"call_{len(self._calls)}")
            self._calls.append(call)
        call.add(part)

    def end(self) -> Iterator[Event]:
        if not (self._finish or self.done):
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
            arguments = _decode_arguments(call.arguments or "{}")
            yield ToolCall(call.id, call.name, arguments, {self._wire.provider: extra} if extra else {})


class _Call:
    """A tool call as far as it has come. ``extra`` is what else the vendor said of it, by place."""

    def __init__(self, call_id: str) -> None:
        self.id = call_id
        self.name = self.arguments = ""
        self.extra: dict[str, JSONValue] = {}

    def add(self, part: dict[str, JSONValue]) -> None:
        function = part.get("function")
        if isinstance(function, dict):
            self.name += str(function.get("name") or "")
            self.arguments += _as_text(function.get("arguments"))
            self._keep("function", function, OF_A_FUNCTION)
        self._keep("call", part, OF_A_CALL)

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

    def add(self, delta: _Delta) -> None:
        if delta.reasoning_content or delta.reasoning or delta.reasoning_details or delta.extra_content:
            self.seen = True
            self._text.append(delta.reasoning_content or "")
            self._details += delta.reasoning_details or ()
            self._content = delta.extra_content or self._content

    def words(self, parts: list[_ContentPart]) -> str:
        """The text of a content that came in parts."""
        self.seen = self.seen or any(part.type not in ("text", "output_text") for part in parts)
        return "".join(part.text or "" for part in parts if part.type in ("text", "output_text"))

    def usage(self, counted: _Usage) -> Usage:
        details = counted.completion_tokens_details
        self.seen = self.seen or bool(details and details.reasoning_tokens)
        return Usage(counted.prompt_tokens or 0, counted.completion_tokens or 0, thought=self.seen)

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
