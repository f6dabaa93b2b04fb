"""Coaching sessions over HTTP, for the clients of both contracts."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.coaching import schemas, serialize, sessions
from app.coaching.events import DONE
from app.coaching.service import CoachingService
from app.db.session import db
from app.limits.guards import limited, permit
from app.topics.topic import Kind
from app.turns import once as answers
from app.turns.idempotency import claim_of
from app.web import blueprints
from app.web.container import resolve
from app.web.documents import event_stream, idempotent
from app.web.streams import stream
from app.web.unified import RawObject, errors
from app.workspace.sources.interfaces import DataAccess

blp = blueprints.Blueprint(
    "coaching", __name__, url_prefix="/ai/coaching", description="Coaching conversations with a result"
)
KEY = "Idempotency-Key"
Body = dict[str, Any]


def service() -> CoachingService:
    return resolve(CoachingService)


def access(principal: Principal) -> DataAccess:
    return DataAccess(principal, request.headers.get("Authorization", "").partition(" ")[2].strip())


def once(principal: Principal, route: str, body: Body, work: Callable[[], Body]) -> Body:
    return answers.once(db, claim_of(principal.key, request.headers.get(KEY), route, body), work)


@blp.route("/topics", methods=["GET"])
@bearer
@blp.response(200, RawObject)
@errors(blp, 401)
def list_topics(principal: Principal) -> Body:
    """List the coaching topics with the caller's state in each"""
    every = [t for t in service().engine.topics() if t.kind is Kind.COACHING and t.active]
    with db.read() as session:
        return serialize.topics(every, sessions.mine(session, principal, ended=True, limit=1000))


@blp.route("/start", methods=["POST"])
@bearer
@limited("ai")
@blp.arguments(schemas.StartIn)
@blp.response(200, schemas.CoachingSessionOut)
@errors(blp, 400, 401, 409, 422, 429, 500, 503)
@idempotent(blp)
def start(principal: Principal, body: Body) -> Body:
    """Start a session, or go on with the live one of this topic"""

    def work() -> Body:
        answer = service().start(access(principal), body["topic_id"], body["context"] or {})
        if answer.metadata is None:  # no model was asked
            permit().refund()
        return serialize.answered(answer, f"Session {'resumed' if answer.resumed else 'started'} successfully")

    return once(principal, "coaching.start", body, work)


@blp.route("/resume", methods=["POST"])
@bearer
@limited("ai")
@blp.arguments(schemas.CoachingSessionIn)
@blp.response(200, schemas.CoachingSessionOut)
@errors(blp, 400, 401, 403, 409, 410, 422, 429, 500, 503)
@idempotent(blp)
def resume(principal: Principal, body: Body) -> Body:
    """Go on with a paused or idle session"""

    def work() -> Body:
        answer = service().resume(access(principal), body["session_id"])
        return serialize.answered(answer, "Session resumed successfully")

    return once(principal, "coaching.resume", body, work)


@blp.route("/message", methods=["POST"])
@bearer
@limited("ai")
@blp.arguments(schemas.CoachingMessageIn)
@blp.response(200, schemas.CoachingSessionOut)
@errors(blp, 400, 401, 403, 409, 410, 422, 429, 500, 503)
@idempotent(blp)
def message(principal: Principal, body: Body) -> Body:
    """Send a message and wait for the coach

    The message is stored before the model is asked. After a failure the same message can be sent again: it counts once.
    """

    def work() -> Body:
        answer = service().answer(access(principal), body["session_id"], body["message"].strip())
        return serialize.answered(answer, DONE)

    return once(principal, "coaching.message", body, work)


