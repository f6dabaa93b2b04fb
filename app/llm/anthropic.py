"""The messages wire of Anthropic. A schema becomes a tool that the model has to call; its arguments are the answer."""

from collections.abc import Iterator
from itertools import groupby

import anthropic
import httpx2
import msgspec

from app.core.json import JSONValue
from app.llm import errors, transport
from app.llm.interfaces import (
    Deadlines,
    ErrorKind,
    Event,
    Finish,
    FinishReason,
    Message,
    Request,
    TextDelta,
    ToolCall,
    Usage,
)
from app.llm.tokens import Meter
from app.llm.wire import Wire

OFFICIAL = "https://api.anthropic.com"
OPENING: dict[str, object] = {"role": "user", "content": "Hello."}  # the wire wants a user's turn first
SDK = errors.Sdk(anthropic.APIStatusError, anthropic.APITimeoutError, anthropic.APIConnectionError)
REASONS = {
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "refusal": FinishReason.FILTERED,
}


class _Part(msgspec.Struct):
    text: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None


class _Block(msgspec.Struct):
    type: str
    id: str = ""
    name: str = ""
    input: dict[str, JSONValue] = {}


class _Tokens(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None


class _Opened(msgspec.Struct):
    usage: _Tokens | None = None


class _Event(msgspec.Struct):
    type: str
    index: int = 0
    delta: _Part | None = None
    content_block: _Block | None = None
    message: _Opened | None = None
    usage: _Tokens | None = None
    error: object = None


_decode = msgspec.json.Decoder(_Event).decode
_decode_arguments = msgspec.json.Decoder(dict[str, JSONValue]).decode
_encode = msgspec.json.Encoder().encode


class Client(anthropic.Anthropic):
    """The SDK with its own retries off, and nothing about this machine in the headers."""

    def __init__(self, api_key: str, base_url: str = "") -> None:
        super().__init__(
            api_key=api_key, base_url=base_url or OFFICIAL, max_retries=0, timeout=None, http_client=transport.client()
        )

    def platform_headers(self) -> dict[str, str]:
        return {}

    def send(self, body: dict[str, object]) -> httpx2.Response:
        """A ready-made body skips the SDK's walk over its types, a millisecond per call."""
        return self.post(
            "/v1/messages",
            cast_to=httpx2.Response,
            content=_encode(body),
            stream=True,
            stream_cls=anthropic.Stream[object],
        )  # type: ignore[return-value]


class AnthropicProvider:
    def __init__(self, api_key: str, base_url: str = "", name: str = "anthropic") -> None:
        self.name = name
        self._client = Client(api_key, base_url)

    def stream(self, model: str, request: Request, deadlines: Deadlines) -> Iterator[Event]:
        wire = Wire(self.name, model, deadlines, SDK)
        body = _body(model, request)
        with wire.open(lambda: self._client.send(body)) as payloads:
            yield from _events(wire, payloads, _Answer(wire, request))
            wire.drain(payloads)


def _events(wire: Wire, payloads: Iterator[bytes], answer: "_Answer") -> Iterator[Event]:
    call, take = wire.call, answer.take
    for payload in payloads:
        event = take(_decode(payload))
        if event is not None:
            call.answered = True
            yield event
        if answer.stopped:
            break
    yield from answer.end()


class _Answer:
    """What has to be remembered between the events."""

    def __init__(self, wire: Wire, request: Request) -> None:
        self._wire = wire
        self._answer_tool = request.schema_name if request.schema is not None else ""
        self._text = Meter(request)
        self._block: _Block | None = None
        self._arguments = ""
        self._called = False
        self._broken = False
        self._reason = ""
        self._input: int | None = None
        self._output: int | None = None
        self.stopped = False

    def take(self, event: _Event) -> Event | None:
        if event.delta is not None and event.type == "content_block_delta":
            return self._delta(event.delta)
        match event.type:
            case "content_block_start":
                self._block, self._arguments = event.content_block, ""
            case "content_block_stop":
                return self._block_end()
            case "message_start":
                self._count(event.message.usage if event.message else None)
            case "message_delta":
                self._count(event.usage)
                self._reason = (event.delta.stop_reason if event.delta else None) or self._reason
            case "message_stop":
                self.stopped = True
            case "error":
                raise errors.of_event(event.error, self._wire.provider, self._wire.model)
        return None

    def _delta(self, delta: _Part) -> Event | None:
        text = delta.text
        if delta.partial_json:
            self._wire.call.answered = True
            if self._is_tool_call():
                self._arguments += delta.partial_json
            else:
                text = delta.partial_json
        if not text:
            return None
        self._text.add(text)
        return TextDelta(text)

    def _is_tool_call(self) -> bool:
        return self._block is not None and self._block.type == "tool_use" and self._block.name != self._answer_tool

    def _block_end(self) -> Event | None:
        block, self._block = self._block if self._is_tool_call() else None, None
        if block is None:
            return None
        try:
            arguments = _decode_arguments(self._arguments) if self._arguments else block.input
        except msgspec.DecodeError:
            self._broken = True  # maybe cut by the length limit, which is told later; half a tool call is none
            return None
        self._called = True
        return ToolCall(block.id, block.name, arguments)

    def _count(self, tokens: _Tokens | None) -> None:
        """The prompt's tokens come first, the answer's last and in total."""
        if tokens is None:
            return
        if tokens.input_tokens is not None:
            cached = (tokens.cache_creation_input_tokens or 0) + (tokens.cache_read_input_tokens or 0)
            self._input = tokens.input_tokens + cached
        self._output = tokens.output_tokens if tokens.output_tokens is not None else self._output

    def end(self) -> Iterator[Event]:
        if not self.stopped:
            self._wire.fail(ErrorKind.CUT, "no end of stream")
        reason = REASONS.get(self._reason, FinishReason.STOP)
        if self._broken and reason is not FinishReason.LENGTH:
            self._wire.fail(ErrorKind.JUNK, "tool arguments")
        if reason is FinishReason.FILTERED and not (self._text or self._called):
            self._wire.fail(ErrorKind.FILTERED, "content filter")
        is_counted = self._input is not None and self._output is not None
        yield Usage(self._input or 0, self._output or 0) if is_counted else self._text.usage()
        yield Finish(FinishReason.TOOL if self._called else reason, self._wire.provider, self._wire.model)


def _body(model: str, request: Request) -> dict[str, object]:
    body: dict[str, object] = {"model": model, "messages": _messages(request), "stream": True}
    body["max_tokens"] = request.max_tokens
    if request.system:
        body["system"] = request.system
    if request.temperature is not None:
        body["temperature"] = min(request.temperature, 1.0)  # its scale ends there
    tools = [{"name": t.name, "description": t.description, "input_schema": t.parameters} for t in request.tools]
    if request.schema is not None:
        # with tools beside it the model may also call one of those first
        body["tool_choice"] = {"type": "any"} if tools else {"type": "tool", "name": request.schema_name}
        tools.append({"name": request.schema_name, "description": "Give the answer.", "input_schema": request.schema})
    if tools:
        body["tools"] = tools
    return body


def _messages(request: Request) -> list[dict[str, object]]:
    """Results of tools that were called together have to come back together."""
    filled = [
        one for one in request.messages if one.content or one.tool_calls or one.role == "tool"
    ]  # or it is refused
    messages: list[dict[str, object]] = []
    for is_tool, group in groupby(filled, key=lambda one: one.role == "tool"):
        if is_tool:
            results = [(one.tool_call_id, one.content) for one in group]
            content = [{"type": "tool_result", "tool_use_id": call, "content": text} for call, text in results]
            messages.append({"role": "user", "content": content})
        else:
            messages += map(_message, group)
    if not messages or messages[0]["role"] != "user":
        messages.insert(0, OPENING)
    return messages


def _message(message: Message) -> dict[str, object]:
    if not message.tool_calls:
        return {"role": message.role, "content": message.content}
    text = [{"type": "text", "text": message.content}] if message.content else []
    calls = [{"type": "tool_use", "id": c.id, "name": c.name, "input": c.arguments} for c in message.tool_calls]
    return {"role": message.role, "content": [*text, *calls]}
