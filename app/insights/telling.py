"""Insights that are told in a stream and kept for as long as the stream can be replayed, a quarter of an hour."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.chat.events import Cursor, Event
from app.chat.following import Ending
from app.chat.models import TurnState
from app.chat.telling import UNAVAILABLE, Telling
from app.chat.turns import Desk
from app.core.errors import NotFound
from app.core.ids import new_id
from app.insights import events
from app.limits.permits import Permit
from app.llm.interfaces import Request
from app.streams.interfaces import Gone

LOOKS = 24  # times that a reader in another process looks for the end of a silent stream
GONE = "This stream can't be resumed any more"
INTERRUPTED = "The stream was interrupted; please ask again"


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is known of an insight before the model speaks."""

    opening: Event
    asked: Request
    closing: Event


class Insight(Telling):
    def __init__(self, desk: Desk, insight_id: str, permit: Permit, draft: Draft) -> None:
        super().__init__(desk, insight_id, permit)
        self._draft = draft

    def opening(self) -> Event:
        return self._draft.opening

    def request(self) -> Request:
        return self._draft.asked

    def settle(self, state: TurnState, error: str | None) -> Event:
        if state is TurnState.COMPLETED and self.said:
            return self._draft.closing
        self.permit.refund()
        return events.Error(error or UNAVAILABLE)

    @classmethod
    def renew(cls, session: Session, tellings: Sequence[Self]) -> set[str]:  # noqa: ARG003 - nothing of it is stored
        return set()


@dataclass(slots=True)
class InsightTale:
    """The stream of one insight, told by this process or another. What is nowhere any more has failed."""

    id: str
    looks: int = 0

    def ended(self) -> Ending | None:
        self.looks += 1
        lost = events.Error(INTERRUPTED)
        return Ending(events.Start({}), "", lost) if self.looks > LOOKS else None


def name(principal: Principal, kind: str) -> str:
    """An id for a stream of this person's, that nobody else can resume."""
    return f"{_mark(principal, kind)}{new_id('x')[2:]}"


def resumed(desk: Desk, principal: Principal, kind: str, cursor: Cursor) -> InsightTale:
    """Raises ``NotFound`` when the stream is not the person's, or is kept no more."""
    if not cursor.tale_id.startswith(_mark(principal, kind)):
        raise NotFound(GONE)
    if not desk.broker.is_local(cursor.tale_id):
        try:
            desk.broker.replay(cursor.tale_id)
        except Gone:
            raise NotFound(GONE) from None
    return InsightTale(cursor.tale_id)


def _mark(principal: Principal, kind: str) -> str:
    return f"{kind}_{hashlib.sha256(principal.key.encode()).hexdigest()[:16]}_"
