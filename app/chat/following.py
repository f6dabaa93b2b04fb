"""Reading a stream from any cursor, in any process: live while it is made, from what was stored when it has ended."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Protocol

import gevent

from app.chat import events
from app.chat.events import Cursor, Event
from app.chat.turns import Desk
from app.core.errors import BadRequest
from app.observability.metrics import STREAMS_OPEN
from app.streams import sse
from app.streams.interfaces import IDLE, Frame, Gone

IDLES_PER_HEARTBEAT = 3  # a reader is told every 5 seconds that nothing came
PAUSES = (0.1, 0.2, 0.5, 1.0)  # seconds between looks at the database when there is nothing to listen to
RECONNECT = b'retry: 1000\ndata: {"type":"reconnect"}\n\n'


@dataclass(frozen=True, slots=True)
class Ending:
    """A tale that is over: its first event, all of its text, its last event."""

    opening: Event
    text: str
    last: Event
    content: Callable[[str, str], bytes] = events.content
    pieces: Callable[[str], list[str]] = events.pieces


class Tale(Protocol):
    """Something that is told in a stream; ``id`` names its channel."""

    @property
    def id(self) -> str: ...

    def ended(self) -> Ending | None:
        """How it ended as far as is stored, None while it runs. One whose process is gone has ended."""


@dataclass(slots=True)
class Place:
    """How far a reader has come. The last event knows; it is only asked when the reader needs to be told the rest."""

    seq: int = 0
    offset: int = 0
    last: Frame | None = None

    def settle(self) -> None:
        if self.last is not None:
            cursor = events.cursor_of(self.last.data)
            self.seq, self.offset, self.last = cursor.seq, cursor.offset, None


def cursor_of(last_event_id: str | None, kind: str) -> Cursor | None:
    """The cursor of a ``Last-Event-ID`` header. Raises ``BadRequest`` when it is none of this kind of stream."""
    if not last_event_id:
        return None
    try:
        return Cursor.parse(last_event_id, kind)
    except ValueError:
        raise BadRequest("Last-Event-ID is not a cursor of this stream") from None


def follow(desk: Desk, tale: Tale, cursor: Cursor | None = None) -> Iterator[bytes]:
    """Whole events past the cursor, several at once when they piled up, and heartbeats; up to the tale's end."""
    place = Place(cursor.seq, cursor.offset) if cursor else Place()
    STREAMS_OPEN.inc()
    try:
        yield from _follow(desk, tale, place)
    finally:
        STREAMS_OPEN.dec()


def _follow(desk: Desk, tale: Tale, place: Place) -> Iterator[bytes]:
    if not desk.broker.is_local(tale.id):
        ended = tale.ended()
        if ended:
            yield from stored(tale.id, place, ended)
            return
    try:
        over = yield from _live(desk, tale, place)
    except Gone:
        over = False
    if not over:
        yield from _poll(desk, tale, place)


def _live(desk: Desk, tale: Tale, place: Place) -> Generator[bytes, None, bool]:
    """Whether the final event came. It can fail to when the producing process has died, or while Redis is away."""
    silent = 0
    for batch in desk.broker.follow(tale.id, place.seq):
        if batch is not IDLE:
            place.last = batch[-1]
            yield from _joined(batch)
        elif _is_over_elsewhere(desk, tale):
            break
        else:
            silent += 1
            yield from () if silent % IDLES_PER_HEARTBEAT else (sse.HEARTBEAT,)
    return place.last is not None and place.last.final


def _is_over_elsewhere(desk: Desk, tale: Tale) -> bool:
    """Whether a tale of another process will have no more events, or this process none for anybody."""
    return not desk.broker.is_local(tale.id) and (desk.draining or tale.ended() is not None)


def _poll(desk: Desk, tale: Tale, place: Place) -> Iterator[bytes]:
    """Without events to listen to, the database tells the end; a process that goes down sends its readers elsewhere."""
    turn = 0
    while not desk.draining:
        ended = tale.ended()
        if ended:
            yield from stored(tale.id, place, ended)
            return
        yield sse.HEARTBEAT
        gevent.sleep(PAUSES[min(turn, len(PAUSES) - 1)])
        turn += 1
        if (yield from _live_again(desk, tale, place)):
            return
    yield RECONNECT


def _live_again(desk: Desk, tale: Tale, place: Place) -> Generator[bytes, None, bool]:
    """A tale that has only just begun elsewhere, or whose Redis is back, can be listened to after all."""
    place.settle()
    try:
        return (yield from _live(desk, tale, place))
    except Gone:
        return False


def stored(tale_id: str, place: Place, ended: Ending) -> Iterator[bytes]:
    """The rest of a tale that is over."""
    place.settle()
    if place.seq == 0:
        place.seq = 1
        yield events.encode(ended.opening, f"{tale_id}:1:0")
    for piece in ended.pieces(ended.text[place.offset :]) if len(ended.text) > place.offset else ():
        place.seq, place.offset = place.seq + 1, place.offset + len(piece)
        yield ended.content(f"{tale_id}:{place.seq}:{place.offset}", piece)
    yield events.encode(ended.last, f"{tale_id}:{place.seq + 1}:{place.offset}")


def _joined(frames: list[Frame]) -> Iterator[bytes]:
    """Events that have piled up share a write, up to the size that every client can take."""
    pending: list[bytes] = []
    size = 0
    for frame in frames:
        if pending and size + len(frame.data) > sse.LIMIT:
            yield b"".join(pending)
            pending, size = [], 0
        pending.append(frame.data)
        size += len(frame.data)
    yield b"".join(pending)
