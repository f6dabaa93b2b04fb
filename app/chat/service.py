"""What the chat's views call: plain arguments in, answers or event streams out."""

from collections.abc import Iterator
from typing import Any

from app.auth.principals import Principal
from app.chat import endings, following, sessions
from app.chat.admission import Ask, Turn
from app.chat.endings import TurnTale
from app.chat.events import End, Error
from app.chat.generation import metadata
from app.chat.models import TurnState
from app.chat.turns import Desk
from app.core.errors import AppError
from app.db.session import db
from app.limits.permits import Permit
from app.llm.interfaces import ProviderError
from app.turns.idempotency import claim_of
from app.web.container import resolve


def desk() -> Desk:
    return resolve(Desk)


def answer(principal: Principal, body: dict[str, Any], key: str | None, permit: Permit) -> dict[str, Any]:
    """Asks and waits for the whole answer. Raises ``AppError`` when the model failed; what it said is stored."""
    turn = desk().ask(_ask(principal, body, key, "message"), permit)
    outcome, event = endings.wait(desk(), turn)
    if isinstance(event, Error):
        raise TurnFailed(event.message, sessionId=turn.session_id, messageId=event.messageId)
    return _answered(turn, event, outcome.text) | {"usageInfo": permit.usage_info, "metadata": metadata(outcome)}


def stream(principal: Principal, body: dict[str, Any], key: str | None, permit: Permit) -> Iterator[bytes]:
    """Asks and streams the answer as it is made."""
    turn = desk().ask(_ask(principal, body, key, "stream"), permit)
    return following.follow(desk(), TurnTale(desk(), turn))


def resume(principal: Principal, session_id: str, last_event_id: str | None) -> Iterator[bytes]:
    """Streams the session's current or last turn, or the one that the cursor names, from the cursor on."""
    cursor = following.cursor_of(last_event_id, "turn")
    with db.read() as session:
        turn = sessions.turn_of(session, principal, session_id, cursor.tale_id if cursor else None)
    return following.follow(desk(), TurnTale(desk(), turn), cursor)


def cancel(principal: Principal, session_id: str) -> dict[str, Any]:
    """Stops the session's running turn, if there is one, and waits until what was said is stored."""
    with db.read() as session:
        sessions.find(session, principal, session_id)
        running = sessions.running_turn(session, principal, session_id)
    if running is None:
        return {"sessionId": session_id, "turnId": None, "cancelled": False}
    desk().cancel(running.id)
    outcome, _ = endings.wait(desk(), running)
    return {"sessionId": session_id, "turnId": running.id, "cancelled": outcome.state is TurnState.CANCELLED}


def create_session(principal: Principal, title: str | None, personality_id: str | None) -> dict[str, Any]:
    with db.begin() as session:
        row = sessions.create(session, principal, title, personality_id)
    return vars(row) | {"messages": []}


def list_sessions(principal: Principal, limit: int, cursor: str | None) -> dict[str, Any]:
    with db.read() as session:
        return sessions.page(session, principal, limit, cursor)


def read_session(principal: Principal, session_id: str) -> dict[str, Any]:
    with db.read() as session:
        row = sessions.find(session, principal, session_id)
        return vars(row) | {"messages": sessions.messages(session, session_id)}


def rename_session(principal: Principal, session_id: str, title: str) -> dict[str, Any]:
    with db.begin() as session:
        row = sessions.rename(session, principal, session_id, title)
    return vars(row) | {"success": True}


def delete_session(principal: Principal, session_id: str) -> dict[str, Any]:
    with db.begin() as session:
        running = sessions.remove(session, principal, session_id)
    if running:
        desk().cancel(running)
    return {"success": True, "message": "Session deleted successfully", "id": session_id}


class TurnFailed(AppError):
    """The chat contract's answer to a failed model call."""

    code, status, text = "AI_SERVICE_ERROR", 500, ProviderError.text


def _ask(principal: Principal, body: dict[str, Any], key: str | None, route: str) -> Ask:
    claim = claim_of(principal.key, key, f"chat.{route}", body)
    return Ask(principal, body["message"], body["sessionId"], body["personalityId"], claim)


def _answered(turn: Turn, event: End, text: str) -> dict[str, Any]:
    message = event.assistantMessage
    return {
        "sessionId": turn.session_id,
        "messageId": event.messageId,
        "response": text,
        "timestamp": message["timestamp"] if message else turn.question["timestamp"],
        "userMessage": turn.question,
        "assistantMessage": message and message | {"content": text},
        "cancelled": event.cancelled,
    }
