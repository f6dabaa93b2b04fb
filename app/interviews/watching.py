"""Watching an interview from anywhere, from any place on: what is stored, then what comes, then how it ended."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from gevent.event import Event
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.clock import iso
from app.db.session import Database
from app.interviews import service
from app.interviews.models import Interview, InterviewMessage, Status
from app.streams.signals import Signals

GROWN = "interviews.grown"
POLL = 2.0  # seconds, should the word of a message get lost
UNAVAILABLE = "AI service unavailable"
IDLE = None
Body = dict[str, Any]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Told:
    """One event; ``place`` is the cursor of a message, and of the end that of the last one."""

    type: str
    place: int
    body: Body


class Watchers:
    """Wakes the readers of this process when any process has stored something."""

    def __init__(self, db: Database, signals: Signals) -> None:
        self._db = db
        self._signals = signals
        self._bells: defaultdict[str, set[Event]] = defaultdict(set)
        signals.subscribe(GROWN, self._ring)

    def grown(self, interview_id: str) -> None:
        self._signals.publish(GROWN, interview_id)

    def follow(self, interview_id: str, after: int) -> Iterator[Told | None]:
        """Messages after a place, then the end; ``IDLE`` in silent times, and at once while there is nothing to tell.

        No session is open while it waits. Outlasts a database that is away for a while. Raises ``NotFound``, also when
        the interview has been deleted.
        """
        self._signals.listen()
        bell = Event()
        patience = 0.0
        self._bells[interview_id].add(bell)
        try:
            while True:
                bell.clear()
                news = self._news(interview_id, after)
                yield from news
                after = news[-1].place if news else after
                if news and news[-1].type != "message":
                    return
                if not news and not bell.wait(patience):
                    yield IDLE
                patience = POLL
        finally:
            self._forget(interview_id, bell)

    def _news(self, interview_id: str, after: int) -> list[Told]:
        try:
            return self._read(interview_id, after)
        except (OperationalError, PoolTimeout) as error:
            log.warning("interview_not_read", interview_id=interview_id, reason=type(error).__name__)
            return []

    def _read(self, interview_id: str, after: int) -> list[Told]:
        """The state first: what was stored before it is then among the messages."""
        query = select(InterviewMessage).where(
            InterviewMessage.interview_id == interview_id, InterviewMessage.place > after
        )
        with self._db.read() as session:
            row = service.find(session, interview_id)
            messages = session.scalars(query.order_by(InterviewMessage.place)).all()
            count = 0 if row.status == Status.IN_PROGRESS else service.count(session, interview_id)
        told = [Told("message", one.place, {"type": "message", "payload": spoken(one)}) for one in messages]
        return told if row.status == Status.IN_PROGRESS else [*told, ended(row, count)]

    def _ring(self, interview_id: str) -> None:
        for bell in self._bells.get(interview_id, ()):
            bell.set()

    def _forget(self, interview_id: str, bell: Event) -> None:
        bells = self._bells[interview_id]
        bells.discard(bell)
        if not bells:
            del self._bells[interview_id]


def spoken(message: InterviewMessage) -> Body:
    return {
        "id": message.id, "agent": message.agent, "message": message.message, "timestamp": iso(message.created_at),
    }  # fmt: skip


def ended(row: Interview, count: int) -> Told:
    if row.status == Status.FAILED:
        body = {"type": "error", "error": UNAVAILABLE, "message": row.error or "Failed to generate next response"}
        return Told("error", count, body)
    payload = {
        "interviewId": row.id, "messageCount": count,
        "completedAt": iso(row.completed_at) if row.completed_at else None,
    }  # fmt: skip
    return Told("complete", count, {"type": "complete", "payload": payload})
