"""Interviews over HTTP, as their contract has them: open to anybody, counted per address."""

import time
from collections.abc import Iterator
from typing import Any

import gevent
import structlog
from flask import Response, request
from marshmallow import fields

from app.auth.guards import check_key, is_operator, operator, public
from app.auth.principals import Principal
from app.config.settings import Settings
from app.core.errors import BadRequest
from app.db.session import db
from app.interviews import service
from app.interviews.models import Status
from app.interviews.personas import PERSONAS
from app.interviews.schemas import INSIGHTS, START, PersonasOut, StartedOut, StatusOut
from app.interviews.watching import IDLE, Told, Watchers
from app.limits.guards import limited_by_address
from app.sockets.handshake import wants_upgrade
from app.sockets.interfaces import Closed, Code
from app.sockets.keeper import keeper
from app.sockets.serving import serve
from app.sockets.socket import Socket
from app.streams import sse
from app.turns.idempotency import Claim, claim_of
from app.web import documents
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import idempotent
from app.web.schemas import Schema
from app.web.streams import stream
from app.web.unified import RawObject

blp = Blueprint("interviews", __name__, url_prefix="/api/interviews", description="Two agents talk; insights follow")
LARGEST_BODY = 16 * 1024
PATIENCE = 25.0  # seconds that insights are waited for
GONE, BROKEN = 4004, 4500
IDLES_PER_HEARTBEAT = 6
FURTHEST = 1_000_000  # rows that a list may be asked to skip
RECONNECT = b"retry: 1000\n\n"
BROKE: dict[str, Any] = {
    "type": "error", "error": "Internal server error", "message": "Failed to read the interview",
}  # fmt: skip
Body = dict[str, Any]

log = structlog.get_logger()


class InterviewErrorOut(Schema):
    """The contract's error body."""

    error = fields.String(metadata={"example": "Interview not found"})
    message = fields.String(metadata={"example": "No interview found with ID: 550e8400"})


def errors(*statuses: int) -> Any:
    return documents.errors(blp, *statuses, schema=InterviewErrorOut)


@blp.before_request
def check_caller() -> None:
    """Small bodies; and a key where the operator wants one."""
    request.max_content_length = LARGEST_BODY
    needed = resolve(Settings).interviews_need_key and request.method != "OPTIONS"
    if needed and not is_operator():
        check_key(request.args.get("api_key", ""))


def watchers() -> Watchers:
    return resolve(Watchers)


@blp.route("/start", methods=["POST"])
@public
@limited_by_address("interviews")
@blp.response(201, StartedOut)
@blp.doc(requestBody=START)
@errors(400, 415, 422, 429, 500, 503)
@idempotent(blp)
def start() -> Body:
    """Start an interview

    With a `persona` (`name`, `role`, `industry`, `background`) or a `persona_id`, and if wanted a `problem` and a
    `solution`. Answers at once; the talk is made in the background.
    """
    body = _body()
    made = service.start(body, _wish("interviews.start", body))
    return {"interviewId": made.id, "status": Status.IN_PROGRESS}


@blp.route("/personas", methods=["GET"])
@public
@blp.response(200, PersonasOut)
def list_personas() -> Body:
    """List ready-made personas"""
    return {"personas": list(PERSONAS)}


@blp.route("/<interview_id>/status", methods=["GET"])
@public
@blp.response(200, StatusOut)
@errors(404)
def read_status(interview_id: str) -> Body:
    """How far an interview is"""
    with db.read() as session:
        return service.status(session, interview_id)


@blp.route("/<interview_id>/insights", methods=["GET"])
@public
@blp.response(200, RawObject)
@blp.doc(responses={"200": {"content": {"application/json": {"schema": INSIGHTS}}}})
@errors(400, 404, 503)
def read_insights(interview_id: str) -> Body:
    """What the interview shows; waits a while for insights that are being made"""
    until = time.monotonic() + PATIENCE
    service.ask_for_insights(interview_id)
    while True:
        with db.read() as session:
            row = service.find(session, interview_id)
        if row.status != Status.COMPLETED:
            raise service.NotCompleted
        if row.insights is not None:
            return row.insights
        if time.monotonic() > until:
            raise service.NoInsights
        time.sleep(0.2)


