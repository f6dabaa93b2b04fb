"""The chat over HTTP, as its contract has it."""

from flask import Response, request
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.care.guards import found, hears
from app.chat import human, schemas, sessions
from app.chat.admission import NewMessage
from app.chat.attached import heard
from app.chat.chat_run import FEATURE
from app.chat.models import ChatSession
from app.chat.service import Answer, Cancellation, ChatService
from app.chat.sessions import MessagesRequest, SessionPage
from app.db.pages import Page, PageRequest
from app.limits.guards import limited, permit
from app.web.blueprints import Blueprint
from app.web.connections import watched
from app.web.container import resolve
from app.web.documents import event_stream, idempotent, zoned
from app.web.operations import Operations
from app.web.streams import stream

blp = Blueprint("chat", __name__, url_prefix="/api/v1/chat", description="Text conversations with the coach")
operation = Operations(blp, OWN, rate=limited("sessions"))
session_operation = Operations(blp, OWN, rate=limited("sessions"), sessions=True)
asking = Operations(
    blp, OWN, rate=limited("messages"), fails=(404, 409, 422, 500, 503), notes=[idempotent(), zoned()],
)  # fmt: skip
HEARS = hears(FEATURE, "message", given={"attachments": heard})
KEY, RESUMED = "Idempotency-Key", "Last-Event-ID"


@asking("POST", "/message", takes=schemas.MessageIn, gives=schemas.AnswerOut, hears=HEARS)
def send_message(principal: Principal, body: NewMessage) -> Answer:
    """Send a message and wait for the answer

    The answer draws on the caller's goals and journal. Without `sessionId` a new session begins. The message is
    stored before the model is asked, and the answer is stored even if the caller does not wait for it: the same message
    gets it then. PDFs and text files in `attachments` are read by the coach, now and while the conversation shows them.
    With `actions` the coach may propose changes (`proposals`), which happen when they are confirmed.
    """
    return resolve(ChatService).answer(principal, body, request.headers.get(KEY), permit(), found(), watched())


@asking("POST", "/message/stream", takes=schemas.MessageIn, notes=[event_stream(blp)], hears=HEARS)
def stream_message(principal: Principal, body: NewMessage) -> Response:
    """Send a message and stream the answer

    Server-Sent Events: one `start`, any number of `content`, with `actions` a `proposal` for each change that the coach
    proposes, then one `end` or `error`. Each event's `id` is a cursor:
    after a lost connection the same request with `Last-Event-ID` goes on from there, and so does
    `GET /api/v1/chat/session/{session_id}/stream`.
    """
    key, resumed = request.headers.get(KEY), request.headers.get(RESUMED)
    return stream(resolve(ChatService).stream(principal, body, key, permit(), found(), resumed))


@session_operation("POST", "/session", takes=schemas.SessionIn, gives=schemas.NewSessionOut, status=201)
def create_session(session: Session, principal: Principal, body: dict[str, str | None]) -> SessionPage:
    """Create a chat session"""
    return sessions.create(session, principal, body["title"], body["personalityId"])


@session_operation("GET", "/sessions", takes=schemas.SessionsQuery, gives=schemas.SessionsOut)
def list_sessions(session: Session, principal: Principal, query: PageRequest) -> Page[ChatSession]:
    """List the caller's sessions, last used first"""
    return sessions.page(session, principal, query)


@session_operation("GET", "/session/<session_id>", takes=schemas.MessagesQuery, gives=schemas.SessionWithMessagesOut)
def read_session(session: Session, principal: Principal, query: MessagesRequest, session_id: str) -> SessionPage:
    """Get a session with its messages

    The newest 500, or `limit`, in order. When `has_more`, earlier ones come with `before=<next_before>`.
    """
    return sessions.read(session, principal, query, session_id)


@operation("DELETE", "/session/<session_id>", gives=schemas.DeletedOut)
def delete_session(principal: Principal, session_id: str) -> dict[str, object]:
    """Delete a session and all its messages"""
    resolve(ChatService).delete_session(principal, session_id)
    return {"success": True, "message": "Session deleted successfully", "id": session_id}


@session_operation("PATCH", "/session/<session_id>/title", takes=schemas.TitleIn, gives=schemas.TitleOut)
def rename_session(session: Session, principal: Principal, body: dict[str, str], session_id: str) -> ChatSession:
    """Change a session's title"""
    return sessions.rename(session, principal, session_id, body["title"])


@operation("GET", "/session/<session_id>/stream", fails=(400,), notes=[event_stream(blp)])
def resume_stream(principal: Principal, session_id: str) -> Response:
    """Follow a session's current or last turn

    With `Last-Event-ID` it goes on after that event, without a gap and without repeating anything; without, it tells
    the turn from its start. Any number of readers may follow.
    """
    return stream(resolve(ChatService).resume(principal, session_id, request.headers.get(RESUMED)))


@operation("POST", "/session/<session_id>/cancel", gives=schemas.CancelledOut)
def cancel_turn(principal: Principal, session_id: str) -> Cancellation:
    """Stop the running answer; what has been said is kept"""
    return resolve(ChatService).cancel(principal, session_id)


@session_operation("POST", "/session/<session_id>/hand-back", gives=schemas.TakeOverOut)
def return_to_model(session: Session, principal: Principal, session_id: str) -> ChatSession:
    """Have the model answer again in a session that a human coach has taken over"""
    return human.hand_back_by_person(session, principal, session_id)
