"""The messages wire of Anthropic. A schema becomes a tool that the model has to call; its arguments are the answer."""

from collections.abc import Iterator
from itertools import groupby

import anthropic
import httpx2
import msgspec

from app.core.json import JSONObject, JSONValue, as_object
from app.llm import anthropic_events, errors, prompts, transport
from app.llm.anthropic_events import Part, Tokens
from app.llm.capabilities import Format
from app.llm.errors import Sent
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
from app.llm.tool_arguments import arguments_in
from app.llm.wire import Wire

OFFICIAL = "https://api.anthropic.com"
OPENING: dict[str, object] = {"role": "user", "content": "Hello."}  # the wire wants a user's turn first
SDK = errors.Sdk(anthropic.APIStatusError, anthropic.APITimeoutError, anthropic.APIConnectionError)
THOUGHTS = ("thinking", "redacted_thinking")
OF_A_CALL = ("type", "id", "name", "input")
REASONS = {
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "refusal": FinishReason.FILTERED,
}


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
        sent = Sent(self.name, model, request.max_tokens, request.schema_name)
        wire = Wire(sent, deadlines, SDK)
        body = _body(self.name, model, request)
        with wire.open(lambda: self._client.send(body)) as payloads:
            yield from _events(wire, payloads, _Answer(wire, request, sent))
            wire.drain(payloads)


def _events(wire: Wire, payloads: Iterator[bytes], answer: "_Answer") -> Iterator[Event]:
    call, take = wire.call, answer.take
    for payload in payloads:
        event = take(anthropic_events.decode(payload))
        if event is not None:
            call.answered = True
            yield event
        if answer.stopped:
            break
    yield from answer.end()


class _Answer:
    """What has to be remembered between the events."""

    def __init__(self, wire: Wire, request: Request, sent: Sent) -> None:
        self._wire = wire
        self._sent = sent
        self._answer_tool = request.schema_name if request.schema is not None else ""
        self._text = Meter(request)
        self._block: dict[str, JSONValue] = {}
        self._arguments = ""
        self._thoughts: list[JSONValue] = []
        self._thought = False
        self._ids: list[str] = []  # of the calls
        self._broken: list[ToolCall] = []
        self._reason = ""
        self._input: int | None = None
        self._output: int | None = None
        self.stopped = False

    def take(self, event: anthropic_events.Event) -> Event | None:
        if event.delta is not None and event.type == "content_block_delta":
            return self._delta(event.delta)
        match event.type:
            case "content_block_start":
                self._block, self._arguments = event.content_block or {}, ""
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
                raise errors.of_event(event.error, self._sent)
        return None

    def _delta(self, delta: Part) -> Event | None:
        text = delta.text
        if delta.partial_json:
            self._wire.call.answered = True
            if self._is_tool_call():
                self._arguments += delta.partial_json
            else:
                text = delta.partial_json
        for name, more in (("thinking", delta.thinking), ("signature", delta.signature)):
            if more:
                self._block[name] = f"{self._block.get(name) or ''}{more}"
        if not text:
            return None
        self._text.add(text)
        return TextDelta(text)

    def _is_tool_call(self) -> bool:
        return self._block.get("type") == "tool_use" and self._block.get("name") != self._answer_tool

    def _block_end(self) -> Event | None:
        is_call, block, self._block = self._is_tool_call(), self._block, {}
        if block.get("type") in THOUGHTS:
            self._thoughts.append(block)
            self._thought = True
        if not is_call:
            return self._whole(block)
        arguments = arguments_in(self._arguments) if self._arguments else as_object(block.get("input"))
        call = ToolCall(self._id_of(block), str(block.get("name")), arguments or {}, self._extra(block))
        if arguments is None:
            self._broken.append(call)  # maybe cut by the length limit, which is told later
            return None
        self._ids.append(call.id)
        return call

    def _whole(self, block: JSONObject) -> TextDelta | None:
        """An answer that came with the beginning of its block, and not piece by piece."""
        if block.get("type") != "tool_use" or not block.get("input") or self._text:
            return None
        text = _encode(block["input"]).decode()
        self._text.add(text)
        return TextDelta(text)

    def _id_of(self, block: JSONObject) -> str:
        """Some servers give a call none, or two the same."""
        said, place = str(block.get("id") or ""), len(self._ids)
        return said if said and said not in self._ids else f"{said or 'call'}_{place}"

    def _extra(self, block: JSONObject) -> dict[str, JSONObject]:
        """Thoughts have to come back in front of the calls that came of them, signed as they are."""
        more = {name: value for name, value in block.items() if name not in OF_A_CALL}
        thoughts, self._thoughts = self._thoughts, []
        extra = ({"call": more} if more else {}) | ({"before": thoughts} if thoughts else {})
        return {self._wire.provider: extra} if extra else {}

    def _count(self, tokens: Tokens | None) -> None:
        """The prompt's tokens come first, the answer's last and in total."""
        if tokens is None:
            return
        if tokens.input_tokens is not None:
            cached = (tokens.cache_creation_input_tokens or 0) + (tokens.cache_read_input_tokens or 0)
            self._input = tokens.input_tokens + cached
        self._output = tokens.output_tokens if tokens.output_tokens is not None else self._output

    def _broken_calls(self) -> Iterator[ToolCall]:
        """Once something was said the answer can't begin anew: the tool gets a call that says nothing more."""
        if self._broken and not self._text:
            self._wire.fail(ErrorKind.JUNK, "tool arguments")
        self._ids += [call.id for call in self._broken]
        yield from self._broken

    def end(self) -> Iterator[Event]:
        if not (self.stopped or self._reason):
            self._wire.fail(ErrorKind.CUT, "no end of stream")
        reason = REASONS.get(self._reason, FinishReason.STOP)
        if reason is not FinishReason.LENGTH:  # half a tool call is none
            yield from self._broken_calls()
        if reason is FinishReason.FILTERED and not (self._text or self._ids):
            self._wire.fail(ErrorKind.FILTERED, "content filter")
        is_counted = self._input is not None and self._output is not None
        counted = Usage(self._input or 0, self._output or 0, thought=self._thought)
        yield counted if is_counted else self._text.usage(self._thought)
        yield Finish(FinishReason.TOOL if self._ids else reason, self._wire.provider, self._wire.model)