@blp.route("/<interview_id>/stream", methods=["GET"])
@public
@errors(404)
@documents.upgrade(blp)
def watch(interview_id: str) -> Response:
    """Watch an interview: a WebSocket, or Server-Sent Events without an Upgrade header

    Everything from the first message on, or after `Last-Event-ID` (or `?after=`), the number of messages that are
    known already; then `complete` or `error`. A WebSocket closes with 1000 after `complete`, with 4500 after `error`,
    and with 4004 when there is no such interview; after 1012 connect again.
    """
    after = _cursor(request.headers.get("Last-Event-ID", "") or request.args.get("after", ""))
    if wants_upgrade():
        return serve(lambda socket: _talk(socket, interview_id, after), largest=64 * 1024)
    with db.read() as session:
        service.find(session, interview_id)
    return stream(_events(watchers(), interview_id, after))


@blp.route("/<interview_id>/retry", methods=["POST"])
@public
@limited_by_address("interviews")
@blp.response(200, StartedOut)
@errors(400, 404, 422, 429)
@idempotent(blp)
def retry(interview_id: str) -> Body:
    """Go on with a failed interview"""
    service.retry(interview_id, _wish("interviews.retry", interview_id))
    return {"interviewId": interview_id, "status": Status.IN_PROGRESS}


@blp.route("", methods=["GET"])
@operator
@blp.response(200, RawObject)
@errors(401, 403)
def list_interviews(_: Principal) -> Body:
    """List interviews, newest first (operators)"""
    limit = max(1, min(100, request.args.get("limit", 20, int)))
    offset = max(0, min(FURTHEST, request.args.get("offset", 0, int)))
    with db.read() as session:
        return service.listing(session, limit, offset)


@blp.route("/<interview_id>", methods=["DELETE"])
@operator
@blp.response(204)
@errors(401, 403, 404)
def remove_interview(_: Principal, interview_id: str) -> None:
    """Delete an interview with all that was said (operators)"""
    with db.begin() as session:
        service.remove(session, interview_id)


def _body() -> Any:
    """What was sent; nothing at all is a persona without fields."""
    if not (request.content_length or request.is_json):
        return {}
    try:
        return request.get_json()
    except BadRequest as error:
        raise service.InvalidPersona(error.text) from None


def _wish(route: str, body: object) -> Claim | None:
    return claim_of(f"interviews:{request.remote_addr}", request.headers.get("Idempotency-Key"), route, body)


def _cursor(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _talk(socket: Socket, interview_id: str, after: int) -> None:
    """Sends what there is, then what comes. A watcher who leaves is noticed at once, whatever is being waited for."""
    sending = gevent.spawn(_send, socket, watchers(), interview_id, after)
    try:
        while socket.receive() is not None:
            pass
    finally:
        sending.kill(block=False)


def _send(socket: Socket, watching: Watchers, interview_id: str, after: int) -> None:
    try:
        _tell(socket, watching, interview_id, after)
    except Closed:
        pass
    except service.NotFound:
        socket.close(GONE, "Interview not found")
    except Exception as error:  # the sockets' rim: the watcher is told that nothing more comes
        log.error("interview_not_told", interview_id=interview_id, reason=type(error).__name__, exc_info=error)
        socket.send(sse.encode(BROKE))
        socket.close(BROKEN, "Internal server error")


def _tell(socket: Socket, watching: Watchers, interview_id: str, after: int) -> None:
    for told in watching.follow(interview_id, after):
        if told is IDLE:
            continue
        socket.send(sse.encode(told.body))
        if told.type != "message":
            socket.close(Code.NORMAL if told.type == "complete" else BROKEN)


def _events(watching: Watchers, interview_id: str, after: int) -> Iterator[bytes]:
    """Up to the end; an interview that is deleted meanwhile ends with an error."""
    try:
        yield from _frames(watching, interview_id, after)
    except service.NotFound as gone:
        yield _event(Told("error", after, {"type": "error", "error": gone.code, "message": gone.text}))


def _frames(watching: Watchers, interview_id: str, after: int) -> Iterator[bytes]:
    """A process that goes down sends its watchers elsewhere: they come back with the id of their last event."""
    silent = 0
    for told in watching.follow(interview_id, after):
        if told is not IDLE:
            yield _event(told)
            continue
        if keeper.draining:
            yield RECONNECT
            return
        yield from () if silent % IDLES_PER_HEARTBEAT else (sse.HEARTBEAT,)
        silent += 1


def _event(told: Told) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (told.place, told.type.encode(), sse.encode(told.body))
