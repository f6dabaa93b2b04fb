"""The journal: entries with a date of their own, listed by it, grouped by day, linked to goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypedDict

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page
from app.workspace import indexing, links
from app.workspace.models import JournalEntry
from app.workspace.queries import WITH_GOALS, find_entry


class EntryFields(TypedDict, total=False):
    """What a person may set of an entry; ``goal_ids`` are the goals that it is about, all of them."""

    title: str
    content: str
    mood: str | None
    tags: list[str]
    entry_date: datetime
    goal_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class EntryQuery(PageRequest):
    """Entries from ``since`` to ``until`` (both included), of a mood whatever its case, with a tag."""

    since: datetime | None = None
    until: datetime | None = None
    mood: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class EntriesByDay:
    """A page of entries by their UTC day; the totals are those of the whole journal."""

    grouped_entries: dict[str, list[JournalEntry]]
    total_days: int
    total_entries: int
    has_more: bool
    next_cursor: str | None


def create(session: Session, principal: Principal, new: EntryFields) -> JournalEntry:
    moment = now()
    entry = JournalEntry(
        **owner_columns(principal), created_at=moment, updated_at=moment,
        **{"mood": None, "tags": [], "entry_date": moment} | _columns(new),
    )  # fmt: skip
    session.add(entry)
    session.flush()
    links.set_goals(session, principal, entry, new.get("goal_ids", ()))
    indexing.put_entry(session, entry)
    return entry


def update(session: Session, principal: Principal, entry_id: str, changes: EntryFields) -> JournalEntry:
    """Only what ``changes`` names; ``goal_ids`` replaces the entry's links."""
    entry = find_entry(session, principal, entry_id, lock=True)
    for name, value in _columns(changes).items():
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
    indexing.remove(session, entry)
    session.execute(delete(JournalEntry).where(JournalEntry.id == entry.id))


def list_entries(session: Session, principal: Principal, query: EntryQuery) -> Page[JournalEntry]:
    """The latest date first."""
    found = select(JournalEntry).where(JournalEntry.owned_by(principal)).options(WITH_GOALS)
    if query.since:
        found = found.where(JournalEntry.entry_date >= query.since)
    if query.until:
        found = found.where(JournalEntry.entry_date <= query.until)
    if query.mood:
        found = found.where(func.lower(JournalEntry.mood) == query.mood.lower())
    if query.tag:
        found = found.where(JournalEntry.tags.contains([query.tag]))
    return keyset_page(session, found, JournalEntry.entry_date, principal, query, counted=True)


def list_by_day(session: Session, principal: Principal, query: EntryQuery) -> EntriesByDay:
    page = list_entries(session, principal, query)
    day = func.date(func.timezone("UTC", JournalEntry.entry_date))
    days = session.scalar(select(func.count(day.distinct())).where(JournalEntry.owned_by(principal))) or 0
    by_day = {key: list(rows) for key, rows in groupby(page.items, lambda entry: iso(entry.entry_date)[:10])}
    return EntriesByDay(by_day, days, page.total, page.has_more, page.next_cursor)


def _columns(fields: EntryFields) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name != "goal_ids"}
