"""Interviews over HTTP, as their contract has them: open to anybody, counted per address."""

import time
from collections.abc import Iterator
from typing import Any, cast

import gevent
from flask import Response, current_app, request
from marshmallow import fields

from app.auth.guards import check_key, operator, public
from app.auth.principals import Principal
from app.events import sse
from app.extensions import db
from app.idempotency import claim_of
from app.interviews import service
from app.interviews.models import Status
from app.interviews.personas import PERSONAS
from app.interviews.watching import IDLE, Told, Watchers
from app.limits.guards import limited_by_address
from app.sockets.handshake import wants_upgrade
from app.sockets.interfaces import Code
from app.sockets.serving import serve
from app.sockets.socket import Socket
from app.web import documents
from app.web.blueprints import Blueprint
from app.web.documents import idempotent
from app.web.schemas import Schema
from app.web.streams import stream
from app.web.unified import Document

blp = Blueprint("interviews", __name__, url_prefix="/api/interviews", description="Two agents talk; insights follow")
LARGEST_BODY = 16 * 1024
PATIENCE = 25.0  # seconds that insights are waited for
GONE, BROKEN = 4004, 4500
IDLES_PER_HEARTBEAT = 6
Body = dict[str, Any]


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
    if current_app.extensions["settings"].interviews_need_key:
        check_key()


def watchers() -> Watchers:
    return cast(Watchers, current_app.extensions["watchers"])


@blp.route("/start", methods=["POST"])
@public
@limited_by_address("interviews")
@blp.response(201, Document)
@errors(400, 429, 500, 503)
@idempotent(blp)
def start() -> Body:
    """Start an interview

    With a `persona` (`name`, `role`, `industry`, `background`) or a `persona_id`, and if wanted a `problem` and a
    `solution`. Answers at once; the talk is made in the background.
    """
    body = request.get_json(silent=False)
    address = f"interviews:{request.remote_addr}"
    wish = claim_of(address, request.headers.get("Idempotency-Key"), "interviews.start", body)
    made = service.start(body, wish)
    return {"interviewId": made.id, "status": made.status}


@blp.route("/personas", methods=["GET"])
@public
@blp.response(200, Document)
def list_personas() -> Body:
    """List ready-made personas"""
    return {"personas": list(PERSONAS)}


@blp.route("/<interview_id>/status", methods=["GET"])
@public
@blp.response(200, Document)
@errors(404)
def read_status(interview_id: str) -> Body:
    """How far an interview is"""
    with db.read() as session:
        return service.status(session, interview_id)


@blp.route("/<interview_id>/insights", methods=["GET"])
@public
@blp.response(200, Document)
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

    Everything from the first message on, or after `Last-Event-ID`; then `complete` or `error`.
    """
    if wants_upgrade():
        return serve(lambda socket: _talk(socket, interview_id), largest=64 * 1024)
    with db.read() as session:
        service.find(session, interview_id)
    cursor = request.headers.get("Last-Event-ID", "") or request.args.get("after", "")
    after = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 6 else 0
    return stream(_events(watchers(), interview_id, after))


@blp.route("/<interview_id>/retry", methods=["POST"])
@public
@limited_by_address("interviews")
@blp.response(200, Document)
@errors(400, 404, 429)
def retry(interview_id: str) -> Body:
    """Go on with a failed interview"""
    row = service.retry(interview_id)
    return {"interviewId": row.id, "status": row.status}


@blp.route("", methods=["GET"])
@operator
@blp.response(200, Document)
@errors(401, 403)
def list_interviews(_: Principal) -> Body:
    """List interviews, newest first (operators)"""
    limit = min(100, request.args.get("limit", 20, int))
    with db.read() as session:
        return service.listing(session, max(1, limit), max(0, request.args.get("offset", 0, int)))


@blp.route("/<interview_id>", methods=["DELETE"])
@operator
@blp.response(204)
@errors(401, 403, 404)
def remove_interview(_: Principal, interview_id: str) -> None:
    """Delete an interview with all that was said (operators)"""
    with db.begin() as session:
        service.remove(session, interview_id)


def _talk(socket: Socket, interview_id: str) -> None:
    """Sends what there is, then what comes. A watcher who leaves is noticed with the next message."""
    with db.read() as session:
        try:
            service.find(session, interview_id)
        except service.NotFound:
            socket.close(GONE, "Interview not found")
            return

    sending = gevent.spawn(_send, socket, watchers(), interview_id)
    try:
        while socket.receive() is not None:
            pass
    finally:
        sending.kill(block=False)


def _send(socket: Socket, watching: Watchers, interview_id: str) -> None:
    for told in watching.follow(interview_id, 0):
        if told is IDLE:
            continue
        socket.send(sse.encode(told.body))
        if told.type != "message":
            socket.close(Code.NORMAL if told.type == "complete" else BROKEN)


def _events(watching: Watchers, interview_id: str, after: int) -> Iterator[bytes]:
    silent = 0
    for told in watching.follow(interview_id, after):
        if told is IDLE:
            silent += 1
            yield from () if silent % IDLES_PER_HEARTBEAT else (sse.HEARTBEAT,)
        else:
            yield _event(told)


def _event(told: Told) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (told.place, told.type.encode(), sse.encode(told.body))