@blp.route("/message/stream", methods=["POST"])
@bearer
@limited("ai")
@blp.arguments(schemas.CoachingMessageIn)
@errors(blp, 400, 401, 403, 409, 410, 422, 429, 500, 503)
@idempotent(blp)
@event_stream(blp)
def stream_message(principal: Principal, body: Body) -> Response:
    """Send a message and stream the coach

    One `start`, any number of `content`, then one `end` with the body of `POST /ai/coaching/message`, or one `error`.
    """
    claim = claim_of(principal.key, request.headers.get(KEY), "coaching.stream", body)
    return stream(service().stream(access(principal), body["session_id"], body["message"].strip(), claim))


@blp.route("/message/stream", methods=["GET"])
@bearer
@blp.arguments(schemas.CoachingSessionIn, location="query")
@errors(blp, 400, 401, 403, 422)
@event_stream(blp)
def resume_stream(principal: Principal, query: Body) -> Response:
    """Go on with the stream of the last answer after `Last-Event-ID`"""
    cursor = request.headers.get("Last-Event-ID")
    return stream(service().resume_stream(access(principal), query["session_id"], cursor))


@blp.route("/pause", methods=["POST"])
@bearer
@blp.arguments(schemas.CoachingSessionIn)
@blp.response(200, schemas.CoachingSessionOut)
@errors(blp, 400, 401, 403, 409, 422)
def pause(principal: Principal, body: Body) -> Body:
    """Pause an active session"""
    row = service().pause(access(principal), body["session_id"])
    return serialize.moved(row, "Session paused successfully. You can resume anytime.")


@blp.route("/cancel", methods=["POST"])
@bearer
@blp.arguments(schemas.CoachingSessionIn)
@blp.response(200, schemas.CoachingSessionOut)
@errors(blp, 400, 401, 403, 409, 422)
def cancel(principal: Principal, body: Body) -> Body:
    """Cancel an active or paused session"""
    row = service().cancel(access(principal), body["session_id"])
    return serialize.moved(row, "Session cancelled. You can start a new session anytime.")


@blp.route("/complete", methods=["POST"])
@bearer
@limited("ai")
@blp.arguments(schemas.CoachingSessionIn)
@blp.response(200, schemas.CoachingSessionOut)
@errors(blp, 400, 401, 403, 409, 410, 422, 429, 500, 503)
@idempotent(blp)
def complete(principal: Principal, body: Body) -> Body:
    """Complete an active session and write down its results"""

    def work() -> Body:
        answer = service().complete(access(principal), body["session_id"])
        return serialize.answered(answer, "Session completed successfully")

    return once(principal, "coaching.complete", body, work)


@blp.route("/session", methods=["GET"])
@bearer
@blp.arguments(schemas.CoachingSessionIn, location="query")
@blp.response(200, schemas.CoachingSessionOut)
@errors(blp, 400, 401, 403, 422)
def read_session(principal: Principal, query: Body) -> Body:
    """A session with all that was said"""
    with db.read() as session:
        row = sessions.find(session, principal, query["session_id"])
        return serialize.detailed(row, sessions.messages(session, row))


@blp.route("/session/check", methods=["GET"])
@bearer
@blp.arguments(schemas.CoachingTopicQuery, location="query")
@blp.response(200, RawObject)
@errors(blp, 400, 401, 422)
def check_session(principal: Principal, query: Body) -> Body:
    """Whether the caller has a live session of a topic"""
    topic_id = service().topic_of(query["topic_id"])
    with db.read() as session:
        row = sessions.live(session, principal, topic_id)
        row = None if row is None or sessions.is_expired(row) else row
        exclusive = topic_id in service().limits.exclusive
        conflict = exclusive and sessions.held_by_others(session, principal, topic_id)
    return serialize.checked(service().limits, row, conflict)


@blp.route("/sessions", methods=["GET"])
@bearer
@blp.arguments(schemas.CoachingSessionsQuery, location="query")
@blp.response(200, RawObject)
@errors(blp, 400, 401)
def list_sessions(principal: Principal, query: Body) -> Body:
    """List the caller's sessions, newest first; those that have ended with `include_completed=true`"""
    with db.read() as session:
        return serialize.listed(sessions.mine(session, principal, query["include_completed"], query["limit"]))
