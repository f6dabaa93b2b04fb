"""Weekly insights: read, written once per week however many ask, told in streams."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypedDict

from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.errors import NotFound
from app.core.ids import run_id
from app.core.weeks import Week
from app.db.session import db
from app.limits.permits import Permit
from app.provenance.service import UNKNOWN, Kept, Provenance
from app.streams import reader
from app.streams.events import cursor_of
from app.streams.reader import StoredStream
from app.streams.runner import Runner
from app.turns import idempotency
from app.turns.failures import TurnFailed
from app.turns.idempotency import Claim, claim_of
from app.turns.pipeline import Pipeline
from app.weekly import events, material, runs
from app.weekly.models import WeeklyInsight
from app.weekly.review_run import Order, ReviewRun, ReviewSource, stored
from app.workspace import documents

KIND = "weekly"
NO_RUN = f"{KIND}_none"  # in the cursors of a week without entries
NO_ENTRIES = "No journal entries found for the current week"


class WeekBody(TypedDict, total=False):
    forceRegenerate: bool | None
    personalityId: str | None


@dataclass(frozen=True, slots=True)
class WeekRequest:
    """What somebody wants of a week's insight. ``force`` asks for a new one where there is one already.

    ``is_followed``: they read it while it is written.
    """

    principal: Principal
    week: Week
    force: bool = False
    personality_id: str | None = None
    claim: Claim | None = None
    is_followed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Without a ``row`` there are no entries to write about. One that is not ``existing`` is being written."""

    entry_count: int
    row: WeeklyInsight | None = None
    existing: bool = False
    provenance: Provenance = UNKNOWN

    @property
    def kept(self) -> Kept[WeeklyInsight] | None:
        return Kept(self.row, self.provenance) if self.row else None


def request_of(
    principal: Principal, zone: str | None, body: WeekBody, key: str | None = None, *, force: bool = False
) -> WeekRequest:  # fmt: skip
    """What a request asks for, about the week that is now on the person's clocks."""
    with db.read() as session:
        known = settings.time_zone(session, principal, zone)
    forced = force or bool(body.get("forceRegenerate"))
    claim = claim_of(principal.key, key, "chat.weekly", [forced, body.get("personalityId")])
    return WeekRequest(principal, Week.containing(now(), known), forced, body.get("personalityId"), claim)


