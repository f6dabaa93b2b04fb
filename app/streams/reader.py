"""Reading a stream from any cursor, in any process: live while it is made, from what was stored when it has ended."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import gevent
from prometheus_client import Gauge

from app.db.patience import AWAY
from app.streams import events, sse
from app.streams.events import Cursor, Event
from app.streams.interfaces import IDLE, Frame, Gone
from app.streams.runner import Runner

PAUSES = (0.1, 0.2, 0.5, 1.0)  # seconds between looks at the database when there is nothing to listen to
RECONNECT = b'retry: 1000\ndata: {"type":"reconnect"}\n\n'
STREAMS_OPEN = Gauge("coachhouse_streams_open", "Event streams being read", multiprocess_mode="livesum")


@dataclass(frozen=True, slots=True)
class StoredStream:
    """A stream that is over: its first event, all of its text, the events beside it, its last event."""

    first: Event
    text: str
    last: Event
    content: Callable[[str, str], bytes] = events.content
    pieces: Callable[[str], list[str]] = events.pieces
    beside: Sequence[Event] = ()


class StreamSource(Protocol):
    """Where the end of a run is found; ``id`` is the run's."""

    @property
    def id(self) -> str: ...

    def ended(self) -> StoredStream | None:
        """How it ended as far as is stored, None while it runs. A run whose process is gone has ended."""


@dataclass(slots=True)
class Position:
    """How far a reader has come. The last event knows; it is only asked when the reader needs to be told the rest."""

    seq: int = 0
    offset: int = 0
    last: Frame | None = None

    def settle(self) -> None:
        if self.last is not None:
            cursor = events.parse_cursor(self.last.data)
            self.seq, self.offset, self.last = cursor.seq, cursor.offset, None


def read(runner: Runner, source: StreamSource, cursor: Cursor | None = None) -> Iterator[bytes]:
    """Whole events past the cursor, several at once when they piled up, and heartbeats; up to the stream's end."""
    return _Reader(runner, source, Position(cursor.seq, cursor.offset) if cursor else Position()).read()


def wait(runner: Runner, source: StreamSource) -> None:
    for _ in read(runner, source):
        pass


def replay(run_id: str, stored: StoredStream) -> Iterator[bytes]:
    """All of a stream that is known already."""
    return _rest(run_id, Position(), stored)


class _Reader:
    def __init__(self, runner: Runner, source: StreamSource, position: Position) -> None:
        self._runner = runner
        self._log = runner.log
        self._source = source
        self._position = position

    def read(self) -> Iterator[bytes]:
        with STREAMS_OPEN.track_inprogress():
            ended = None if self._is_local() else self._ended()
            yield from _rest(self._source.id, self._position, ended) if ended else self._made()

    def _made(self) -> Iterator[bytes]:
        if not (yield from self._live()):
            yield from self._poll()

    def _live(self) -> Generator[bytes, None, bool]:
        """Whether the last event came. It can fail to when the producing process died, or while Redis is away."""
        try:
            yield from self._follow()
        except Gone:
            return False
        return self._position.last is not None and self._position.last.final

    def _follow(self) -> Iterator[bytes]:
        silent = 0
        for batch in self._log.follow(self._source.id, self._position.seq):
            if batch is not IDLE:
                self._position.last = batch[-1]
                yield from events.joined([frame.data for frame in batch])
                continue
            if self._is_over_elsewhere():
                return
            silent += 1
            yield sse.heartbeat(silent)

    def _is_local(self) -> bool:
        return self._log.is_local(self._source.id)

    def _is_over_elsewhere(self) -> bool:
        """Whether a run of another process will have no more events, or this process none for anybody."""
        return not self._is_local() and (self._runner.draining or self._ended() is not None)

    def _ended(self) -> StoredStream | None:
        """How it ended; while the database is away it is taken to run."""
        try:
            return self._source.ended()
        except AWAY:
            return None

    def _poll(self) -> Iterator[bytes]:
        """Without events to follow, the database tells the end; a process that goes down sends its readers elsewhere.

        A run that has only just begun elsewhere, or whose Redis is back, can be followed after all.
        """
        look = 0
        while not self._runner.draining:
            if ended := self._ended():
                yield from _rest(self._source.id, self._position, ended)
                return
            yield sse.HEARTBEAT
            gevent.sleep(PAUSES[min(look, len(PAUSES) - 1)])
            look += 1
            self._position.settle()
            if (yield from self._live()):
                return
        yield RECONNECT


def _rest(run_id: str, position: Position, stored: StoredStream) -> Iterator[bytes]:
    """What a reader has not had of a stream that is over."""
    position.settle()
    if position.seq == 0:
        position.seq = 1
        yield events.encode(stored.first, f"{run_id}:1:0")
    for piece in stored.pieces(stored.text[position.offset :]) if len(stored.text) > position.offset else ():
        position.seq, position.offset = position.seq + 1, position.offset + len(piece)
        yield stored.content(f"{run_id}:{position.seq}:{position.offset}", piece)
    for event in stored.beside[max(0, position.offset - len(stored.text)) :]:
        position.seq, position.offset = position.seq + 1, position.offset + 1
        yield events.encode(event, f"{run_id}:{position.seq}:{position.offset}")
    yield events.encode(stored.last, f"{run_id}:{position.seq + 1}:{position.offset}")
