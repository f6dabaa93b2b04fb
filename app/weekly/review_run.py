"""Writing a week's insight, and following it from anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from app.auth.principals import Principal
from app.care.words import Words
from app.core.errors import AppError
from app.core.weeks import Week
from app.db.patience import patiently
from app.db.session import Database, db
from app.limits.permits import Permit
from app.llm.interfaces import Request
from app.provenance import service as provenance
from app.provenance.service import CHANGED_MEANWHILE, Kept
from app.receipts.proof import Proof
from app.streams.events import Event
from app.streams.reader import StoredStream
from app.streams.run import Interrupted, RunState
from app.turns.failures import UNAVAILABLE, failure_text
from app.turns.pipeline import Pipeline
from app.turns.text_run import TextRun
from app.turns.trace import Answer
from app.weekly import events, material, runs
from app.weekly.material import Material
from app.weekly.models import LEASE, WeeklyInsight
from app.weekly.runs import Written

DELETED = "This weekly insight was deleted"


@dataclass(frozen=True, slots=True)
class Order:
    """A week to be written about, for whom and in whose manner; ``first`` is what its readers hear first.

    ``is_followed``: somebody reads it while it is written.
    """

    principal: Principal
    week: Week
    row: WeeklyInsight
    first: events.Start
    personality_id: str | None = None
    is_followed: bool = False


class ReviewRun(TextRun[Material]):
    """It opens with nothing of care's: a review is read again long after, and by jobs nobody is spoken to. Its model is
    told of a person who was in danger, and the next conversation asks how they are.
    """

    opens = False
    content = staticmethod(events.chunk)

    def __init__(self, pipeline: Pipeline, order: Order, permit: Permit) -> None:
        words = Words(order.principal.tenant_id, order.principal.user_id, material.FEATURE)
        super().__init__(order.row.run_id, pipeline, words, permit)
        self._order = order
        self._material: Material | None = None

    @property
    def answer(self) -> Answer:
        return Answer(self._order.row.id)

    def first_event(self) -> Event:
        return self._order.first

    def context(self) -> Material:
        order = self._order
        with db.read() as session:
            return material.gather(session, order.principal, order.week, order.personality_id)

    def prompt(self, context: Material) -> Request:
        self._material = context
        return material.request(self._order.principal, context)

    def proof(self, context: Material) -> Proof:
        return Proof(context.ground, strict=True, is_followed=self._order.is_followed)

    def finish(self, state: RunState, error: AppError | None) -> Event:
        """A review that is not whole is not kept."""
        if state is not RunState.COMPLETED or self._material is None:
            return self._failed(failure_text(error))
        made_of = self._material
        stored = patiently(lambda: self._stored(made_of))
        if stored is None:
            return self._failed(UNAVAILABLE)
        held = stored.provenance
        if held.is_gone:
            return self._failed(CHANGED_MEANWHILE)
        row = stored.subject
        return events.done(Kept(row, held)) if row else events.Error(DELETED, retryable=False)

    def failure(self, error: AppError) -> Event:
        self.permit.refund()
        return events.failure(failure_text(error))

    @classmethod
    def renew(cls, runs_here: Sequence[Self]) -> set[str]:
        """A run whose row is gone is wanted by nobody."""
        ids = {run.id for run in runs_here}
        with db.begin() as session:
            return ids - LEASE.renew(session, ids)

    def _stored(self, made_of: Material) -> Kept[WeeklyInsight | None]:
        """Nothing is stored when something that it was made from has been deleted."""
        principal, entries = self._order.principal, made_of.entries
        written = Written(self.text, entries.total, len(entries.documents), self.model, self.receipts)
        with db.begin() as session:
            held = provenance.hold(session, principal, made_of.sources)
            row = None if held.is_gone else runs.finish(session, self._order.row, written)
            if row is not None:
                provenance.record(session, principal, runs.TABLE, row.id, held)
        return Kept(row, held)

    def _failed(self, error: str) -> Event:
        self.permit.refund()
        kept = patiently(lambda: self._noted(error))
        return events.Error(DELETED, retryable=False) if kept is False else events.failure(error)

    def _noted(self, error: str) -> bool:
        with db.begin() as session:
            return runs.fail(session, self._order.row, error)


@dataclass(frozen=True, slots=True)
class ReviewSource:
    db: Database
    principal: Principal
    id: str
    first: events.Start

    def ended(self) -> StoredStream | None:
        with self.db.read() as session:
            row = runs.of_run(session, self.principal, self.id)
            running = row is not None and runs.is_running(session, row)
            kept = runs.kept(session, row) if row else None
        if running:
            return None
        if row is None or kept is None:
            return StoredStream(self.first, "", events.Error(DELETED, retryable=False))
        if row.error or row.lease_until or row.content is None:
            return StoredStream(self.first, "", events.failure(row.error or Interrupted.text))
        return stored(kept, self.first)


def stored(kept: Kept[WeeklyInsight], first: events.Start) -> StoredStream:
    """An insight that is there, to be streamed in pieces."""
    return StoredStream(first, kept.subject.shown, events.done(kept), events.chunk, events.pieces)