class WeeklyService:
    def __init__(self, runner: Runner, pipeline: Pipeline) -> None:
        self.runner = runner
        self.pipeline = pipeline

    def remove(self, principal: Principal, insight_id: str) -> None:
        with db.begin() as session:
            run_id = runs.remove(session, principal, insight_id)
        self.runner.cancel(run_id)

    def generate(self, asked: WeekRequest, permit: Permit) -> Answer:
        """Waits for the insight, whoever writes it. Raises ``TurnFailed``, and ``NotFound`` when it was deleted."""
        answer = self.begin(asked, permit)
        if answer.row is None or answer.existing:
            return answer
        written = self._waited_for(asked, answer.row.run_id)
        return replace(answer, row=written.subject, provenance=written.provenance)

    def stream(self, asked: WeekRequest, permit: Permit, last_event_id: str | None = None) -> Iterator[bytes]:
        """With a cursor, the rest of the stream that it is of."""
        resumed = self._resumed(asked.principal, last_event_id)
        if resumed is not None:
            return resumed
        answer = self.begin(replace(asked, is_followed=True), permit)
        first = _first_event(asked.week, answer, permit)
        if answer.row is None:
            last = events.nothing(asked.principal, asked.week, NO_ENTRIES)
            return reader.replay(NO_RUN, StoredStream(first, NO_ENTRIES, last, events.chunk))
        if answer.existing:
            return reader.replay(answer.row.run_id, stored(Kept(answer.row, answer.provenance), first))
        return reader.read(self.runner, ReviewSource(db, asked.principal, answer.row.run_id, first))

    def _resumed(self, principal: Principal, last_event_id: str | None) -> Iterator[bytes] | None:
        cursor = cursor_of(last_event_id, KIND)
        if cursor is None or cursor.run_id == NO_RUN:
            return None
        with db.read() as session:
            row = runs.of_run(session, principal, cursor.run_id)
        if row is None:
            raise NotFound(runs.NOT_FOUND)
        first = events.Start(iso(row.week_start), iso(row.week_end), row.entry_count, {})
        return reader.read(self.runner, ReviewSource(db, principal, row.run_id, first), cursor)

    def begin(self, asked: WeekRequest, permit: Permit) -> Answer:
        """Finds what there is, or begins to write. Only who begins spends a unit, and only one does."""
        with db.read() as session:
            row = runs.of_week(session, asked.principal, asked.week)
            entries = documents.count_entries(session, asked.principal, material.span(asked.week))
            running = row is not None and runs.is_running(session, row)
            made_of = runs.kept(session, row).provenance if row else UNKNOWN
        if row is not None and running:
            return Answer(entries, row)
        if row is not None and row.content and not (asked.force or made_of.stale):
            return Answer(row.entry_count, row, existing=True, provenance=made_of)
        if not entries:
            return Answer(0)
        return self._begun(asked, entries, permit)

    def _begun(self, asked: WeekRequest, entries: int, permit: Permit) -> Answer:
        self.runner.admit()
        with db.begin() as session:
            row = _claimed(session, asked)
            if row is not None:
                permit.acquire()
        if row is None:
            return _joined(asked, entries)
        answer = Answer(entries, row)
        first = _first_event(asked.week, answer, permit)
        order = Order(asked.principal, asked.week, row, first, asked.personality_id, asked.is_followed)
        self.runner.begin(ReviewRun(self.pipeline, order, permit))
        return answer

    def _waited_for(self, asked: WeekRequest, run_id: str) -> Kept[WeeklyInsight]:
        source = ReviewSource(db, asked.principal, run_id, events.Start("", "", 0, {}))
        reader.wait(self.runner, source)
        with db.read() as session:
            row = runs.of_run(session, asked.principal, source.id) or runs.of_week(session, asked.principal, asked.week)
            kept = runs.kept(session, row) if row else None
        if kept is None:
            raise NotFound(runs.NOT_FOUND)
        if kept.subject.error or kept.subject.content is None:
            raise TurnFailed(kept.subject.error)
        return kept


def current(principal: Principal, zone: str | None) -> tuple[Week, Kept[WeeklyInsight] | None]:
    week = request_of(principal, zone, {}).week
    with db.read() as session:
        row = runs.of_week(session, principal, week)
        return week, runs.kept(session, row) if row and row.content is not None else None


def _claimed(session: Session, asked: WeekRequest) -> WeeklyInsight | None:
    """The row, when this request is the one to write it. A key stands for its run, unless that failed."""
    own_id = run_id(KIND, asked.principal.key)
    if asked.claim is not None:
        kept = idempotency.claim(session, asked.claim, own_id)
        earlier = runs.of_run(session, asked.principal, kept)
        if kept != own_id and not (earlier and earlier.error):
            return None
        idempotency.point_to(session, asked.claim, own_id)
    return runs.claim(session, asked.principal, asked.week, own_id, force=asked.force)


def _joined(asked: WeekRequest, entries: int) -> Answer:
    """Somebody else was quicker, or the key has been used."""
    with db.read() as session:
        row = runs.of_week(session, asked.principal, asked.week)
        running = row is not None and runs.is_running(session, row)
        made_of = runs.kept(session, row).provenance if row else UNKNOWN
    if row is None:
        raise NotFound(runs.NOT_FOUND)
    existing = bool(row.content) and not running
    return Answer(row.entry_count if existing else entries, row, existing, made_of)


def _first_event(week: Week, answer: Answer, permit: Permit) -> events.Start:
    known = answer.row.id if answer.existing and answer.row else None
    return events.Start(iso(week.start), iso(week.end), answer.entry_count, permit.usage_info, answer.existing, known)
