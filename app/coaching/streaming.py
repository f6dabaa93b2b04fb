"""A message whose answer is streamed: the chat contract's events, the last of which carries the whole body."""

from collections.abc import Callable, Iterator
from typing import Any

import gevent
import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.coaching import serialize, sessions
from app.coaching.coach import Listener
from app.coaching.models import CoachingMessage
from app.coaching.service import Answer, CoachingService
from app.coaching.sessions import Turn
from app.core.errors import AppError, BadRequest
from app.streams import sse
from app.streams.channel import Channel
from app.streams.interfaces import IDLE, Gone
from app.streams.log import EventLog
from app.streams.runner import Runner
from app.turns.idempotency import Claim, forget
from app.workspace.sources.interfaces import DataAccess

PIECE = 2000  # characters in one event
FREEING = 3.0  # seconds that an interrupted answer gets to free its session
IDLES_PER_HEARTBEAT = 6
ROOM = 200  # bytes around an event's JSON
# what a last event that is too large goes without: at the top, then in ``data``; the session has all of it
SPARED: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((), ()),
    (("result", "coach_message"), ()),
    (("result", "coach_message"), ("coach_message",)),
    (("result", "coach_message"), ("coach_message", "message")),
    (("result", "coach_message"), ("coach_message", "message", "result")),
)
DONE = "Message processed successfully"
FAILED = AppError("The answer was interrupted; please send the message again", code="INTERRUPTED")

log = structlog.get_logger()


class Streams:
    """The answers that are being made in this process. They get their time when it goes down."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.broker = runner.log
        self._running: set[gevent.Greenlet] = set()

    def begin(self, stream: "Stream") -> None:
        """Has it made, whether or not anybody reads."""
        stream.open()
        greenlet = gevent.spawn(stream.run)
        self._running.add(greenlet)
        greenlet.rawlink(self._running.discard)

    def drain(self, seconds: float) -> None:
        """What still runs after ``seconds`` ends as interrupted."""
        running = list(self._running)
        gevent.joinall(running, timeout=seconds)
        gevent.killall(running, timeout=FREEING)
        self.broker.flush()


class Stream:
    """Makes an answer, piece by piece, and needs no reader to get to its end."""

    def __init__(
        self, practice: CoachingService, broker: EventLog, access: DataAccess, turn: Turn, wish: Claim | None = None
    ) -> None:
        self._practice = practice
        self._broker = broker
        self._asker = access
        self._turn = turn
        self._wish = wish
        self._channel: Channel = broker.open(turn.id)

    def open(self) -> None:
        self._publish({"type": "start", "sessionId": self._turn.session.id, "turnId": self._turn.id})

    def run(self) -> None:
        """The stream rim: exactly one event ends it."""
        listener: Listener = self._say
        try:
            answer = self._practice.answer(self._asker, self._turn, listener)
        except AppError as error:
            self._fail(error)
        except gevent.GreenletExit:
            self._fail(FAILED)
        except Exception as error:
            log.error("coaching_stream_broke", turn_id=self._turn.id, reason=type(error).__name__, exc_info=error)
            self._fail(AppError())
        else:
            self._publish(_end(answer), final=True)

    def _fail(self, error: AppError) -> None:
        """The key is free again: the next request with it tries anew."""
        try:
            if self._wish:
                with self._practice.db.begin() as session:
                    forget(session, self._wish)
        except SQLAlchemyError as away:
            log.warning("idempotency_key_kept", turn_id=self._turn.id, reason=type(away).__name__)
        self._publish(_error(error), final=True)

    def _say(self, text: str) -> None:
        for at in range(0, len(text), PIECE):
            self._publish({"type": "content", "content": text[at : at + PIECE]})

    def _publish(self, event: dict[str, Any], final: bool = False) -> None:
        cursor = f"{self._turn.id}:{len(self._channel.frames) + 1}"
        self._broker.publish(self._channel, sse.event(cursor, sse.encode(event)), final=final)


def begin(
    practice: CoachingService, streams: Streams, access: DataAccess, session_id: str, text: str, wish: Claim | None
) -> Iterator[bytes]:
    """Raises what refuses a message before the first byte. A wish that was granted before is told again."""
    streams.runner.admit()
    turn = practice.listen(access, session_id, text, wish)
    if turn.is_new:
        streams.begin(Stream(practice, streams.broker, access, turn, wish))
    return _follow(practice, streams.broker, turn.id, 0, lambda: _stored(practice, access, session_id))


def resume(
    practice: CoachingService, broker: EventLog, access: DataAccess, session_id: str, cursor: str
) -> Iterator[bytes]:
    """The rest of an answer from an event's id on; the session's present state when the events are gone."""
    with practice.db.read() as session:
        row = sessions.find(session, access.principal, session_id)
    turn_id, _, seq = (cursor or f"{row.busy_with}:0").rpartition(":")
    if turn_id != row.busy_with or not seq.isdecimal() or len(seq) > 9:
        raise BadRequest("Last-Event-ID is not one of this session's last answer")
    return _follow(practice, broker, turn_id, int(seq), lambda: _stored(practice, access, session_id))


def _follow(
    practice: CoachingService, broker: EventLog, turn_id: str, after: int, stored: Callable[[], bytes]
) -> Iterator[bytes]:
    """A run of another process that is gone ends here, as it was stored."""
    silent = 0
    try:
        for batch in broker.follow(turn_id, after):
            if batch is IDLE:
                if not broker.is_local(turn_id) and not practice.is_running(turn_id):
                    break
                silent += 1
                yield from () if silent % IDLES_PER_HEARTBEAT else (sse.HEARTBEAT,)
                continue
            yield from (frame.data for frame in batch)
            if batch[-1].final:
                return
    except Gone:
        log.info("coaching_stream_gone", turn_id=turn_id)
    yield stored()


def _stored(practice: CoachingService, access: DataAccess, session_id: str) -> bytes:
    """How the session stands: its last answer, or that there is none."""
    with practice.db.read() as session:
        row = sessions.find(session, access.principal, session_id)
        query = select(CoachingMessage).where(CoachingMessage.session_id == row.id)
        last = session.scalar(query.order_by(CoachingMessage.place.desc()).limit(1))
    answered = last is not None and last.role == "assistant"
    event = _end(Answer(row, last.content)) if answered and last else _error(FAILED)
    return sse.event(f"stored:{row.messages}", sse.encode(event))


def _end(answer: Answer) -> dict[str, Any]:
    """The whole body, or as much of it as one event can hold."""
    body: dict[str, Any] = {"type": "end", **serialize.answered(answer, DONE)}
    shorter = (_without(body, outside) | {"data": _without(body["data"], inside)} for outside, inside in SPARED)
    return next(event for event in shorter if len(sse.encode(event)) <= sse.LIMIT - ROOM)


def _without(body: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def _error(error: AppError) -> dict[str, Any]:
    return {"type": "error", "message": error.text, "error": error.text, "code": error.code, "retryable": True}
