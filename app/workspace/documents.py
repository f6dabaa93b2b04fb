"""What a person wrote and did in a stretch of time, as documents for a model: a selection that fits, and its size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care import safety
from app.core import weeks
from app.llm.interfaces import Request
from app.llm.tokens import estimate
from app.provenance.sources import JOURNAL, Source, version_of
from app.retrieval.index import Document
from app.workspace import calendar, indexing
from app.workspace.models import OPEN, Goal, GoalEntryLink, GoalStatus, JournalEntry, Milestone, ProgressUpdate
from app.workspace.queries import WITH_MILESTONES

MOST_ENTRIES = 40
MOST_GOALS = 8
MOST_NOTES = 12
LONGEST = 1200  # characters of one entry
TOKEN_BUDGET = 10_000  # of all entries together


@dataclass(frozen=True, slots=True)
class Span:
    """From ``since`` up to but not including ``until``, on the clocks of ``zone``."""

    since: datetime
    until: datetime
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Entries:
    """``documents`` are the ones that were chosen of ``total``, the oldest first."""

    documents: Sequence[Document]
    total: int


def count_entries(session: Session, principal: Principal, span: Span) -> int:
    return session.scalar(select(func.count()).select_from(JournalEntry).where(*_written(principal, span))) or 0


def entries(session: Session, principal: Principal, span: Span) -> Entries:
    """A few of every day before more of any: the newest of each day, then the second newest, until it is enough.

    How much there is costs next to nothing: only what is chosen is read, and of that the beginning.
    """
    day = calendar.entry_day(span.zone)
    place = func.row_number().over(partition_by=day, order_by=(JournalEntry.entry_date.desc(), JournalEntry.id.desc()))
    ranked = select(JournalEntry.id, JournalEntry.entry_date, place.label("place")).where(*_written(principal, span))
    places = ranked.subquery()
    chosen = select(places.c.id).order_by(places.c.place, places.c.entry_date.desc()).limit(MOST_ENTRIES)
    found = _read(session, principal, JournalEntry.id.in_(chosen), span.zone)
    return Entries(_fitting(found)[::-1], count_entries(session, principal, span))


def entries_of_goal(session: Session, principal: Principal, goal_id: str, zone: str) -> list[Document]:
    linked = select(GoalEntryLink.journal_entry_id).where(GoalEntryLink.of_goal(principal, goal_id))
    return _read(session, principal, JournalEntry.id.in_(linked), zone)[:MOST_GOALS]


def entries_by_id(session: Session, principal: Principal, ids: Sequence[str], zone: str) -> list[Document]:
    return _read(session, principal, JournalEntry.id.in_(ids), zone)


def goals(session: Session, principal: Principal, since: datetime, zone: str) -> list[Document]:
    """Open goals, the last touched first, then those completed since."""
    completed = (Goal.status == GoalStatus.COMPLETED) & (Goal.completed_at >= since)
    query = select(Goal).where(Goal.owned_by(principal), Goal.status.in_(OPEN) | completed).options(WITH_MILESTONES)
    rows = session.scalars(query.order_by(Goal.completed_at.is_not(None), Goal.last_activity.desc()).limit(MOST_GOALS))
    return [_dated(indexing.goal_document(goal, zone), zone) for goal in rows]


def notes(session: Session, principal: Principal, span: Span, goal_id: str | None = None) -> list[Document]:
    """Progress notes, newest first; of one goal or of all."""
    owned = ProgressUpdate.of_goal(principal, goal_id) if goal_id else ProgressUpdate.owned_by(principal)
    between = (ProgressUpdate.created_at >= span.since, ProgressUpdate.created_at < span.until)
    same = (Goal.tenant_id == ProgressUpdate.tenant_id) & (Goal.id == ProgressUpdate.goal_id)
    query = select(ProgressUpdate, Goal).join(Goal, same).where(owned, *between)
    rows = session.execute(query.order_by(ProgressUpdate.created_at.desc()).limit(MOST_NOTES)).all()
    return [_dated(_of_goal(indexing.progress_document(goal.title, note), goal), span.zone) for note, goal in rows]


def completed_milestones(session: Session, principal: Principal, span: Span) -> list[Document]:
    """Milestones completed in the span, newest first."""
    between = (Milestone.completed_at >= span.since, Milestone.completed_at < span.until)
    same = (Goal.tenant_id == Milestone.tenant_id) & (Goal.id == Milestone.goal_id)
    query = select(Milestone, Goal).join(Goal, same).where(Milestone.owned_by(principal), *between)
    rows = session.execute(query.order_by(Milestone.completed_at.desc()).limit(MOST_NOTES)).all()
    return [_dated(_of_goal(_milestone(step, goal.title), goal), span.zone) for step, goal in rows]


def _milestone(step: Milestone, title: str) -> Document:
    moment, source = step.completed_at or step.created_at, indexing.milestone_source(step)
    return Document("milestone", step.id, title, f"Completed: {step.title}", moment, sources=(source,))


def _of_goal(document: Document, goal: Goal) -> Document:
    """It has the goal's title."""
    return replace(document, sources=(*document.sources, indexing.goal_source(goal)))


