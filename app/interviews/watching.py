"""Watching an interview from anywhere, from any place on: what is stored, then what comes, then how it ended."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gevent.event import Event
from sqlalchemy import select

from app.database import Database, iso
from app.events.broker import Broker
from app.interviews import service
from app.interviews.models import Interview, InterviewMessage, Status

GROWN = "interviews.grown"
POLL = 2.0  # seconds, should the word of a message get lost
UNAVAILABLE = "AI service unavailable"
IDLE = None
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One event; ``place`` is the cursor of a message, and of the end that of the last one."""

    type: str
    place: int
    body: Body


class Watchers:
    """Wakes the readers of this process when any process has stored something."""

    def __init__(self, db: Database, broker: Broker) -> None:
        self._db = db
        self._broker = broker
        self._bells: defaultdict[str, set[Event]] = defaultdict(set)
        broker.on_command(GROWN, self._ring)

    def grown(self, interview_id: str) -> None:
        self._broker.command(GROWN, interview_id)

    def follow(self, interview_id: str, after: int) -> Iterator[Told | None]:
        """Messages after a place, then the end; ``IDLE`` in silent times. No session is open while it waits."""
        self._broker.listen()
        bell = Event()
        self._bells[interview_id].add(bell)
        try:
            while True:
                bell.clear()
                row, messages = self._read(interview_id, after)
                for message in messages:
                    after = message.place
                    yield Told("message", after, {"type": "message", "payload": spoken(message)})
                if row.status != Status.IN_PROGRESS:
                    yield ended(row, after)
                    return
                if not messages and not bell.wait(POLL):
                    yield IDLE
        finally:
            self._forget(interview_id, bell)

    def _read(self, interview_id: str, after: int) -> tuple[Interview, list[InterviewMessage]]:
        """The state first: what was stored before it is then among the messages."""
        query = select(InterviewMessage).where(
            InterviewMessage.interview_id == interview_id, InterviewMessage.place > after
        )
        with self._db.read() as session:
            row = service.find(session, interview_id)
            return row, list(session.scalars(query.order_by(InterviewMessage.place)))

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


def ended(row: Interview, place: int) -> Told:
    if row.status == Status.FAILED:
        body = {"type": "error", "error": UNAVAILABLE, "message": row.error or "Failed to generate next response"}
        return Told("error", place, body)
    payload = {
        "interviewId": row.id, "messageCount": place,
        "completedAt": iso(row.completed_at) if row.completed_at else None,
    }  # fmt: skip
    return Told("complete", place, {"type": "complete", "payload": payload})
