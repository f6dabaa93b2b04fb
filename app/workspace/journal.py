"""The journal: entries with a date of their own, listed by it, grouped by day, linked to goals."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.workspace import indexing, links
from app.workspace.models import JournalEntry
from app.workspace.ownership import WITH_GOALS, Page, count, find_entry, mine, paged

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Entries from ``since`` to ``until`` (both included), of a mood whatever its case, with a tag."""

    since: datetime | None = None
    until: datetime | None = None
    mood: str | None = None
    tag: str | None = None


EVERYTHING = Filter()


def create(session: Session, principal: Principal, body: Body) -> JournalEntry:
    moment = now()
    fields = {name: value for name, value in body.items() if name != "goal_ids"}
    entry = JournalEntry(
        tenant_id=principal.tenant_id, user_id=principal.user_id, created_at=moment, updated_at=moment,
        **{"mood": None, "tags": [], "entry_date": moment} | fields,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    links.set_goals(session, principal, entry, body.get("goal_ids", ()))
    indexing.put_entry(session, entry)
    return entry


def update(session: Session, principal: Principal, entry_id: str, changes: Body) -> JournalEntry:
    """Only what ``changes`` names; ``goal_ids`` replaces the entry's links."""
    entry = find_entry(session, principal, entry_id, lock=True)
    for name, value in changes.items():
        if name != "goal_ids":
            setattr(entry, name, value)
    if changes:
        entry.updated_at = now()
    session.flush()
    if "goal_ids" in changes:
        links.set_goals(session, principal, entry, changes["goal_ids"])
    indexing.put_entry(session, entry)
    return entry


def remove(session: Session, principal: Principal, entry_id: str) -> None:
    entry = find_entry(session, principal, entry_id, lock=True)
    indexing.forget(session, entry)
    session.execute(delete(JournalEntry).where(JournalEntry.id == entry.id))


def listing(session: Session, principal: Principal, page: Page, wanted: Filter = EVERYTHING) -> dict[str, Any]:
    """``{entries, total, hasMore, nextCursor}``, the latest date first; ``total`` counts every page."""
    query = _asked(principal, wanted)
    rows, cursor = paged(session, query, JournalEntry.entry_date, principal, page)
    return {"entries": rows, "total": count(session, query), "hasMore": cursor is not None, "nextCursor": cursor}


def grouped(session: Session, principal: Principal, page: Page) -> dict[str, Any]:
    """A page of entries by their UTC day; the totals are those of the whole journal."""
    found = listing(session, principal, page)
    day = func.date(func.timezone("UTC", JournalEntry.entry_date))
    days = session.scalar(select(func.count(day.distinct())).where(*mine(JournalEntry, principal)))
    by_day = {key: list(rows) for key, rows in groupby(found["entries"], lambda entry: iso(entry.entry_date)[:10])}
    totals = {"total_days": days, "total_entries": found["total"]}
    both = {"grouped_entries": by_day, "groupedEntries": by_day}
    return totals | both | {"hasMore": found["hasMore"], "nextCursor": found["nextCursor"]}


def _asked(principal: Principal, wanted: Filter) -> Select[JournalEntry]:
    query = select(JournalEntry).where(*mine(JournalEntry, principal)).options(WITH_GOALS)
    if wanted.since:
        query = query.where(JournalEntry.entry_date >= wanted.since)
    if wanted.until:
        query = query.where(JournalEntry.entry_date <= wanted.until)
    if wanted.mood:
        query = query.where(func.lower(JournalEntry.mood) == wanted.mood.lower())
    return query.where(JournalEntry.tags.contains([wanted.tag])) if wanted.tag else query
