"""The chat stream's vocabulary. Every stream is one start, any number of contents, and one end or error."""

import re
from dataclasses import dataclass, fields
from typing import Any, Literal

import msgspec

from app.streams import sse

LONGEST_CONTENT = 2000  # characters in one content event; a long delta becomes several events
NUMBER = re.compile(r"[0-9]{1,9}")
EMBEDDED_LIMIT = 12 * 1024  # bytes; a message that is longer travels without its text inside start and end


@dataclass(frozen=True, slots=True)
class Start:
    """The turn has begun; the person's message is stored."""

    sessionId: str
    turnId: str
    userMessage: dict[str, Any]
    usageInfo: dict[str, Any]
    type: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class Content:
    content: str
    type: Literal["content"] = "content"


@dataclass(frozen=True, slots=True)
class End:
    """The answer is stored. ``cancelled`` when the person stopped it; ``messageId`` is null if nothing was said."""

    messageId: str | None
    assistantMessage: dict[str, Any] | None
    metadata: dict[str, Any]
    cancelled: bool = False
    type: Literal["end"] = "end"


@dataclass(frozen=True, slots=True)
class Error:
    """The turn failed. What had been said is stored under ``messageId``, if anything had."""

    message: str
    messageId: str | None
    retryable: bool = True
    type: Literal["error"] = "error"


Terminal = End | Error
Event = Any  # a frozen dataclass with a ``type``; each kind of stream has its own vocabulary


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a stream: the event's number, and how many characters of the answer came before its end.

    With the second a reader can be served from the stored answer when the events themselves are gone.
    """

    tale_id: str
    seq: int
    offset: int

    def __str__(self) -> str:
        return f"{self.tale_id}:{self.seq}:{self.offset}"

    @classmethod
    def parse(cls, text: str, kind: str = "") -> "Cursor":
        """Raises ``ValueError`` for anything that we did not write, or that is of another kind of stream."""
        tale_id, seq, offset = text.split(":")
        if not (tale_id.startswith(f"{kind}_" if kind else "") and NUMBER.fullmatch(seq) and NUMBER.fullmatch(offset)):
            raise ValueError(text)
        return cls(tale_id, int(seq), int(offset))


def encode(event: Event, cursor: str) -> bytes:
    """The event as it goes over the wire."""
    payload = {"type": event.type} | {field.name: getattr(event, field.name) for field in fields(event)}
    return sse.event(cursor, sse.encode(payload))


def content(cursor: str, text: str) -> bytes:
    """``encode(Content(text), cursor)``, for the hot path."""
    return sse.event(cursor, b'{"type":"content","content":%b}' % sse.encode(text))


def cursor_of(frame: bytes) -> Cursor:
    """The cursor of an encoded event."""
    return Cursor.parse(frame[4 : frame.index(b"\n")].decode())


def text_of(frame: bytes) -> str:
    """What an encoded event adds to the answer."""
    payload = msgspec.json.decode(frame[frame.index(b"\ndata: ") + 7 :])
    return payload["content"] if payload["type"] == "content" else ""


def pieces(text: str) -> list[str]:
    """A delta in parts that each fit an event."""
    if len(text) <= LONGEST_CONTENT:
        return [text]
    return [text[at : at + LONGEST_CONTENT] for at in range(0, len(text), LONGEST_CONTENT)]


def embedded(message: dict[str, Any]) -> dict[str, Any]:
    """A message inside another event, without its text when that would make the event too large."""
    if len(message["content"]) * 6 < EMBEDDED_LIMIT or len(sse.encode(message)) < EMBEDDED_LIMIT:
        return message
    return {key: value for key, value in message.items() if key != "content"}
