"""Writing a week's insight, and following it from anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.chat.events import Event, embedded
from app.chat.following import Ending
from app.chat.models import TurnState
from app.chat.telling import INTERRUPTED, UNAVAILABLE, Telling
from app.chat.turns import Desk
from app.core.weeks import Week
from app.db.session import Database
from app.limits.permits import Permit
from app.llm.interfaces import Request
from app.weekly import events, material, runs
from app.weekly.material import Material
from app.weekly.models import WeeklyInsight
from app.weekly.runs import Written

DELETED = "This weekly insight was deleted"


@dataclass(frozen=True, slots=True)
class Order:
    """A week to be written about, for whom and in whose manner; ``opening`` is what its readers hear first."""

    principal: Principal
    week: Week
    row: WeeklyInsight
    opening: events.Start
    personality_id: str | None = None


class Review(Telling):
    """One run."""

    content = staticmethod(events.chunk)

    def __init__(self, desk: Desk, order: Order, permit: Permit) -> None:
        super().__init__(desk, order.row.run_id, permit)
        self._order = order
        self._material: Material | None = None

    def opening(self) -> Event:
        return self._order.opening

    def request(self) -> Request:
        order = self._order
        with self.desk.db.read() as session:
            self._material = material.gather(session, order.principal, order.week, order.personality_id)
        return material.request(order.principal, self._material)

    def settle(self, state: TurnState, error: str | None) -> Event:
        """A review that is not whole is not kept."""
        if state is not TurnState.COMPLETED or not self.said or self._material is None:
            return self._failed(error or UNAVAILABLE)
        entries = self._material.entries
        written = Written(self.text, entries.total, len(entries.documents), self.model)
        stored = self.patiently(lambda: self._stored(written))
        if stored is None:
            return self._failed(UNAVAILABLE)
        return events.Done(embedded(runs.shown(stored[0]))) if stored[0] else events.Error(DELETED, retryable=False)

    @classmethod
    def renew(cls, session: Session, tellings: Sequence[Self]) -> set[str]:
        return runs.renew(session, [telling.id for telling in tellings])

    def _stored(self, written: Written) -> tuple[WeeklyInsight | None]:
        with self.desk.db.begin() as session:
            return (runs.finish(session, self._order.row, written),)

    def _failed(self, error: str) -> Event:
        self.permit.refund()
        kept = self.patiently(lambda: self._noted(error))
        return events.Error(DELETED, retryable=False) if kept is False else events.Error(error)

    def _noted(self, error: str) -> bool:
        with self.desk.db.begin() as session:
            return runs.fail(session, self._order.row, error)


@dataclass(frozen=True, slots=True)
class ReviewTale:
    """A run as its readers follow it."""

    db: Database
    principal: Principal
    id: str
    opening: events.Start

    def ended(self) -> Ending | None:
        with self.db.read() as session:
            row = runs.of_run(session, self.principal, self.id)
        if row is None:
            return Ending(self.opening, "", events.Error(DELETED, retryable=False))
        if runs.is_running(row):
            return None
        if row.error or row.lease_until or row.content is None:
            return Ending(self.opening, "", events.Error(row.error or INTERRUPTED))
        return written(row, self.opening)


def written(row: WeeklyInsight, opening: events.Start) -> Ending:
    """An insight that is there, to be told in pieces."""
    return Ending(opening, row.content or "", events.Done(embedded(runs.shown(row))), events.chunk, events.pieces)
