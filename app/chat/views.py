"""The chat over HTTP, as its contract has it."""

from typing import Any

from flask import Response, request

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.chat import schemas
from app.chat.service import ChatService
from app.limits.guards import limited, permit
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import errors, event_stream, idempotent
from app.web.streams import stream

blp = Blueprint("chat", __name__, url_prefix="/api/v1/chat", description="Text conversations with the coach")
KEY = "Idempotency-Key"


@blp.route("/message", methods=["POST"])
@bearer
@limited("messages")
@blp.arguments(schemas.MessageIn)
@blp.response(200, schemas.AnswerOut)
@errors(blp, 400, 401, 404, 409, 422, 429, 500, 503)
@idempotent(blp)
def send_message(principal: Principal, body: dict[str, Any]) -> dict[str, Any]:
    """Send a message and wait for the answer

    The answer draws on the caller's goals and journal. Without `sessionId` a new session begins. The message is
    stored before the model is asked, and the answer is stored even if the caller does not wait for it.
    """
    return resolve(ChatService).answer(principal, body, request.headers.get(KEY), permit())


@blp.route("/message/stream", methods=["POST"])
@bearer
@limited("messages")
@blp.arguments(schemas.MessageIn)
@errors(blp, 400, 401, 404, 409, 422, 429, 500, 503)
@event_stream(blp)
@idempotent(blp)
def stream_message(principal: Principal, body: dict[str, Any]) -> Response:
    """Send a message and stream the answer

    Server-Sent Events: one `start`, any number of `content`, then one `end` or `error`. Each event's `id` is a cursor:
    after a lost connection `GET /api/v1/chat/session/{session_id}/stream` with `Last-Event-ID` goes on from there.
    """
    return stream(resolve(ChatService).stream(principal, body, request.headers.get(KEY), permit()))


@blp.route("/session", methods=["POST"])
@bearer
@limited("sessions")
@blp.arguments(schemas.SessionIn, required=False)
@blp.response(201, schemas.SessionWithMessagesOut)
@errors(blp, 400, 401, 429)
def create_session(principal: Principal, body: dict[str, Any]) -> dict[str, Any]:
    """Create a chat session"""
    return resolve(ChatService).create_session(principal, body["title"], body["personalityId"])


@blp.route("/sessions", methods=["GET"])
@bearer
@limited("sessions")
@blp.arguments(schemas.SessionsQuery, location="query")
@blp.response(200, schemas.SessionsOut)
@errors(blp, 400, 401, 429)
def list_sessions(principal: Principal, query: dict[str, Any]) -> dict[str, Any]:
    """List the caller's sessions, last used first"""
    return resolve(ChatService).list_sessions(principal, query["limit"], query["cursor"])


@blp.route("/session/<session_id>", methods=["GET"])
@bearer
@limited("sessions")
@blp.response(200, schemas.SessionWithMessagesOut)
@errors(blp, 401, 404, 429)
def read_session(principal: Principal, session_id: str) -> dict[str, Any]:
    """Get a session with its messages"""
    return resolve(ChatService).read_session(principal, session_id)


@blp.route("/session/<session_id>", methods=["DELETE"])
@bearer
@limited("sessions")
@blp.response(200, schemas.DeletedOut)
@errors(blp, 401, 404, 429)
def delete_session(principal: Principal, session_id: str) -> dict[str, Any]:
    """Delete a session and all its messages"""
    return resolve(ChatService).delete_session(principal, session_id)


@blp.route("/session/<session_id>/title", methods=["PATCH"])
@bearer
@limited("sessions")
@blp.arguments(schemas.TitleIn)
@blp.response(200, schemas.TitleOut)
@errors(blp, 400, 401, 404, 429)
def rename_session(principal: Principal, body: dict[str, Any], session_id: str) -> dict[str, Any]:
    """Change a session's title"""
    return resolve(ChatService).rename_session(principal, session_id, body["title"])


@blp.route("/session/<session_id>/stream", methods=["GET"])
@bearer
@limited("sessions")
@errors(blp, 400, 401, 404, 429)
@event_stream(blp)
def resume_stream(principal: Principal, session_id: str) -> Response:
    """Follow a session's current or last turn

    With `Last-Event-ID` it goes on after that event, without a gap and without repeating anything; without, it tells
    the turn from its start. Any number of readers may follow.
    """
    return stream(resolve(ChatService).resume(principal, session_id, request.headers.get("Last-Event-ID")))


@blp.route("/session/<session_id>/cancel", methods=["POST"])
@bearer
@limited("sessions")
@blp.response(200, schemas.CancelledOut)
@errors(blp, 401, 404, 429)
def cancel_turn(principal: Principal, session_id: str) -> dict[str, Any]:
    """Stop the running answer; what has been said is kept"""
    return resolve(ChatService).cancel(principal, session_id)
