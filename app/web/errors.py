"""Every failure, in the body of the contract whose path was asked for."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from flask import Flask, current_app, g, request
from sqlalchemy.exc import DatabaseError, DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.response import Response

from app.core.errors import AppError, BadRequest, Unauthorized, Unavailable
from app.core.json import JSONObject
from app.db.erased import is_refusal

log = structlog.get_logger()

FAMILIES = {400: "bad_request", 401: "permission_denied", 403: "permission_denied", 404: "not_found"}
USUAL_WAIT = 5  # seconds
# codes that say more than the status
TOLD_IN_CHAT = {"CONTENT_FILTERED", "BUDGET_EXCEEDED", "CODE_REQUIRED", "NO_CONSENT", "TAKEN_OVER"}
TOLD_BESIDE_TITLES = {"BUDGET_EXCEEDED"}

Renderer = Callable[[AppError, int], JSONObject]


def chat_body(error: AppError, status: int) -> JSONObject:
    """``{statusCode, message, error}``, with ``usageInfo`` where a limit was hit."""
    extra: JSONObject = {
        key: value for key, value in error.data.items() if key in {"usageInfo", "sessionId", "messageId"}
    }
    if error.code in TOLD_IN_CHAT:
        extra = {**extra, "code": error.code}
    return {"statusCode": status, "message": error.text, "error": HTTPStatus(status).phrase, **extra}


def actions_body(error: AppError, status: int) -> JSONObject:
    """The same with the code, and the fresh ``proposal`` where what an action is about has changed."""
    fresh: JSONObject = {"proposal": error.data["proposal"]} if "proposal" in error.data else {}
    return {**chat_body(error, status), "code": error.code, **fresh}


def unified_body(error: AppError, _: int) -> JSONObject:
    """``{success, error, code, detail}``; ``detail`` is text unless the route declares an object."""
    return {"success": False, "error": error.text, "code": error.code, "detail": error.data.get("detail", error.text)}


def coaching_body(error: AppError, _: int) -> JSONObject:
    """The same, with the code and the text together in ``detail``."""
    detail = {"code": error.code, "message": error.text}
    return {"success": False, "error": error.text, "code": error.code, "detail": detail}


def realtime_body(error: AppError, status: int) -> JSONObject:
    """``{status, code, message, errors?}``: the family of the failure, and the failure itself."""
    body: JSONObject = {"status": FAMILIES.get(status, "api_error"), "code": error.code.lower(), "message": error.text}
    return {**body, "errors": error.data["errors"]} if error.data.get("errors") else body


def interviews_body(error: AppError, status: int) -> JSONObject:
    """``{error, message}`` with a title for people, and the ``fields`` that are at fault."""
    title = error.code.replace("_", " ").capitalize() if error.code.isupper() else error.code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and request.path.endswith("/start"):
        title = "Failed to start interview"
    body: JSONObject = {"error": title, "message": error.text}
    body = {**body, "code": error.code} if error.code in TOLD_BESIDE_TITLES else body
    return {**body, "fields": error.data["fields"]} if "fields" in error.data else body


CHAT, UNIFIED = (chat_body, "ChatErrorOut"), (unified_body, "UnifiedErrorOut")

# Longest first: a path's failures look as the first says whose prefix it starts with, here and in the document.
RENDERERS: tuple[tuple[str, tuple[Renderer, str]], ...] = (
    ("/api/v1/attachments", CHAT),
    ("/api/v1/categories", CHAT),
    ("/api/v1/reminders", CHAT),
    ("/api/v1/consents", CHAT),
    ("/api/v1/routines", CHAT),
    ("/api/v1/tenants", CHAT),
    ("/api/v1/actions", (actions_body, "ActionErrorOut")),
    ("/api/interviews", (interviews_body, "InterviewErrorOut")),
    ("/api/v1/journal", CHAT),
    ("/api/v1/coach/", CHAT),
    ("/api/v1/memory", CHAT),
    ("/ai/coaching", (coaching_body, "UnifiedErrorOut")),
    ("/api/v1/chat", CHAT),
    ("/api/v1/push", CHAT),
    ("/journal-app", CHAT),
    ("/api/v1/goal", CHAT),
    ("/api/schema", UNIFIED),
    ("/api/v1/dev", CHAT),
    ("/api/v1/me", CHAT),
    ("/api/v1", UNIFIED),
    ("/auth", CHAT),
    ("/api", (realtime_body, "RealtimeErrorOut")),
    ("", UNIFIED),
)


def rendering(path: str) -> tuple[Renderer, str]:
    """How a path's failures are put, and the name of that form in the OpenAPI document."""
    return next(found for prefix, found in RENDERERS if path.startswith(prefix))


def add_to_refusals(fields: JSONObject) -> None:
    """What a failure of the current request carries beside what its contract says."""
    g.beside_refusals = fields


def install(app: Flask) -> None:
    app.register_error_handler(AppError, respond)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(PoolTimeout, _database_busy)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(DatabaseError, _refused)
    app.register_error_handler(Exception, _unforeseen)


def respond(error: AppError) -> Response:
    renderer, _ = rendering(request.path)
    is_upstream = error.status in {502, 503} and error.code == "AI_SERVICE_UNAVAILABLE"
    status = 500 if renderer is chat_body and is_upstream else error.status  # as the chat contract knows it
    beside = {**g.get("beside_refusals", {}), **error.data.get("care", {})}
    response = current_app.json.response({**renderer(error, status), **beside})
    response.status_code = status
    wait = getattr(error, "retry_after", None) or (USUAL_WAIT if status == HTTPStatus.SERVICE_UNAVAILABLE else None)
    if wait is not None:
        response.headers["Retry-After"] = str(max(1, round(wait)))
    response.headers.update(error.data.get("headers", {}))
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(error: HTTPException) -> Response:
    """What Flask and Werkzeug refuse: unknown routes and methods, bodies too large or unreadable."""
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        redirect: Response = error.get_response()
        return redirect
    failure = AppError(_public_text(error), code=error.name.upper().replace(" ", "_"))
    failure.status = error.code
    response = respond(failure)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _public_text(error: HTTPException) -> str:
    if error.code == HTTPStatus.NOT_FOUND:
        return f"Cannot {request.method} {request.path[:200]}"
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return "The request body is too large"
    return error.description or error.name


def _database_busy(error: Exception) -> Response:
    log.error("database_unavailable", reason=type(error).__name__)
    return respond(Unavailable(retry_after=2))


def _unstorable(error: Exception) -> Response:
    """What the fields let through and PostgreSQL has no room for, such as an id of twenty digits."""
    log.warning("value_refused", reason=type(error.__cause__).__name__)
    return respond(BadRequest("A value is out of its bounds"))


def _refused(error: DatabaseError) -> Response:
    """The person was erased while this request was on its way."""
    return respond(Unauthorized("The account was erased")) if is_refusal(error) else _unforeseen(error)


def _unforeseen(error: Exception) -> Response:
    """The HTTP rim: a bug must not tell strangers anything."""
    log.error("request_failed", reason=type(error).__name__, exc_info=error)
    return respond(AppError())
