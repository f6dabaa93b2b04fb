"""Reading a turn from any cursor, in any process: live while it runs, from the stored answer when it has ended."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import gevent
from sqlalchemy import select

from app.chat import events, orphans
from app.chat.admission import Turn
from app.chat.events import Cursor
from app.chat.generation import terminal
from app.chat.models import ChatMessage, ChatTurn, TurnState
from app.chat.storage import Outcome
from app.chat.turns import Desk
from app.database import now
from app.events import sse
from app.events.interfaces import IDLE, Frame, Gone
from app.observability.metrics import STREAMS_OPEN

IDLES_PER_HEARTBEAT = 3  # a reader is told every 5 seconds that nothing came
POLL_EVERY = 1.0  # seconds between looks at the database when there is nothing to listen to
RECONNECT = b'retry: 1000\ndata: {"type":"reconnect"}\n\n'


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


def follow(desk: Desk, turn: Turn, cursor: Cursor | None = None) -> Iterator[bytes]:
    """Whole events past the cursor, several at once when they piled up, and heartbeats; up to the turn's end."""
    place = Place(cursor.seq, cursor.offset) if cursor else Place()
    STREAMS_OPEN.inc()
    try:
        yield from _follow(desk, turn, place)
    finally:
        STREAMS_OPEN.dec()


def wait(desk: Desk, turn: Turn) -> tuple[Outcome, events.Terminal]:
    """Waits for the end of a turn: how it ended, and the event that says so."""
    for _ in follow(desk, turn):
        pass
    ended = stored_end(desk, turn)
    assert ended is not None, "a turn that was followed to its end has ended"
    return ended


def stored_end(desk: Desk, turn: Turn) -> tuple[Outcome, events.Terminal] | None:
    """How the turn ended according to the database; None while it runs."""
    with desk.db.read() as session:
        row = session.execute(
            select(ChatTurn.state, ChatTurn.error, ChatTurn.lease_until, ChatTurn.finished_at).where(
                ChatTurn.id == turn.id
            )
        ).one_or_none()
        answer = session.get(ChatMessage, turn.answer_id)
    if row is None:  # the session was deleted meanwhile
        outcome = Outcome(TurnState.FAILED, "", "This session no longer exists")
        return outcome, terminal(turn, outcome, now())
    if row.state == TurnState.RUNNING:
        lost = row.lease_until < now() and orphans.settle(desk.db, desk.broker, turn.id)
        return stored_end(desk, turn) if lost else None
    state = TurnState(row.state)
    said = (answer.content, row.error, answer.model, answer.context) if answer else ("", row.error)
    outcome = Outcome(state, *said)
    return outcome, terminal(turn, outcome, row.finished_at)


def _follow(desk: Desk, turn: Turn, place: Place) -> Iterator[bytes]:
    if not desk.broker.is_local(turn.id):
        ended = stored_end(desk, turn)
        if ended:
            yield from _stored(turn, place, *ended)
            return
    try:
        over = yield from _live(desk, turn, place)
    except Gone:
        over = False
    if not over:
        yield from _poll(desk, turn, place)


def _live(desk: Desk, turn: Turn, place: Place) -> Generator[bytes, None, bool]:
    """Whether the final event came. It can fail to when the turn's process has died, or while Redis is away."""
    silent = 0
    for batch in desk.broker.follow(turn.id, place.seq):
        if batch is not IDLE:
            place.last = batch[-1]
            yield from _joined(batch)
        elif _is_over_elsewhere(desk, turn):
            break
        else:
            silent += 1
            yield from () if silent % IDLES_PER_HEARTBEAT else (sse.HEARTBEAT,)
    return place.last is not None and place.last.final


def _is_over_elsewhere(desk: Desk, turn: Turn) -> bool:
    """Whether a turn of another process will have no more events, or this process none for anybody."""
    return not desk.broker.is_local(turn.id) and (desk.draining or stored_end(desk, turn) is not None)


def _poll(desk: Desk, turn: Turn, place: Place) -> Iterator[bytes]:
    """Without events to listen to, the database tells the end; a process that goes down sends its readers elsewhere."""
    while not desk.draining:
        ended = stored_end(desk, turn)
        if ended:
            yield from _stored(turn, place, *ended)
            return
        yield sse.HEARTBEAT
        gevent.sleep(POLL_EVERY)
    yield RECONNECT


def _stored(turn: Turn, place: Place, outcome: Outcome, last: events.Terminal) -> Iterator[bytes]:
    """The rest of a turn that is over, told from its stored answer."""
    place.settle()
    if place.seq == 0:
        place.seq = 1
        yield events.encode(
            events.Start(turn.session_id, turn.id, events.embedded(turn.question), {}), f"{turn.id}:1:0"
        )  # fmt: skip
    for piece in events.pieces(outcome.text[place.offset :]) if len(outcome.text) > place.offset else ():
        place.seq, place.offset = place.seq + 1, place.offset + len(piece)
        yield events.content(f"{turn.id}:{place.seq}:{place.offset}", piece)
    yield events.encode(last, f"{turn.id}:{place.seq + 1}:{place.offset}")


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
