"""Sessions as answers: the keys of both contracts, at the top and in ``data``."""

from collections.abc import Sequence

from app.coaching import sessions
from app.coaching.models import CoachingMessage, CoachingSession
from app.coaching.sessions import Answer, Limits
from app.coaching.states import LIVE, Status
from app.core.clock import iso
from app.core.json import JSONObject, JSONValue, as_object, objects_of
from app.db.pages import Page
from app.topics.topic import OLD_SUFFIX, Topic

STEP = 0.05  # of a session's way, per stored message


def envelope(data: JSONObject, text: str, **inside: JSONValue) -> dict[str, JSONValue]:
    """``inside`` is what ``data`` has under names that mean something else at the top."""
    return {"success": True, **data, "data": {**data, **inside}, "message": text}


def answered(answer: Answer, text: str) -> dict[str, JSONValue]:
    row = answer.session
    data = state(row) | {
        "is_final": row.status == Status.COMPLETED,
        "resumed": answer.resumed,
        "coach_message": answer.message,
        "metadata": answer.metadata,
        "result": result(row),
    }
    told = as_object(answer.metadata).get("disclosure")
    return envelope(data | ({"disclosure": told} if told else {}), text, message=answer.message)


def moved(row: CoachingSession, text: str) -> dict[str, JSONValue]:
    return envelope(state(row) | {"turn_count": row.turns} | _dates(row), text, message=text)


def detailed(row: CoachingSession, said: Page[CoachingMessage]) -> dict[str, JSONValue]:
    shown = [{"role": one.role, "content": one.content, "timestamp": iso(one.created_at)} for one in said.items]
    data = state(row) | {
        "user_id": row.user_id,
        "messages": shown,
        "has_more": said.has_more,
        "next_before": said.items[0].place if said.has_more else None,
        "context": row.context,
        **_dates(row),
        "completed_at": iso(row.completed_at) if row.completed_at else None,
        "is_final": row.status == Status.COMPLETED,
        "result": result(row),
        "extracted_result": result(row),
    }
    return envelope(data, "Session retrieved successfully")


def _dates(row: CoachingSession) -> dict[str, JSONValue]:
    return {"created_at": iso(row.created_at), "updated_at": iso(row.updated_at)}


def listed(found: Page[CoachingSession]) -> dict[str, JSONValue]:
    """Lists know topics by their bare ids."""
    shown = [_row(row) for row in found.items]
    more: JSONObject = {"has_more": found.has_more, "next_cursor": found.next_cursor}
    return {"success": True, "data": shown, "sessions": shown, **more, "message": f"Found {len(shown)} sessions"}


def _row(row: CoachingSession) -> dict[str, JSONValue]:
    return state(row) | {
        "topic_id": row.topic_id,
        "turn_count": row.turns,
        **_dates(row),
        "completed_at": iso(row.completed_at) if row.completed_at else None,
        "result": result(row),
    }


def topics(every: Sequence[Topic], rows: Sequence[CoachingSession]) -> dict[str, JSONValue]:
    """Each topic with the caller's state in it; ``rows`` newest first."""
    shown = [_topic(topic, [row for row in rows if row.topic_id == topic.id]) for topic in every]
    return envelope({"topics": shown}, "Topics retrieved successfully")


def checked(limits: Limits, row: CoachingSession | None, conflict: bool) -> dict[str, JSONValue]:
    idle = row is not None and sessions.is_idle(row, limits)
    data = {
        "has_session": row is not None,
        "session_id": row.id if row else None,
        "status": (Status.PAUSED if idle else row.status) if row else None,
        "actual_status": row.status if row else None,
        "is_idle": idle,
        "conflict": conflict,
        "conflict_user_id": None,
    }
    return envelope(data, "Session checked")


def state(row: CoachingSession) -> dict[str, JSONValue]:
    done = row.status == Status.COMPLETED
    return {
        "session_id": row.id,
        "tenant_id": row.tenant_id,
        "topic_id": row.asked_as,
        "status": row.status,
        "turn": 1 + row.turns,
        "max_turns": row.max_turns,
        "message_count": row.messages,
        "estimated_completion": 1.0 if done else min(1.0, round(STEP * row.messages, 2)),
    }


def result(row: CoachingSession) -> JSONObject | None:
    """The typed result; for values also in the older contract's words."""
    found = row.result
    if found is None or row.topic_id != "core_values":
        return found
    values = objects_of(found.get("values"))
    return {
        **found,
        "core_values": [value["name"] for value in values],
        "insights": found.get("summary", ""),
        "recommendations": [value["importance"] for value in values],
    }


def _topic(topic: Topic, rows: list[CoachingSession]) -> dict[str, JSONValue]:
    current = next((row for row in rows if row.status in LIVE and not sessions.is_expired(row)), None)
    ended = next((row for row in rows if row.status == Status.COMPLETED), None)
    shown = current or ended
    return {
        "topic_id": topic.id.removesuffix(OLD_SUFFIX),
        "name": topic.name,
        "description": topic.description,
        "status": "in_progress" if current else "completed" if ended else "not_started",
        "session_id": shown.id if shown else None,
        "completed_at": iso(ended.completed_at) if ended and not current and ended.completed_at else None,
    }
