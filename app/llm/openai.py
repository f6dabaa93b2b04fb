"""The chat completions wire: OpenAI, and by base URL Gemini, Ollama, vLLM, Groq and the like."""

from collections.abc import Iterator, Mapping

import httpx2
import msgspec
import openai

from app.core.json import JSONObject, as_object
from app.llm import errors, openai_answer, prompts, transport
from app.llm.capabilities import Format, LimitName
from app.llm.errors import Sent
from app.llm.interfaces import Deadlines, Event, Message, Request, ToolCall
from app.llm.strict import NotStrict, strict
from app.llm.wire import Wire

OFFICIAL = "https://api.openai.com/v1"
LIMIT_NAMES = ("max_tokens", "max_completion_tokens")  # the usual one and the other; OpenAI's own is the newer
SDK = errors.Sdk(openai.APIStatusError, openai.APITimeoutError, openai.APIConnectionError)


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
        official = base_url.rstrip("/") in ("", OFFICIAL)
        self._limit_names = LIMIT_NAMES[::-1] if official else LIMIT_NAMES
        self._client = Client(api_key, base_url)

    def stream(self, model: str, request: Request, deadlines: Deadlines) -> Iterator[Event]:
        sent = Sent(self.name, model, request.max_tokens, request.schema_name)
        wire = Wire(sent, deadlines if request.capabilities.stream else deadlines.unstreamed(), SDK)
        body = self._body(model, request)
        with wire.open(lambda: self._client.send("/chat/completions", body)) as payloads:
            yield from openai_answer.events(wire, payloads, request, sent)
            wire.drain(payloads)

    def _body(self, model: str, request: Request) -> dict[str, object]:
        known = request.capabilities
        body: dict[str, object] = {"model": model, "messages": _messages(self.name, request), "stream": known.stream}
        if known.stream and known.usage:
            body["stream_options"] = {"include_usage": True}
        if known.limit_name is not LimitName.NONE:
            body[self._limit_names[known.limit_name is LimitName.OTHER]] = request.max_tokens
        if request.temperature is not None and known.temperature:
            body["temperature"] = request.temperature
        if request.effort and known.effort:
            body["reasoning_effort"] = request.effort
        if request.tools and known.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {"name": t.name, "description": t.description, "parameters": t.parameters},
                }
                for t in request.tools
            ]
        return body | _response_format(request)


def _response_format(request: Request) -> dict[str, object]:
    match request.schema and request.capabilities.format_of(request.schema_name):
        case Format.SCHEMA:
            schema = _json_schema(request.schema_name, request.schema or {})
            return {"response_format": {"type": "json_schema", "json_schema": schema}}
        case Format.OBJECT:
            return {"response_format": {"type": "json_object"}}
        case _:
            return {}


def _json_schema(name: str, schema: dict[str, object]) -> dict[str, object]:
    try:
        return {"name": name, "schema": strict(schema), "strict": True}
    except NotStrict:
        return {"name": name, "schema": schema, "strict": False}


def _messages(provider: str, request: Request) -> list[dict[str, object]]:
    system = prompts.system_of(request)
    if not system:
        return [_message(provider, message) for message in request.messages]
    if request.capabilities.system:
        return [{"role": "system", "content": system}, *(_message(provider, one) for one in request.messages)]
    return [_message(provider, message) for message in (Message("user", system), *request.messages)]


def _message(provider: str, message: Message) -> dict[str, object]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id, "content": message.content}
    if not message.tool_calls:
        return {"role": message.role, "content": message.content}
    calls = [_tool_call(call, call.extra.get(provider, {})) for call in message.tool_calls]
    more = as_object(message.tool_calls[0].extra.get(provider, {}).get("message"))
    return {**more, "role": message.role, "content": message.content or None, "tool_calls": calls}


def _tool_call(call: ToolCall, extra: JSONObject) -> dict[str, object]:
    function = {**as_object(extra.get("function")), "name": call.name, "arguments": _encode(call.arguments).decode()}
    return {**as_object(extra.get("call")), "id": call.id, "type": "function", "function": function}
