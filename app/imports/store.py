"""Imported entries and goals as rows, many at once; and taking them back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from gevent.threadpool import ThreadPool
from sqlalchemy import CursorResult, Table, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care.safety import stored_of
from app.core.clock import now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.db.bulk import insert_rows
from app.db.ownership import owner_columns
from app.db.session import Database
from app.imports import attachments, derived, remembered, restored
from app.imports.files import Files
from app.imports.ids import Ids, named
from app.imports.items import ImportedEntry, ImportedFile, ImportedGoal, ImportedLink, ImportedRow, Item, Skipped
from app.imports.restored import Target
from app.retrieval.index import Document
from app.retrieval.models import DocumentChunk
from app.workspace import indexing
from app.workspace.models import Goal, GoalEntryLink, JournalEntry, Milestone, ProgressUpdate
from app.workspace.queries import WITH_MILESTONES

AT_ONCE = 500  # rows that are taken back in one transaction
NOT_THERE = """ON CONFLICT (tenant_id, user_id, source_id) WHERE source_id IS NOT NULL DO NOTHING
  RETURNING source_id"""


@dataclass
class Stored:
    """What became of a batch."""

    entries: int = 0
    goals: int = 0
    attachments: int = 0
    duplicates: int = 0
    skips: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Batch:
    """Items of a file, in order; ``safety`` is what care found in those that are new, by their ids."""

    items: Sequence[Item]
    safety: Mapping[str, JSONObject | None]


def assessed(db: Database, principal: Principal, items: Sequence[Item]) -> Batch:
    """Looks at what entries say, but at nothing that is there already. Nobody is followed up for what is long past."""
    entries = {item.source_id: item for item in items if isinstance(item, ImportedEntry)}
    with db.read() as session:
        known = _known(session, principal, entries)
    fresh = [entry for source_id, entry in entries.items() if source_id not in known]
    said = ["\n".join((entry.title, entry.text, entry.mood, *entry.tags)) for entry in fresh]
    found = _threads().map(stored_of, said)
    rows = _threads().map(restored.looked_at, [item for item in items if isinstance(item, ImportedRow)])
    others = [item for item in items if not isinstance(item, ImportedRow)]
    return Batch([*others, *rows], {entry.source_id: safety for entry, safety in zip(fresh, found, strict=True)})


@cache
def _threads() -> ThreadPool:
    """Rules are matched without Python's lock, and the worker does other things meanwhile."""
    return ThreadPool(2)


def store(session: Session, target: Target, batch: Batch, files: Files) -> Stored:
    stored = Stored(skips=[item for item in batch.items if isinstance(item, Skipped)])
    _store_entries(session, target, batch, files, stored)
    _store_goals(session, target, [item for item in batch.items if isinstance(item, ImportedGoal)], stored)
    _store_links(session, target, [item for item in batch.items if isinstance(item, ImportedLink)])
    _store_files(session, target, [item for item in batch.items if isinstance(item, ImportedFile)], files, stored)
    _store_rows(session, target, [item for item in batch.items if isinstance(item, ImportedRow)], stored)
    return stored


def _known(session: Session, principal: Principal, source_ids: Collection[str]) -> set[str]:
    """Of these ids those that are there: imported, or written here and now brought back by our own export."""
    owned = JournalEntry.owned_by(principal)
    same = select(JournalEntry.source_id).where(owned, JournalEntry.source_id.in_(source_ids))
    own = select(JournalEntry.id).where(owned, JournalEntry.id.in_(source_ids))
    return {*filter(None, session.scalars(same)), *session.scalars(own)}


def _store_entries(session: Session, target: Target, batch: Batch, files: Files, stored: Stored) -> None:
    entries = [item for item in batch.items if isinstance(item, ImportedEntry)]
    fresh = {entry.source_id: entry for entry in entries if entry.source_id in batch.safety}
    rows = {source_id: _entry_row(target, entry, batch.safety[source_id]) for source_id, entry in fresh.items()}
    made = _inserted(session, JournalEntry, rows.values())
    for source_id in made:
        entry = fresh[source_id]
        skips = attachments.keep(session, target, rows[source_id]["id"], entry, files)
        stored.attachments += len(entry.attachments) - len(skips)
        stored.skips += skips
    stored.entries += len(made)
    stored.duplicates += len(entries) - len(made)
    indexing.put_new(session, target.principal, [_document(rows[source_id]) for source_id in made])


def _store_files(session: Session, target: Target, items: Sequence[ImportedFile], files: Files, stored: Stored) -> None:
    """That hang on no entry: they were given to the coach."""
    for item in items:
        reason = attachments.keep_alone(session, target, item, files)
        stored.attachments += reason is None
        stored.duplicates += reason == attachments.THERE
        stored.skips += [Skipped(item.item, reason)] if reason not in {None, attachments.THERE} else []


def _entry_row(target: Target, entry: ImportedEntry, safety: JSONObject | None) -> dict[str, Any]:
    moment = now()
    row = {
        **owner_columns(target.principal), "id": new_id("journal"), "title": entry.title, "content": entry.text,
        "mood": entry.mood or None, "tags": list(entry.tags), "entry_date": entry.when.moment,
        "all_day": entry.when.all_day, "timezone": entry.when.zone, "place": entry.place or None, "safety": safety,
        "source": target.source, "source_id": entry.source_id, "import_id": target.import_id, "created_at": moment,
        "updated_at": moment,
    }  # fmt: skip
    return row | dict(entry.columns)


def _document(row: Mapping[str, Any]) -> Document:
    dated_at = indexing.entry_moment(row["entry_date"], row["timezone"], all_day=row["all_day"])
    facts = indexing.entry_facts(row["mood"], row["tags"])
    return Document("journal", row["id"], row["title"], row["content"], dated_at, facts, safety=row["safety"])


