"""What the OpenAPI document says beside schemas: errors in their contract's body, event streams, idempotency keys."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from types import MappingProxyType

from marshmallow import fields

from app.web.blueprints import Blueprint
from app.web.schemas import Schema

View = Callable[..., object]

MEANING = {
    400: "The request is not valid",
    401: "No token, or an invalid one",
    403: "Not allowed",
    404: "Not found, or somebody else's",
    409: "Another turn is running, or a conflicting state",
    410: "Over: expired, or idle for too long",
    413: "Larger than there is room for",
    415: "The body is not JSON, or does not say so",
    422: "A value out of its bounds, or an Idempotency-Key that was used for another request",
    429: "Rate limit exceeded; see Retry-After",
    500: "AI service temporarily unavailable, or an internal error",
    503: "The service is temporarily unavailable; see Retry-After",
}


class ChatErrorOut(Schema):
    statusCode = fields.Integer(metadata={"example": 404})
    message = fields.String(metadata={"example": "Chat session not found"})
    error = fields.String(metadata={"example": "Not Found"})
    code = fields.String(metadata={"description": "Where it says more: BUDGET_EXCEEDED, CONTENT_FILTERED"})


def errors(
    blp: Blueprint,
    *statuses: int,
    schema: type[Schema] = ChatErrorOut,
    meaning: Mapping[int, str] = MEANING,
    examples: Mapping[int, object] = MappingProxyType({}),
) -> Callable[[View], View]:
    """Declares the failures of a view, of the chat contract's family unless another body is named."""

    def declare(view: View) -> View:
        for status in statuses:
            facts = {"description": meaning[status], "example": examples.get(status)}
            wrap = blp.alt_response(status, schema=schema, **facts)
            _keep_docs(view, wrap(view))
        return view

    return declare


def _documented(blp: Blueprint, **facts: object) -> Callable[[View], View]:
    def declare(view: View) -> View:
        _keep_docs(view, blp.doc(**facts)(view))
        return view

    return declare


def _keep_docs(view: View, wrapped: View) -> None:
    """flask-smorest wraps the view once per line of documentation; a request need not pass through all of them."""
    view._apidoc = wrapped._apidoc  # type: ignore[attr-defined]


CURSORS = ("turn_0199:1:0", "turn_0199:2:8", "turn_0199:9:61")
CHAT_EVENTS = (
    '{"type":"start","sessionId":"session_abc123"}', '{"type":"content","content":"Based on"}',
    '{"type":"end","messageId":"msg_xyz789"}',
)  # fmt: skip


def event_stream(blp: Blueprint, *events: str) -> Callable[[View], View]:
    """A 200 that is a stream of Server-Sent Events, such as these."""
    shown = events or CHAT_EVENTS
    example = "".join(f"id: {place}\ndata: {event}\n\n" for place, event in zip(CURSORS, shown, strict=True))
    content = {"text/event-stream": {"example": example}}
    responses = {"200": {"description": "An event stream", "content": content}}
    return _documented(blp, responses=responses)


def shaped(blp: Blueprint, schema: Mapping[str, object], example: object) -> Callable[[View], View]:
    """A 200 whose body no marshmallow class describes."""
    content = {"application/json": {"schema": schema, "example": example}}
    responses = {"200": {"description": "OK", "content": content}}
    return _documented(blp, responses=responses)


def binary(blp: Blueprint, kind: str) -> Callable[[View], View]:
    """A 200 that is a file of this MIME type."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}}}
    responses = {"200": {"description": "The file", "content": content}}
    return _documented(blp, responses=responses)


def form(blp: Blueprint, body: Mapping[str, object]) -> Callable[[View], View]:
    """Takes a form with a file."""
    return _documented(blp, requestBody=body)


def calls_back(
    blp: Blueprint, named_by: str, summary: str, headers: Mapping[str, str], example: object
) -> Callable[[View], View]:
    """What is posted to the address that a field of the request's body names."""
    parameters = [_parameter(name, told) for name, told in headers.items()]
    body = {"content": {"application/json": {"schema": {"type": "object"}, "example": example}}}
    responses = {"2XX": {"description": "Taken. 408, 429 and 5XX are tried again"}}
    post = {"summary": summary, "parameters": parameters, "requestBody": body, "responses": responses}
    return _documented(blp, callbacks={named_by: {f"{{$request.body#/{named_by}}}": {"post": post}}})


def upgrade(blp: Blueprint) -> Callable[[View], View]:
    """A 101: what follows is a WebSocket."""
    responses = {"101": {"description": "A WebSocket"}}
    return _documented(blp, responses=responses)


def zoned() -> Callable[[View], View]:
    """Accepts an ``X-Timezone`` header."""
    told = "The person's clock and calendar: an IANA time zone. Default: the person's setting, else UTC"
    return _header("X-Timezone", told, maxLength=64, pattern="^[A-Za-z0-9+/_-]*$", example="Asia/Manila")


def idempotent() -> Callable[[View], View]:
    """Accepts an ``Idempotency-Key`` header."""
    told = "The same key and body within 24 hours is the same request, with the same answer"
    return _header("Idempotency-Key", told, maxLength=255, pattern="^[ -~]*$")


def _header(name: str, description: str, **bounds: object) -> Callable[[View], View]:
    """Beside the parameters that there are: flask-smorest's ``doc`` would take their place."""

    def declare(view: View) -> View:
        facts = deepcopy(getattr(view, "_apidoc", {}))
        facts.setdefault("arguments", {}).setdefault("parameters", []).append(_parameter(name, description, **bounds))
        view._apidoc = facts  # type: ignore[attr-defined]
        return view

    return declare


def _parameter(name: str, description: str, **bounds: object) -> dict[str, object]:
    return {"name": name, "in": "header", "schema": {"type": "string", **bounds}, "description": description}
