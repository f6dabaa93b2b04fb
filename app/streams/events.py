"""Events of a stream and their cursors. Each stream has one first event, any number of contents, and one last event."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Protocol

import msgspec

from app.core.errors import BadRequest
from app.streams import sse

LONGEST_CONTENT = 2000  # characters in one content event; a long delta becomes several events
NUMBER = re.compile(r"[0-9]{1,9}")


class Event(Protocol):
    """A frozen dataclass with a literal ``type``; each kind of stream has a vocabulary of its own."""

    @property
    def type(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Content:
    content: str
    type: Literal["content"] = "content"


@dataclass(frozen=True, slots=True)
class BodyEvent:
    type: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a stream: the event's number, and how many characters of the text came before its end; an event beside
    the text counts as one.

    With the second a reader can be served from the stored text when the events themselves are gone.
    """

    run_id: str
    seq: int
    offset: int

    def __str__(self) -> str:
        return f"{self.run_id}:{self.seq}:{self.offset}"

    @classmethod
    def parse(cls, text: str, kind: str = "") -> "Cursor":
        """Raises ``ValueError`` for anything that we did not write, or that is of another kind of stream."""
        run_id, seq, offset = text.split(":")
        if not (run_id.startswith(f"{kind}_" if kind else "") and NUMBER.fullmatch(seq) and NUMBER.fullmatch(offset)):
            raise ValueError(text)
        return cls(run_id, int(seq), int(offset))


def cursor_of(last_event_id: str | None, kind: str) -> Cursor | None:
    """The cursor of a ``Last-Event-ID`` header. Raises ``BadRequest`` when it is none of this kind of stream."""
    if not last_event_id:
        return None
    try:
        return Cursor.parse(last_event_id, kind)
    except ValueError:
        raise BadRequest("Last-Event-ID is not a cursor of this stream") from None


def encode(event: Any, cursor: str) -> bytes:
    own = event.body if isinstance(event, BodyEvent) else {it.name: getattr(event, it.name) for it in fields(event)}
    return sse.event(cursor, sse.encode({"type": event.type, **own}))


def content(cursor: str, text: str) -> bytes:
    """``encode(Content(text), cursor)``, for the hot path."""
    return sse.event(cursor, b'{"type":"content","content":%b}' % sse.encode(text))


def pieces(text: str) -> list[str]:
    """A delta in parts that each fit an event."""
    if len(text) <= LONGEST_CONTENT:
        return [text]
    return [text[at : at + LONGEST_CONTENT] for at in range(0, len(text), LONGEST_CONTENT)]


def parse_cursor(frame: bytes) -> Cursor:
    return Cursor.parse(frame[4 : frame.index(b"\n")].decode())


def text_of(frame: bytes) -> str:
    """What an encoded event adds to the text."""
    payload = msgspec.json.decode(frame[frame.index(b"\ndata: ") + 7 :])
    return payload["content"] if payload["type"] == "content" else ""


def joined(frames: list[bytes]) -> Iterator[bytes]:
    """Events that have piled up share a write, up to the size that every client can take."""
    pending: list[bytes] = []
    size = 0
    for data in frames:
        if pending and size + len(data) > sse.LIMIT:
            yield b"".join(pending)
            pending, size = [], 0
        pending.append(data)
        size += len(data)
    yield b"".join(pending)