def _body(provider: str, model: str, request: Request) -> dict[str, object]:
    known, system = request.capabilities, prompts.system_of(request)
    body: dict[str, object] = {"model": model, "stream": True, "max_tokens": request.max_tokens}
    if system and known.system:
        body["system"] = system
    body["messages"] = _messages(provider, request, "" if known.system else system)
    if request.temperature is not None and known.temperature:
        body["temperature"] = min(request.temperature, 1.0)  # its scale ends there
    return body | _tools(request)


def _tools(request: Request) -> dict[str, object]:
    tools = [
        {"name": t.name, "description": t.description, "input_schema": t.parameters}
        for t in request.tools
        if request.capabilities.tools
    ]
    if request.schema is None or request.capabilities.format_of(request.schema_name) is not Format.SCHEMA:
        return {"tools": tools} if tools else {}
    # with tools beside it the model may also call one of those first
    choice = {"type": "any"} if tools else {"type": "tool", "name": request.schema_name}
    answer = {"name": request.schema_name, "description": "Give the answer.", "input_schema": request.schema}
    return {"tool_choice": choice, "tools": [*tools, answer]}


def _messages(provider: str, request: Request, opening: str) -> list[dict[str, object]]:
    """Results of tools that were called together have to come back together."""
    given = (*((Message("user", opening),) if opening else ()), *request.messages)
    filled = [one for one in given if one.content or one.tool_calls or one.role == "tool"]  # or it is refused
    messages: list[dict[str, object]] = []
    for is_tool, group in groupby(filled, key=lambda one: one.role == "tool"):
        if is_tool:
            results = [(one.tool_call_id, one.content) for one in group]
            content = [{"type": "tool_result", "tool_use_id": call, "content": text} for call, text in results]
            messages.append({"role": "user", "content": content})
        else:
            messages += [_message(provider, one) for one in group]
    if not messages or messages[0]["role"] != "user":
        messages.insert(0, OPENING)
    return messages


def _message(provider: str, message: Message) -> dict[str, object]:
    if not message.tool_calls:
        return {"role": message.role, "content": message.content}
    blocks: list[object] = [{"type": "text", "text": message.content}] if message.content else []
    thoughts: list[object] = []
    for call in message.tool_calls:
        extra = call.extra.get(provider, {})
        before = extra.get("before")
        thoughts += before if isinstance(before, list) else []
        named = {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}
        blocks.append({**as_object(extra.get("call")), **named})
    return {"role": message.role, "content": [*thoughts, *blocks]}
