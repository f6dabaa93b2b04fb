"""Interviews over HTTP, as their contract has them: open to anybody, counted per address."""

from collections.abc import Callable
from functools import partial

from flask import Response, g, request
from wsproto.frame_protocol import CloseReason

from app.auth import audit
from app.auth.guards import check_key, is_operator, operator, public
from app.auth.principals import Principal, Scope
from app.care.guards import hears_anybody, note_as
from app.config.settings import Settings
from app.core.errors import BadRequest
from app.core.json import JSONObject
from app.db.pages import Page
from app.feeds.dispatcher import FeedDispatcher
from app.feeds.event_stream import stream_feed
from app.interviews import feed, schemas, service
from app.interviews.errors import InvalidPersona
from app.interviews.models import Status
from app.interviews.personas import PERSONAS, ReadyPersona
from app.interviews.service import InterviewStatus, Started
from app.limits.guards import affordable, limited_by_address, limited_together
from app.sockets.routing import sock
from app.sockets.socket import Socket
from app.turns.idempotency import Claim, claim_of
from app.web import documents
from app.web.blueprints import Blueprint
from app.web.client_address import client_network
from app.web.container import resolve
from app.web.documents import idempotent
from app.web.streams import stream
from app.web.unified import RawObject

blp = Blueprint("interviews", __name__, url_prefix="/api/interviews", description="Two agents talk; insights follow")
MAX_BODY = 256 * 1024  # bytes; the longest texts that are taken, with every character escaped, are a third of it
MAX_OFFSET = 1_000_000
EVENTS = (
    '{"type":"message","payload":{"role":"interviewer","content":"How do you plan your week?"}}',
    '{"type":"message","payload":{"role":"interviewee","content":"On paper."}}',
    '{"type":"complete","payload":{"messageCount":12}}',
)


def errors(*statuses: int) -> Callable[[documents.View], documents.View]:
    return documents.errors(blp, *statuses, schema=schemas.InterviewErrorOut)


@blp.before_request
def check_caller() -> None:
    """Small bodies; and a key where the operator wants one."""
    request.max_content_length = MAX_BODY
    needed = resolve(Settings).interviews_need_key and request.method != "OPTIONS"
    if needed and not is_operator():
        check_key(Scope.INTERVIEWS, request.args.get("api_key", ""))


@blp.route("/start", methods=["POST"])
@public
@hears_anybody("interviews", "persona", "problem", "solution")
@limited_by_address("interviews")
@limited_together("interviews_total")
@affordable("interviews")
@blp.response(201, schemas.NewlyStartedOut)
@blp.doc(requestBody={"required": True, "content": {"application/json": {"schema": schemas.StartIn}}})
@errors(400, 415, 422, 429, 500, 503)
@idempotent()
def start() -> Started:
    """Start an interview

    With a `persona` (`name`, `role`, `industry`, `background`) or a `persona_id`, and if wanted a `problem` and a
    `solution`. Answers at once; the talk is made in the background. With the `stopToken` of the answer, which nobody
    else knows, the interview can be stopped. When the texts speak of danger, `safety` and `resources` tell who helps.
    """
    body = _body()
    return service.start(schemas.load_start(body), _idempotency_claim("interviews.start", body), _most(), note_as)


@blp.route("/personas", methods=["GET"])
@public
@blp.response(200, schemas.PersonasOut)
def list_personas() -> dict[str, tuple[ReadyPersona, ...]]:
    """List ready-made personas"""
    return {"personas": PERSONAS}


@blp.route("/<interview_id>/status", methods=["GET"])
@public
@blp.response(200, schemas.StatusOut)
@errors(404)
def read_status(interview_id: str) -> InterviewStatus:
    """How far an interview is"""
    return service.status(interview_id)


