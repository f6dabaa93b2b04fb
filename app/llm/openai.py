"""The chat completions wire: OpenAI, and by base URL Gemini, Ollama, vLLM, Groq and the like."""

from collections.abc import Iterator, Mapping, Sequence

import httpx2
import msgspec
import openai

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
from app.llm.strict import NotStrict, strict
from app.llm.tokens import Meter
from app.llm.wire import Wire

OFFICIAL = "https://api.openai.com/v1"
REASONING = ("o1", "o3", "o4", "gpt-5")  # these take no temperature
SDK = errors.Sdk(openai.APIStatusError, openai.APITimeoutError, openai.APIConnectionError)
REASONS = {"length": FinishReason.LENGTH, "content_filter": FinishReason.FILTERED, "tool_calls": FinishReason.TOOL}


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _ToolPart(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _Delta(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolPart] | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: object = None


class _Vector(msgspec.Struct):
    index: int
    embedding: list[float]


class _Vectors(msgspec.Struct):
    data: list[_Vector]


_decode = msgspec.json.Decoder(_Chunk).decode
_decode_vectors = msgspec.json.Decoder(_Vectors).decode
_decode_arguments = msgspec.json.Decoder(dict[str, JSONValue]).decode
_encode = msgspec.json.Encoder().encode


class Client(openai.OpenAI):
    """The SDK with its own retries off, and nothing about this machine in the headers."""

    def __init__(self, api_key: str, base_url: str = "") -> None:
        super().__init__(
            api_key=api_key, base_url=base_url or OFFICIAL, max_retries=0, timeout=None, http_client=transport.client()
        )
        self.organization = self.project = None  # these would come from the environment
        self._root = str(self.base_url).rstrip("/")

    def platform_headers(self) -> dict[str, str]:
        return {}

    def send(self, path: str, body: Mapping[str, object]) -> httpx2.Response:
        """A ready-made body and a whole URL skip the SDK's walk over types and parts, a millisecond per call."""
        return self.post(
            self._root + path, cast_to=httpx2.Response, content=_encode(body), stream=True,
            stream_cls=openai.Stream[object],
        )  # type: ignore[return-value]  # fmt: skip


class OpenAIProvider:
    def __init__(self, api_key: str, base_url: str = "", name: str = "openai") -> None:
        self.name = name
        self._official = base_url.rstrip("/") in ("", OFFICIAL)
        self._client = Client(api_key, base_url)

    def stream(self, model: str, request: Request, deadlines: Deadlines) -> Iterator[Event]:
        wire = Wire(self.name, model, deadlines, SDK)
        body = _body(model, request, self._official)
        with wire.open(lambda: self._client.send("/chat/completions", body)) as payloads:
            yield from _events(wire, payloads, _Answer(wire, request))
            wire.drain(payloads)


class OpenAIEmbedder:
    def __init__(self, model: str, client: Client, deadlines: Deadlines, name: str = "openai") -> None:
        self.model = model
        self._client = client
        self._deadlines = deadlines
        self._name = name

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if not texts:
            return []
        wire = Wire(self._name, self.model, self._deadlines, SDK)
        body = {"model": self.model, "input": list(texts), "encoding_format": "float"}
        with wire.exchange(lambda: self._client.send("/embeddings", body)) as response:
            rows = _decode_vectors(response.read()).data
        if len(rows) != len(texts):
            wire.fail(ErrorKind.JUNK, "wrong number of vectors")
        return [row.embedding for row in sorted(rows, key=lambda row: row.index)]


def _events(wire: Wire, payloads: Iterator[bytes], answer: "_Answer") -> Iterator[Event]:
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


class _Answer:
    """What has to be remembered between the chunks."""

    def __init__(self, wire: Wire, request: Request) -> None:
        self._wire = wire
        self._text = Meter(request)
        self._calls: list[list[str]] = []  # id, name, arguments so far
        self._by_index: dict[int, list[str]] = {}
        self._finish = ""
        self._refused = False
        self._usage: Usage | None = None
        self.done = False

    def take(self, chunk: _Chunk) -> str | None:
        """Notes what the chunk says, and returns its text."""
        if chunk.error:
            raise errors.of_event(chunk.error, self._wire.provider, self._wire.model)
        if chunk.usage is not None:
            self._usage = Usage(chunk.usage.prompt_tokens or 0, chunk.usage.completion_tokens or 0)
        if not chunk.choices:
            return None
        choice = chunk.choices[0]
        if choice.finish_reason:
            self._finish = choice.finish_reason
        return self._take(choice.delta) if choice.delta is not None else None

    def _take(self, delta: _Delta) -> str | None:
        if delta.tool_calls:
            self._wire.call.answered = True
            for part in delta.tool_calls:
                self._add(part)
        if delta.refusal:
            self._refused = True
        if delta.content:
            self._text.add(delta.content)
        return delta.content

    def _add(self, part: _ToolPart) -> None:
        """Some servers send no index, or 0 for every call, but then an id of its own for each."""
        index = part.index or 0
        call = self._by_index.get(index)
        if call is None or (part.id and call[0] and part.id != call[0]):
            call = self._by_index[index] = [part.id or f"call_{len(self._calls)}", "", ""]
            self._calls.append(call)
        if part.function is not None:
            call[1] += part.function.name or ""
            call[2] += part.function.arguments or ""

    def end(self) -> Iterator[Event]:
        if not (self._finish or self.done):
            self._wire.fail(ErrorKind.CUT, "no end of stream")
        reason = REASONS.get(self._finish, FinishReason.STOP)
        calls = list(self._tool_calls(reason))
        if (self._refused or reason is FinishReason.FILTERED) and not (self._text or calls):
            self._wire.fail(ErrorKind.FILTERED, "content filter")
        yield from calls
        yield self._usage or self._text.usage()
        yield Finish(FinishReason.TOOL if calls else reason, self._wire.provider, self._wire.model)

    def _tool_calls(self, reason: FinishReason) -> Iterator[ToolCall]:
        if reason is FinishReason.LENGTH:  # the last one may be cut, and half a tool call is none
            return
        for call_id, name, arguments in self._calls:
            yield ToolCall(call_id, name, _decode_arguments(arguments or "{}"))


def _body(model: str, request: Request, official: bool) -> dict[str, object]:
    system: list[dict[str, object]] = [{"role": "system", "content": request.system}] if request.system else []
    messages = [*system, *map(_message, request.messages)]
    body: dict[str, object] = {"model": model, "messages": messages, "stream": True}
    body["stream_options"] = {"include_usage": True}
    body["max_completion_tokens" if official else "max_tokens"] = request.max_tokens
    if request.temperature is not None and not (official and model.startswith(REASONING)):
        body["temperature"] = request.temperature
    if request.tools:
        body["tools"] = [
            {"type": "function", "function": {"name": t.name, "description": t.description, "parameters": t.parameters}}
            for t in request.tools
        ]
    if request.schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": _json_schema(request.schema_name, request.schema),
        }
    return body


def _json_schema(name: str, schema: dict[str, object]) -> dict[str, object]:
    try:
        return {"name": name, "schema": strict(schema), "strict": True}
    except NotStrict:
        return {"name": name, "schema": schema, "strict": False}


def _message(message: Message) -> dict[str, object]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id, "content": message.content}
    if not message.tool_calls:
        return {"role": message.role, "content": message.content}
    calls = [
        {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": _encode(c.arguments).decode()}}
        for c in message.tool_calls
    ]
    return {"role": message.role, "content": message.content or None, "tool_calls": calls}
