"""Searching the journal: what contains the words as they were typed, then what the index finds for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.retrieval import search as retrieval
from app.workspace.models import JournalEntry
from app.workspace.queries import WITH_GOALS

MOST_CANDIDATES = 200
IN_TITLE, IN_TAGS, IN_CONTENT, BY_WORDS = 1.0, 0.9, 0.8, 0.7


@dataclass(frozen=True, slots=True)
class EntrySearch:
    q: str
    limit: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry without its text; ``is_said`` when that contains the words as they were typed."""

    id: str
    entry_date: datetime
    title: str
    tags: list[str]
    is_said: bool


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """``relevance_score`` is from 0 to 1."""

    subject: JournalEntry
    relevance_score: float


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """The most relevant first; ``total`` is of all that were found."""

    entries: Sequence[FoundEntry]
    query: str
    total: int


def search(session: Session, principal: Principal, asked: EntrySearch) -> FoundEntries:
    """Candidates are judged without their texts; of those that are shown the texts are read."""
    query = asked.q
    ranks = _ranks(session, principal, query)
    found = [(_score(entry, query, ranks), entry) for entry in _candidates(session, principal, query, ranks)]
    found = [(score, entry) for score, entry in found if score > 0]
    found.sort(key=lambda pair: (pair[0], pair[1].entry_date, pair[1].id), reverse=True)
    best = {entry.id: round(score, 3) for score, entry in found[: asked.limit]}
    shown = select(JournalEntry).where(JournalEntry.owned_by(principal), JournalEntry.id.in_(best))
    entries = {entry.id: entry for entry in session.scalars(shown.options(WITH_GOALS))}
    return FoundEntries([FoundEntry(entries[row_id], best[row_id]) for row_id in best], query, len(found))


def _ranks(session: Session, principal: Principal, query: str) -> dict[str, float]:
    """What the index finds among journal entries, the best at 1."""
    hits = retrieval.search(session, principal.tenant_id, principal.user_id, query)
    scores = {hit.source_id: hit.score for hit in hits if hit.kind == "journal" and hit.matched}
    best = max(scores.values(), default=1.0)
    return {source_id: score / best for source_id, score in scores.items()}


def _candidates(session: Session, principal: Principal, query: str, ids: Iterable[str]) -> Sequence[Candidate]:
    said = JournalEntry.content.icontains(query, autoescape=True)
    contains = or_(
        JournalEntry.title.icontains(query, autoescape=True),
        said,
        cast(JournalEntry.tags, Text).icontains(query, autoescape=True),
        JournalEntry.id.in_(list(ids)),
    )
    columns = JournalEntry.id, JournalEntry.entry_date, JournalEntry.title, JournalEntry.tags, said
    found = select(*columns).where(JournalEntry.owned_by(principal), contains)
    rows = session.execute(found.order_by(JournalEntry.entry_date.desc()).limit(MOST_CANDIDATES))
    return [Candidate(*row) for row in rows]


def _score(entry: Candidate, query: str, ranks: dict[str, float]) -> float:
    wanted = query.casefold()
    if wanted in entry.title.casefold():
        return IN_TITLE
    if any(wanted in tag.casefold() for tag in entry.tags):
        return IN_TAGS
    if entry.is_said:
        return IN_CONTENT
    return BY_WORDS * ranks.get(entry.id, 0.0)
