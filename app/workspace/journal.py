"""The journal: entries with a date of their own, listed by it, grouped by day, linked to goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.care.service import Care
from app.core import weeks
from app.core.clock import now
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page
from app.workspace import calendar, indexing, links, writing
from app.workspace.models import JournalEntry
from app.workspace.queries import WITH_GOALS, find_entry
from app.workspace.writing import Before, Written


class EntryFields(TypedDict, total=False):
    """What a person may set of an entry; ``goal_ids`` are the goals that it is about, all of them.

    ``entry_date`` is a moment, or a day without a time; without a zone it is what the person's clocks showed.
    """

    title: str
    content: str
    mood: str | None
    tags: list[str]
    entry_date: date
    goal_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class EntryQuery(PageRequest):
    """Entries of a mood whatever its case, with a tag. ``since`` and ``until`` are moments or days, both included."""

    since: date | None = None
    until: date | None = None
    mood: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class EntriesByDay:
    """A page of entries by their day; the totals are those of the whole journal."""

    grouped_entries: dict[str, list[JournalEntry]]
    total_days: int
    total_entries: int
    has_more: bool
    next_cursor: str | None


def create(session: Session, principal: Principal, care: Care, new: EntryFields) -> Written:
    moment = now()
    entry = JournalEntry(
        **owner_columns(principal), created_at=moment, updated_at=moment,
        **{"mood": None, "tags": [], "entry_date": moment} | _columns(session, principal, new),
    )  # fmt: skip
    written = writing.look(session, principal, care, entry)
    session.add(entry)
    session.flush()
    links.set_goals(session, principal, entry, new.get("goal_ids", ()))
    indexing.put_entry(session, entry)
    return written


def update(session: Session, principal: Principal, care: Care, entry_id: str, changes: EntryFields) -> Written:
    """Only what ``changes`` names; ``goal_ids`` replaces the entry's links."""
    entry = find_entry(session, principal, entry_id, lock=True)
    before = Before.of(entry)
    if changes.get("entry_date") == entry.entry_date:  # as it was read: a day stays a day
        del changes["entry_date"]
    for name, value in _columns(session, principal, changes).items():
        setattr(entry, name, value)
    if changes:
        entry.updated_at = now()
    written = writing.look(session, principal, care, entry, before)
    session.flush()
    if "goal_ids" in changes:
        links.set_goals(session, principal, entry, changes["goal_ids"])
    indexing.put_entry(session, entry)
    return written


def remove(session: Session, principal: Principal, entry_id: str) -> None:
    entry = find_entry(session, principal, entry_id, lock=True)
    indexing.remove(session, entry)
    session.execute(delete(JournalEntry).where(JournalEntry.id == entry.id))


def list_entries(session: Session, principal: Principal, query: EntryQuery) -> Page[JournalEntry]:
    """The latest date first."""
    found = select(JournalEntry).where(JournalEntry.owned_by(principal)).options(WITH_GOALS)
    if query.since or query.until:
        zone = settings.time_zone(session, principal)
        bounds = calendar.bounds(query.since, query.until, zone)
        found = found.where(calendar.entries_between(*bounds, zone))
    if query.mood:
        found = found.where(func.lower(JournalEntry.mood) == query.mood.lower())
    if query.tag:
        found = found.where(JournalEntry.tags.contains([query.tag]))
    return keyset_page(session, found, JournalEntry.entry_date, principal, query, counted=True)


def list_by_day(session: Session, principal: Principal, query: EntryQuery) -> EntriesByDay:
    page, zone = list_entries(session, principal, query), settings.time_zone(session, principal)
    day = calendar.entry_day(zone)
    days = session.scalar(select(func.count(day.distinct())).where(JournalEntry.owned_by(principal))) or 0
    by_day: dict[str, list[JournalEntry]] = {}
    for entry in page.items:
        shown = weeks.local_date(entry.entry_date, "UTC" if entry.all_day else entry.timezone or zone)
        by_day.setdefault(shown.isoformat(), []).append(entry)
    return EntriesByDay(by_day, days, page.total, page.has_more, page.next_cursor)


def _columns(session: Session, principal: Principal, fields: EntryFields) -> dict[str, object]:
    columns: dict[str, object] = {name: value for name, value in fields.items() if name != "goal_ids"}
    when = fields.get("entry_date")
    if when is None:
        return columns
    if not isinstance(when, datetime):
        return columns | {"all_day": True, "entry_date": weeks.midnight(when, "UTC")}
    moment = when if when.tzinfo else weeks.placed(when, settings.time_zone(session, principal))
    return columns | {"all_day": False, "entry_date": moment}