@blp.route("/<interview_id>/insights", methods=["GET"])
@public
@blp.response(200, RawObject)
@blp.doc(responses={"200": {"content": {"application/json": {"schema": schemas.INSIGHTS}}}})
@errors(400, 404, 503)
def read_insights(interview_id: str) -> JSONObject:
    """What the interview shows; waits a while for insights that are being made"""
    return service.insights(resolve(FeedDispatcher), interview_id)


@blp.route("/<interview_id>/stream", methods=["GET"])
@public
def stream_events(interview_id: str) -> Response:
    """The same without an Upgrade header: Server-Sent Events"""
    service.status(interview_id)
    return stream(stream_feed(resolve(FeedDispatcher), feed.messages_of(interview_id), _cursor()))


@sock.route("/<interview_id>/stream", bp=blp)
@public
@errors(404)
@documents.event_stream(blp, *EVENTS)
@documents.upgrade(blp)
def watch(socket: Socket, interview_id: str) -> None:
    """Watch an interview: a WebSocket, or Server-Sent Events without an Upgrade header

    Everything from the first message on, or after `Last-Event-ID` (or `?after=`), the number of messages that are
    known already; then `complete` or `error`. A WebSocket closes with 1000 after `complete`, with 4500 after `error`,
    and with 4004 when there is no such interview; after 1012 connect again.
    """
    if "still_permitted" in g:  # a key was asked for
        socket.keep_while(g.still_permitted, partial(socket.close, CloseReason.POLICY_VIOLATION))
    feed.serve(socket, resolve(FeedDispatcher), interview_id, _cursor())


@blp.route("/<interview_id>/retry", methods=["POST"])
@public
@limited_by_address("interviews")
@limited_together("interviews_total")
@affordable("interviews")
@blp.response(200, schemas.StartedOut)
@errors(400, 404, 422, 429)
@idempotent()
def retry(interview_id: str) -> dict[str, str]:
    """Go on with an interview that failed, or that nobody looked at"""
    service.retry(interview_id, _idempotency_claim("interviews.retry", interview_id), _most())
    return {"id": interview_id, "shown_status": Status.IN_PROGRESS}


@blp.route("/<interview_id>/stop", methods=["POST"])
@public
@blp.arguments(schemas.StopIn)
@blp.response(200, schemas.StatusOut)
@errors(400, 403, 404)
def stop(body: dict[str, str], interview_id: str) -> InterviewStatus:
    """Stop an interview, with the token of its start

    What was said is kept. Readers get a last event `error`, "Interview stopped"; it can't be tried again.
    """
    return service.stop(interview_id, body["stopToken"])


@blp.route("", methods=["GET"])
@operator
@blp.response(200, schemas.PageOut)
@errors(401, 403)
def list_interviews(principal: Principal) -> Page[InterviewStatus]:
    """List interviews, newest first (operators)"""
    audit.note(principal, "interviews.list", "", None)
    limit = max(1, min(100, request.args.get("limit", 20, int)))
    return service.page(limit, max(0, min(MAX_OFFSET, request.args.get("offset", 0, int))))


@blp.route("/<interview_id>", methods=["DELETE"])
@operator
@blp.response(204)
@errors(401, 403, 404)
def remove_interview(principal: Principal, interview_id: str) -> None:
    """Delete an interview with all that was said (operators)"""
    with audit.recorded(principal, "interview.remove", interview_id, None) as session:
        service.remove(session, interview_id)


def _body() -> object:
    """What was sent; nothing at all is a persona without fields."""
    if not (request.content_length or request.is_json):
        return {}
    try:
        return request.get_json()
    except BadRequest as error:
        raise InvalidPersona(error.text) from None


def _most() -> int | None:
    """How many interviews may be in progress at once; those of callers with a key are not limited together."""
    settings = resolve(Settings)
    return None if settings.interviews_need_key else settings.interviews_at_once


def _idempotency_claim(route: str, body: object) -> Claim | None:
    return claim_of(f"interviews:{client_network()}", request.headers.get("Idempotency-Key"), route, body)


def _cursor() -> int:
    text = request.headers.get("Last-Event-ID", "") or request.args.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