def sources_of(shown: Iterable[Document]) -> list[Source]:
    """The rows whose words they have, each once."""
    return list(dict.fromkeys(source for document in shown for source in document.sources))


def are_heavy(shown: Iterable[Document]) -> bool:
    """Whether one of them was written in pain or danger."""
    return any(document.safety for document in shown)


def guided(request: Request, shown: Iterable[Document]) -> Request:
    """The request, with care's word to the model where it is shown what is heavy."""
    return safety.guided(request) if are_heavy(shown) else request


def has_heavy_entries(session: Session, principal: Principal, since: datetime) -> bool:
    """Whether an entry in which care found something was written, or changed, since then."""
    heavy = JournalEntry.safety.is_not(None), JournalEntry.updated_at > since
    return bool(session.scalar(select(exists().where(JournalEntry.owned_by(principal), *heavy))))


def _written(principal: Principal, span: Span) -> tuple[ColumnElement[bool], ...]:
    within = calendar.entries_between(span.since, span.until, span.zone)
    return JournalEntry.owned_by(principal), within


def _read(session: Session, principal: Principal, wanted: ColumnElement[bool], zone: str) -> list[Document]:
    """Newest first."""
    beginning = func.left(JournalEntry.content, LONGEST).label("text")
    columns = (JournalEntry.id, JournalEntry.title, beginning, JournalEntry.mood, JournalEntry.tags)
    marks = (
        JournalEntry.safety, JournalEntry.entry_date, JournalEntry.all_day, JournalEntry.timezone,
        JournalEntry.updated_at,
    )  # fmt: skip
    query = select(*columns, *marks).where(JournalEntry.owned_by(principal), wanted)
    rows = session.execute(query.order_by(JournalEntry.entry_date.desc(), JournalEntry.id.desc()).limit(MOST_ENTRIES))
    return [
        _dated(
            Document(
                "journal", row.id, row.title, row.text, row.entry_date, indexing.entry_facts(row.mood, row.tags),
                safety=row.safety, sources=(Source(JOURNAL, row.id, version_of(row.updated_at)),),
            ),
            "UTC" if row.all_day else row.timezone or zone,
        )
        for row in rows
    ]  # fmt: skip


def _fitting(found: list[Document]) -> list[Document]:
    """Where together they are too long, each loses the same share."""
    share = TOKEN_BUDGET / max(TOKEN_BUDGET, sum(estimate(document.text) for document in found))
    return [replace(document, text=document.text[: int(len(document.text) * share)]) for document in found]


def _dated(document: Document, zone: str) -> Document:
    """With the date that the person's calendar showed."""
    return replace(document, dated_at=weeks.local(document.dated_at, zone))
