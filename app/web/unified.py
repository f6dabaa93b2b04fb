"""The edge of the Unified AI and Coaching Service contracts: their error body, 422 for bad input, three mounts."""

from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from marshmallow import fields

from app.core.errors import Unprocessable
from app.web import blueprints, documents
from app.web.documents import View
from app.web.schemas import Schema

MEANING = documents.MEANING | {
    409: "It exists already, another message is being answered, or the Idempotency-Key was used for another request",
    422: "The body or a parameter is not valid",
    500: "The answer, its data or this service failed; `code` says which",
    502: "The website could not be read",
    504: "The website did not answer in time",
    503: "No AI provider answers, or the service is away; see Retry-After",
}
EXAMPLES = {
    status: {"success": False, "error": text, "code": code, "detail": text}
    for status, code, text in (
        (400, "TOPIC_NOT_ACTIVE", "Topic is not active: swot_analysis"),
        (401, "UNAUTHORIZED", "No token provided"),
        (403, "FORBIDDEN", "Operators only"),
        (404, "NOT_FOUND", "Goal not found: goal-123"),
        (409, "IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key was used for another request"),
        (422, "PARAMETER_VALIDATION", "Missing required parameters: ['current_value']"),
        (429, "RATE_LIMIT_EXCEEDED", "Rate limit exceeded"),
        (500, "ENRICHMENT_FAILED", "Parameter enrichment failed"),
        (502, "WEBSITE_UNREACHABLE", "The website could not be read"),
        (503, "AI_SERVICE_UNAVAILABLE", "The AI service is temporarily unavailable"),
    )
}

FOREIGN = "/coaching/api/v1"
SHORT = "/api/v1"
OURS = frozenset(
    {
        "admin",
        "ai",
        "auth",
        "coaching",
        "conversations",
        "health",
        "insights",
        "multitenant",
        "operations",
        "realtime",
        "suggestions",
        "website",
        "workspace",
        "ws",
    }
)  # fmt: skip - the first words of these contracts' paths: nothing else answers twice


class Parser(blueprints.Parser):
    refusal = Unprocessable


class Blueprint(blueprints.Blueprint):
    ARGUMENTS_PARSER = Parser()


class UnifiedErrorOut(Schema):
    """The error body of these contracts; ``detail`` repeats the text, or holds ``{code, message}``."""

    success = fields.Boolean(metadata={"example": False})
    error = fields.String(metadata={"example": "Topic not found: nonsense"})
    code = fields.String(metadata={"example": "TOPIC_NOT_FOUND"})
    detail = fields.Raw(metadata={"example": "Topic not found: nonsense"})


class RawObject(Schema):
    """An object that is sent as it is; its shape is described where it is made."""

    def dump(self, obj: object, *, many: bool | None = None) -> object:
        return obj


def errors(blp: blueprints.Blueprint, *statuses: int) -> Callable[[View], View]:
    """Declares the failures of a view of these contracts."""
    return documents.errors(blp, *statuses, schema=UnifiedErrorOut, meaning=MEANING, examples=EXAMPLES)


class Mounts:
    """WSGI middleware: one set of routes at three places, the prefix taken off here and nowhere else."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["PATH_INFO"] = bare(environ.get("PATH_INFO", ""))
        return self._application(environ, start_response)


def bare(path: str) -> str:
    """The path as the routes know it."""
    for prefix in (FOREIGN, SHORT):
        rest = path[len(prefix) :]
        if path.startswith(f"{prefix}/") and rest.split("/", 2)[1] in OURS:
            return rest
    return path
