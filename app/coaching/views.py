"""Coaching sessions over HTTP, for the clients of both contracts."""

from collections.abc import Callable
from functools import partial

from flask import Response, request
from sqlalchemy.orm import Session

from app.auth.guards import own_token
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.care.guards import hears
from app.coaching import schemas, serialize, sessions
from app.coaching.events import DONE
from app.coaching.service import CoachingService
from app.coaching.sessions import Answer, MessagesRequest, NewMessage, SessionsRequest
from app.coaching.states import Status
from app.core.json import JSONObject, JSONValue, as_object
from app.db.session import db
from app.limits.guards import limited, permit
from app.limits.permits import Permit
from app.topics.topic import Kind
from app.turns import once as answers
from app.turns.idempotency import claim_of
from app.web import blueprints
from app.web.connections import watched
from app.web.container import resolve
from app.web.documents import event_stream, idempotent
from app.web.operations import Operations
from app.web.streams import stream
from app.web.unified import RawObject, errors
from app.workspace.sources.interfaces import DataAccess

blp = blueprints.Blueprint(
    "coaching", __name__, url_prefix="/ai/coaching", description="Coaching conversations with a result"
)
FEATURE = "coaching.turn"
operation = Operations(blp, OWN, errors)
reading = Operations(blp, OWN, errors, sessions=True)
asking = Operations(blp, OWN, errors, limited("ai"), fails=(409, 422, 500, 503), notes=[idempotent()])
talking = partial(asking, takes=schemas.CoachingMessageIn, fails=(403, 410), hears=hears(FEATURE, "message"))
KEY = "Idempotency-Key"


def service() -> CoachingService:
    return resolve(CoachingService)


def access(principal: Principal) -> DataAccess:
    return DataAccess(principal, own_token(principal))


def answered(
    principal: Principal, route: str, body: object, work: Callable[[DataAccess, Permit], Answer], text: str = ""
) -> JSONObject:
    """What the coach says to a request; one with the key of an earlier request gets that one's answer."""

    def whole() -> dict[str, JSONValue]:
        answer = work(access(principal), permit())
        if not answer.is_new:
            permit().refund()
        told = text or f"Session {'resumed' if answer.resumed else 'started'} successfully"
        return serialize.answered(answer, told)

    return answers.once(db, claim_of(principal.key, request.headers.get(KEY), f"coaching.{route}", body), whole)


@reading("GET", "/topics", gives=RawObject)
def list_topics(session: Session, principal: Principal) -> JSONObject:
    """List the coaching topics with the caller's state in each"""
    every = [topic for topic in service().engine.topics() if topic.kind is Kind.COACHING and topic.active]
    return serialize.topics(every, sessions.newest_of_each(session, principal))


@asking("POST", "/start", takes=schemas.StartIn, gives=schemas.CoachingSessionOut, hears=hears(FEATURE, "context"))
def start(principal: Principal, body: JSONObject) -> JSONObject:
    """Start a session, or go on with the live one of this topic"""

    work = partial(service().start, asked=str(body["topic_id"]), context=as_object(body["context"]))
    return answered(principal, "start", body, work)


@asking("POST", "/resume", takes=schemas.CoachingSessionIn, gives=schemas.CoachingSessionOut, fails=(403, 410))
def resume(principal: Principal, body: dict[str, str]) -> JSONObject:
    """Go on with a paused or idle session"""
    work = partial(service().resume, session_id=body["session_id"])
    return answered(principal, "resume", body, work, "Session resumed successfully")


@talking("POST", "/message", gives=schemas.CoachingSessionOut)
def message(principal: Principal, body: dict[str, str]) -> JSONObject:
    """Send a message and wait for the coach

    The message is stored before the model is asked. After a failure, or without an answer, the same message can be sent
    again: it counts once, and an answer that is there is given again.
    """
    said = NewMessage(body["session_id"], body["message"].strip())
    return answered(principal, "message", body, partial(service().answer, message=said, is_waiting=watched()), DONE)


@talking("POST", "/message/stream", notes=[event_stream(blp)])
def stream_message(principal: Principal, body: dict[str, str]) -> Response:
    """Send a message and stream the coach

    One `start`, any number of `content`, then one `end` with the body of `POST /ai/coaching/message`, or one `error`.
    With `Last-Event-ID` and the same body the stream of the last answer goes on.
    """
    claim = claim_of(principal.key, request.headers.get(KEY), "coaching.stream", body)
    said = NewMessage(body["session_id"], body["message"].strip(), claim, request.headers.get("Last-Event-ID"))
    return stream(service().stream(access(principal), said, watched(), permit()))


@operation("GET", "/message/stream", takes=schemas.CoachingSessionIn, fails=(403, 422), notes=[event_stream(blp)])
def resume_stream(principal: Principal, query: dict[str, str]) -> Response:
    """Go on with the stream of the last answer after `Last-Event-ID`"""
    cursor = request.headers.get("Last-Event-ID")
    return stream(service().resume_stream(access(principal), query["session_id"], cursor, watched()))


@operation("POST", "/pause", takes=schemas.CoachingSessionIn, gives=schemas.CoachingSessionOut, fails=(403, 409, 422))
def pause(principal: Principal, body: dict[str, str]) -> JSONObject:
    """Pause an active session"""
    row = service().move(access(principal), body["session_id"], Status.PAUSED)
    return serialize.moved(row, "Session paused successfully. You can resume anytime.")


@operation("POST", "/cancel", takes=schemas.CoachingSessionIn, gives=schemas.CoachingSessionOut, fails=(403, 409, 422))
def cancel(principal: Principal, body: dict[str, str]) -> JSONObject:
    """Cancel an active or paused session"""
    row = service().move(access(principal), body["session_id"], Status.CANCELLED)
    return serialize.moved(row, "Session cancelled. You can start a new session anytime.")


@asking("POST", "/complete", takes=schemas.CoachingSessionIn, gives=schemas.CoachingSessionOut, fails=(403, 410))
def complete(principal: Principal, body: dict[str, str]) -> JSONObject:
    """Complete an active session and write down its results"""
    work = partial(service().complete, session_id=body["session_id"], is_waiting=watched())
    return answered(principal, "complete", body, work, "Session completed successfully")


@reading("GET", "/session", takes=schemas.CoachingSessionQuery, gives=schemas.CoachingSessionOut, fails=(403, 422))
def read_session(session: Session, principal: Principal, query: MessagesRequest) -> JSONObject:
    """A session with what was said

    The newest 500 messages, or `limit`, in order. When `has_more`, earlier ones come with `before=<next_before>`.
    """
    row = sessions.find(session, principal, query.session_id)
    return serialize.detailed(row, sessions.messages(session, row, query.limit, query.before))


@reading("GET", "/session/check", takes=schemas.CoachingTopicQuery, gives=RawObject, fails=(422,))
def check_session(session: Session, principal: Principal, query: dict[str, str]) -> JSONObject:
    """Whether the caller has a live session of a topic"""
    topic_id = service().topic_of(query["topic_id"])
    row = sessions.live(session, principal, topic_id)
    row = None if row is None or sessions.is_expired(row) else row
    exclusive = topic_id in service().limits.exclusive
    conflict = exclusive and sessions.held_by_others(session, principal, topic_id)
    return serialize.checked(service().limits, row, conflict)


@reading("GET", "/sessions", takes=schemas.CoachingSessionsQuery, gives=RawObject)
def list_sessions(session: Session, principal: Principal, query: SessionsRequest) -> JSONObject:
    """List the caller's sessions, newest first; those that have ended with `include_completed=true`"""
    return serialize.listed(sessions.mine(session, principal, query))