def _inserted(session: Session, model: type[JournalEntry | Goal], rows: Iterable[dict[str, Any]]) -> list[str]:
    """The source ids of those that were not there."""
    return insert_rows(session, cast(Table, model.__table__), list(rows), NOT_THERE)


def _store_goals(session: Session, target: Target, goals: Sequence[ImportedGoal], stored: Stored) -> None:
    by_id = {goal.source_id: goal for goal in goals}
    owned = Goal.owned_by(target.principal)
    known = set(session.scalars(select(Goal.id).where(owned, Goal.id.in_(by_id))))
    rows = {source_id: _goal_row(target, goal) for source_id, goal in by_id.items() if source_id not in known}
    made = _inserted(session, Goal, rows.values())
    stored.goals += len(made)
    stored.duplicates += len(goals) - len(made)
    for source_id in made:
        _store_parts(session, target.principal, rows[source_id]["id"], by_id[source_id])
    session.flush()
    ids = [rows[source_id]["id"] for source_id in made]
    found = session.scalars(select(Goal).where(owned, Goal.id.in_(ids)).options(WITH_MILESTONES)).all() if ids else []
    for goal in found:
        if not goal.progress_percentage:
            goal.recount()
    indexing.put_new(session, target.principal, [indexing.goal_document(goal) for goal in found])


def _goal_row(target: Target, goal: ImportedGoal) -> dict[str, Any]:
    moment = now()
    row: dict[str, Any] = {
        **owner_columns(target.principal), "id": new_id("goal"), "title": goal.title, "description": "",
        "category": "other", "status": "not_started", "target_date": None, "progress_percentage": 0, "is_habit": False,
        "habit_frequency": None, "habit_completed_dates": [], "completed_at": None, "created_at": moment,
        "updated_at": moment, "status_changed_at": moment, "last_activity": moment, "details": {}, "of_team": False,
    }  # fmt: skip
    origin = {"source_id": goal.source_id, "import_id": target.import_id}
    return {**row, **goal.fields, **origin, "source": goal.fields.get("source") or target.source}


def _store_parts(session: Session, principal: Principal, goal_id: str, goal: ImportedGoal) -> None:
    own, ids = {**owner_columns(principal), "goal_id": goal_id}, Ids(principal, {})
    usual = {"due_date": None, "completed": False, "completed_at": None, "created_at": now()}
    steps = [{**own, **usual, **step, "id": _id_of("milestone", "milestones", step, ids)} for step in goal.steps]
    if steps:
        session.execute(insert(Milestone).on_conflict_do_nothing(), steps)
    for note in goal.notes:
        made = {"created_at": now(), **note, "id": _id_of("progress", "progress_updates", note, ids)}
        new = insert(ProgressUpdate).values(**own, **made).on_conflict_do_nothing().returning(ProgressUpdate)
        rows = session.scalars(new).all()
        indexing.put_new(session, principal, [indexing.progress_document(goal.title, row) for row in rows])


def _id_of(kind: str, table: str, part: Mapping[str, object], ids: Ids) -> str:
    """Rows of our own export have one already."""
    return ids.of(table, str(part["id"])) if part.get("id") else new_id(kind)


def _store_links(session: Session, target: Target, links: Sequence[ImportedLink]) -> None:
    """Between what this file brought, now or before."""
    entries = _ids(session, target.principal, JournalEntry, {link.entry_id for link in links})
    goals = _ids(session, target.principal, Goal, {link.goal_id for link in links})
    rows = [
        {
            **owner_columns(target.principal), "created_at": link.created_at or now(), "goal_id": goals[link.goal_id],
            "journal_entry_id": entries[link.entry_id],
        }
        for link in links
        if link.entry_id in entries and link.goal_id in goals
    ]  # fmt: skip
    if rows:
        session.execute(insert(GoalEntryLink).on_conflict_do_nothing(), rows)


def _ids(
    session: Session, principal: Principal, model: type[JournalEntry | Goal], source_ids: set[str]
) -> dict[str, str]:  # fmt: skip
    query = select(model.source_id, model.id).where(model.owned_by(principal), model.source_id.in_(source_ids))
    return {str(source_id): id for source_id, id in session.execute(query)}


def _store_rows(session: Session, target: Target, rows: Sequence[ImportedRow], stored: Stored) -> None:
    """They may name entries and goals, and come after these."""
    if not rows:
        return
    others = {text for row in rows for text in named(row.values)}
    known = _ids(session, target.principal, JournalEntry, others) | _ids(session, target.principal, Goal, others)
    ids = Ids(target.principal, known)
    stored.skips += restored.store(session, target, rows, ids) + derived.store(session, target, rows, ids)
    remembered.index(session, target, rows, ids)


def take_back(session: Session, principal: Principal, import_id: str) -> int:
    """Some of what an import added, with what hangs on it; how many."""
    removed = restored.take_back(session, principal, import_id, AT_ONCE)
    for model in (JournalEntry, Goal):
        its = model.owned_by(principal), model.import_id == import_id
        chosen = select(model.id).where(*its).order_by(model.id).limit(AT_ONCE).with_for_update(skip_locked=True)
        ids = session.scalars(chosen).all()
        own = DocumentChunk.tenant_id == principal.tenant_id, DocumentChunk.user_id == principal.user_id
        for column in (DocumentChunk.source_id, DocumentChunk.parent_id):
            session.execute(delete(DocumentChunk).where(*own, column.in_(ids)))
        found: CursorResult[Any] = session.execute(delete(model).where(*its, model.id.in_(ids)))  # type: ignore[assignment]
        removed += found.rowcount
    return removed
