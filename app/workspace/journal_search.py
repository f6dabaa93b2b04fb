"""Searching the journal: what contains the words as they were typed, then what the index finds for them."""

from typing import Any

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.retrieval import search as retrieval
from app.workspace.models import JournalEntry
from app.workspace.ownership import WITH_GOALS, mine

MOST_CANDIDATES = 200
IN_TITLE, IN_TAGS, IN_CONTENT, BY_WORDS = 1.0, 0.9, 0.8, 0.7


def search(session: Session, principal: Principal, asked: str, most: int) -> dict[str, Any]:
    """``{entries, query, total}``, most relevant first; each with the entry as ``subject`` and a score from 0 to 1."""
    ranks = _ranks(session, principal, asked)
    found = [(_score(entry, asked, ranks), entry) for entry in _candidates(session, principal, asked, list(ranks))]
    found = [(score, entry) for score, entry in found if score > 0]
    found.sort(key=lambda pair: (pair[0], pair[1].entry_date, pair[1].id), reverse=True)
    entries = [{"subject": entry, "relevance_score": round(score, 3)} for score, entry in found[:most]]
    return {"entries": entries, "query": asked, "total": len(found)}


def _ranks(session: Session, principal: Principal, asked: str) -> dict[str, float]:
    """What the index finds among journal entries, the best at 1."""
    hits = retrieval.search(session, principal.tenant_id, principal.user_id, asked)
    scores = {hit.source_id: hit.score for hit in hits if hit.kind == "journal" and hit.matched}
    best = max(scores.values(), default=1.0)
    return {source_id: score / best for source_id, score in scores.items()}


def _candidates(session: Session, principal: Principal, asked: str, ids: list[str]) -> list[JournalEntry]:
    contains = or_(
        JournalEntry.title.icontains(asked, autoescape=True),
        JournalEntry.content.icontains(asked, autoescape=True),
        cast(JournalEntry.tags, Text).icontains(asked, autoescape=True),
        JournalEntry.id.in_(ids),
    )
    query = select(JournalEntry).where(*mine(JournalEntry, principal), contains).options(WITH_GOALS)
    return list(session.scalars(query.order_by(JournalEntry.entry_date.desc()).limit(MOST_CANDIDATES)))


def _score(entry: JournalEntry, asked: str, ranks: dict[str, float]) -> float:
    wanted = asked.casefold()
    if wanted in entry.title.casefold():
        return IN_TITLE
    if any(wanted in tag.casefold() for tag in entry.tags):
        return IN_TAGS
    if wanted in entry.content.casefold():
        return IN_CONTENT
    return BY_WORDS * ranks.get(entry.id, 0.0)
