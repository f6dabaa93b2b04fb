"""Insights that are streamed, and kept for as long as their log can be replayed, a quarter of an hour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from app.auth.principals import Principal
from app.care.words import Words
from app.core.errors import AppError, NotFound
from app.core.ids import mark, run_id
from app.db.session import db
from app.insights import events
from app.limits.permits import Permit
from app.llm.interfaces import Request
from app.provenance import service as provenance
from app.provenance.sources import Source
from app.receipts import placing
from app.receipts.ground import Ground
from app.receipts.proof import Proof
from app.streams.events import Cursor, Event
from app.streams.interfaces import Gone
from app.streams.log import EventLog
from app.streams.reader import StoredStream
from app.streams.run import RunState
from app.turns.failures import failure_text
from app.turns.pipeline import Pipeline
from app.turns.text_run import TextRun

STREAMS = "insight_streams"  # what their sources are filed under
LOOKS = 12  # times that a reader in another process looks for the end of a silent stream: 30 s
GONE = "This stream can't be resumed any more"
INTERRUPTED = "The stream was interrupted; please ask again"


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is known of an insight before the model speaks."""

    first: Event
    request: Request
    last: events.End | events.GoalEnd
    sources: Sequence[Source]
    ground: Callable[[], Ground]


class InsightRun(TextRun[Request]):
    def __init__(self, run_id: str, pipeline: Pipeline, permit: Permit, draft: Draft) -> None:
        super().__init__(run_id, pipeline, Words.of(draft.request.caller), permit)
        self._draft = draft

    def first_event(self) -> Event:
        return self._draft.first

    def context(self) -> Request:
        return self._draft.request

    def prompt(self, context: Request) -> Request:
        return context

    def proof(self, context: Request) -> Proof:
        return Proof(self._draft.ground, strict=True, is_followed=True)

    def finish(self, state: RunState, error: AppError | None) -> Event:
        if state is not RunState.COMPLETED:
            return self.failure(error or AppError())
        return replace(self._draft.last, receipts=placing.shown(self.text, self.receipts))

    def failure(self, error: AppError) -> Event:
        self.permit.refund()
        return events.failure(failure_text(error))

    @classmethod
    def renew(cls, runs: Sequence[Self]) -> set[str]:  # noqa: ARG003 - nothing of it is stored
        return set()


@dataclass(slots=True)
class InsightSource:
    """The stream of one insight, made by this process or another. What is nowhere any more has failed."""

    id: str
    looks: int = 0

    def ended(self) -> StoredStream | None:
        self.looks += 1
        lost = events.Error(INTERRUPTED)
        return StoredStream(events.Start({}), "", lost) if self.looks > LOOKS else None


def note_sources(principal: Principal, run_id: str, sources: Sequence[Source]) -> None:
    with db.begin() as session:
        provenance.record(session, principal, STREAMS, run_id, provenance.hold(session, principal, sources))


def new_run_id(principal: Principal, kind: str) -> str:
    """An id for a stream of this person's, that nobody else can resume."""
    return run_id(kind, principal.key)


def resumed(log: EventLog, principal: Principal, kind: str, cursor: Cursor) -> InsightSource:
    """Raises ``NotFound`` when the stream is not the person's, is kept no more, or has words of what was deleted."""
    if not (cursor.run_id.startswith(f"{kind}_") and cursor.run_id.endswith(f"_{mark(principal.key)}")):
        raise NotFound(GONE)
    with db.read() as session:
        is_gone = provenance.of(session, principal, STREAMS, cursor.run_id).is_gone
    if is_gone:
        raise NotFound(GONE)
    if not log.is_local(cursor.run_id):
        try:
            log.replay(cursor.run_id)
        except Gone:
            raise NotFound(GONE) from None
    return InsightSource(cursor.run_id)
