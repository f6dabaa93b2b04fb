"""The events of a coaching answer: one start, its words, then one end with the whole body or one error."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from app.coaching import serialize
from app.coaching.sessions import Answer
from app.core.errors import AppError
from app.core.json import JSONObject, as_object
from app.llm.interfaces import PUBLIC
from app.streams import sse
from app.streams.events import BodyEvent

END = b'"type":"end"'  # of an encoded event; within a text the quotes are escaped
DONE = "Message processed successfully"
FINAL = {code for code, _, _ in PUBLIC.values()}  # what stays as it is, however often it is sent
ROOM = 200  # bytes around an event's JSON
# what an end that is too large goes without: at the top, then in ``data``; the session has all of it
SPARED: tuple[tuple[Collection[str], Collection[str]], ...] = (
    ((), ()),
    (("result", "coach_message"), ()),
    (("result", "coach_message"), ("coach_message",)),
    (("result", "coach_message"), ("coach_message", "message")),
    (("result", "coach_message"), ("coach_message", "message", "result")),
)


@dataclass(frozen=True, slots=True)
class Start:
    """The turn has begun; the person's message is stored."""

    sessionId: str
    turnId: str
    type: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class Error:
    """The turn failed; the person's message is stored, and counts once when it is sent again."""

    message: str
    error: str
    code: str
    retryable: bool = True
    type: Literal["error"] = "error"


def end(answer: Answer) -> BodyEvent:
    """The body of ``POST /ai/coaching/message``, or as much of it as one event can hold."""
    body = serialize.answered(answer, DONE)
    data = as_object(body["data"])
    shorter = (_without(body, outside) | {"data": _without(data, inside)} for outside, inside in SPARED)
    return next(BodyEvent("end", found) for found in shorter if len(sse.encode(found)) <= sse.LIMIT - ROOM)


def failed(error: AppError) -> Error:
    return Error(error.text, error.text, error.code, retryable=error.code not in FINAL)


def _without(body: JSONObject, names: Collection[str]) -> dict[str, object]:
    return {name: value for name, value in body.items() if name not in names}
