"""The event socket's frames: what a client may ask, and what it gets."""

from datetime import datetime

import msgspec

from app.core.clock import iso, now
from app.core.errors import AppError, BadRequest
from app.feeds.interfaces import LARGEST_POSITION

_encode = msgspec.json.Encoder().encode


class Action(msgspec.Struct, frozen=True):
    """What a client sends; what else is in the frame is ignored."""

    action: str
    token: str = ""
    after: int | str | None = None


_decode = msgspec.json.Decoder(Action).decode


def action(raw: str | bytes) -> Action:
    try:
        return _decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise BadRequest("A frame must be a JSON object with an `action`") from None


def event_id(given: int | str | None) -> int:
    """An id as it was in a frame, or as a number."""
    text = str(given)
    if not (text.isascii() and text.isdigit()) or len(text) > 19 or int(text) > LARGEST_POSITION:
        raise BadRequest("`after` must be the id of an event")
    return int(text)


def event(id: int, type: str, data: object, created_at: datetime) -> bytes:
    return _encode({"type": type, "timestamp": iso(created_at), "data": data, "id": str(id)})


def message(type: str, **data: object) -> bytes:
    """A frame that is no event: it has no id."""
    return _encode({"type": type, "timestamp": iso(now())} | ({"data": data} if data else {}))


def failure(type: str, error: AppError) -> bytes:
    return message(type, error=error.text, code=error.code)
