"""Our own export: rows as the tables have them."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.core.json import JSONObject, JSONValue, texts_of
from app.db.restoring import Stays
from app.db.session import Base
from app.imports import ids
from app.imports.dates import Calendar, NoDate, When
from app.imports.files import Files
from app.imports.items import (
    Attachment,
    ImportedEntry,
    ImportedFile,
    ImportedGoal,
    ImportedLink,
    ImportedRow,
    Item,
    Skipped,
)
from app.imports.json_items import objects
from app.imports.readers.fields import number_of, object_of, text_of
from app.imports.readers.goals import goal_of
from app.provenance.models import DerivedSource

ENTRIES, GOALS = "data/journal_entries.json", "data/goals.json"
MILESTONES, NOTES, LINKS = "data/milestones.json", "data/progress_updates.json", "data/goal_entry_links.json"
ATTACHED, TEXTS = "data/attachments.json", DerivedSource.__tablename__
MOMENTS = ("created_at", "updated_at", "status_changed_at", "last_activity")
COPIES = ("journal/", "goals/", "chats/")  # for people to read: the rows say the same
DATA, UNKNOWN = re.compile(r"data/(\w+)\.json"), "it is none of the tables that there are"
MOST_DESCRIBED = 2000
MOST_PARTS = 100_000  # milestones and notes of all goals, files of all entries: they are kept in memory

Rows = Mapping[str, list[JSONObject]]


@dataclass(frozen=True, slots=True)
class _Parts:
    """Rows that belong to others, by the id of these. ``root`` is where the export begins in its zip."""

    root: str
    files: Files
    there: Set[str]
    steps: Rows
    notes: Rows
    attached: Rows


def read(files: Files, calendar: Calendar) -> Iterator[Item]:
    root = _root(files)
    at = {name.removeprefix(root): name for name in files.names}
    files.used.update(name for short, name in at.items() if short == "manifest.json" or short.startswith(COPIES))
    steps, notes = (_grouped(files, at.get(name), "goal_id") for name in (MILESTONES, NOTES))
    parts = _Parts(root, files, frozenset(files.names), steps, notes, _grouped(files, at.get(ATTACHED), "entry_id"))
    known: dict[str, str] = {}
    others = {f"data/{name}.json": name for name in (*ids.tables(), TEXTS)}
    for name in files.each([at[name] for name in (ENTRIES, GOALS, LINKS, *others) if name in at]):
        for number, row in enumerate(_rows(files, name), 1):
            item = text_of(row, "id") or f"{name}, row {number}"
            if other := others.get(name.removeprefix(root)):
                yield ImportedRow(item, other, _with_known(row, known) if known else row)
                continue
            try:
                made = _item(row, item, name, calendar, parts)
            except NoDate as error:
                made = Skipped(item, str(error))
            yield _renamed(made, known)
    yield from _alone(parts)
    yield from _left(files, {found[1]: name for short, name in at.items() if (found := DATA.fullmatch(short))})


def _item(row: JSONObject, item: str, name: str, calendar: Calendar, parts: _Parts) -> Item:
    if name.endswith(ENTRIES):
        return replace(_entry(row, item, calendar), attachments=tuple(_attachments(parts, item)))
    if name.endswith(GOALS):
        return _goal(row, item, calendar, parts.steps.get(item, []), parts.notes.get(item, []))
    return ImportedLink(text_of(row, "journal_entry_id"), text_of(row, "goal_id"), _moment(row, "created_at"))


def _alone(parts: _Parts) -> Iterator[Item]:
    """Files that were given to the coach."""
    for file in _attachments(parts, ""):
        yield ImportedFile(file.name, file)


def _left(files: Files, names: Mapping[str, str]) -> Iterator[Skipped]:
    """Tables that stay in the account that they are from; without rows nothing is left."""
    for table, name in [(table, name) for table, name in names.items() if name not in files.used]:
        if next(_rows(files, name), None) is not None:
            yield Skipped(name, _why(table))


def _why(table: str) -> str:
    known = Base.metadata.tables.get(table)
    said = ids.said_of(known).restored if known is not None else None
    return f"{said.why[:1].lower()}{said.why[1:]}" if isinstance(said, Stays) else UNKNOWN


def _with_known(row: JSONObject, known: Mapping[str, str]) -> JSONObject:
    """Rows name others by their ids; some of these go by what they were imported as before."""
    return {name: _known_in(value, known) if ids.names_rows(name, value) else value for name, value in row.items()}


def _known_in(value: JSONValue, known: Mapping[str, str]) -> JSONValue:
    if isinstance(value, str):
        return known.get(value, value)
    if isinstance(value, list):
        return [_known_in(item, known) for item in value]
    return {name: _known_in(item, known) for name, item in value.items()} if isinstance(value, dict) else value


def _renamed(item: Item, known: dict[str, str]) -> Item:
    """Links name rows by their ids; some rows go by what they were imported as before."""
    if isinstance(item, ImportedLink):
        ids = known.get(item.entry_id, item.entry_id), known.get(item.goal_id, item.goal_id)
        return ImportedLink(*ids, item.created_at)
    if isinstance(item, ImportedEntry | ImportedGoal) and item.item != item.source_id:
        known[item.item] = item.source_id
    return item


def _root(files: Files) -> str:
    manifest = next((name for name in files.names if name.endswith("manifest.json")), "manifest.json")
    return manifest.removesuffix("manifest.json")


def _rows(files: Files, name: str) -> Iterator[JSONObject]:
    with files.stream(name) as file:
        yield from objects(file, r"\w+")


def _grouped(files: Files, name: str | None, by: str) -> dict[str, list[JSONObject]]:
    found: dict[str, list[JSONObject]] = {}
    for number, row in enumerate(_rows(files, name) if name else ()):
        if number == MOST_PARTS:
            break
        found.setdefault(text_of(row, by), []).append(row)
    return found


def _attachments(parts: _Parts, entry_id: str) -> Iterator[Attachment]:
    for row in parts.attached.get(entry_id, []):
        member = parts.root + text_of(row, "file")
        is_there = member in parts.there
        parts.files.used.update([member] if is_there else [])
        name = text_of(row, "name") or text_of(row, "file")
        yield Attachment(name, member if is_there else None, _moment(row, "created_at"), text_of(row, "id"))


def _entry(row: JSONObject, item: str, calendar: Calendar) -> ImportedEntry:
    zone = text_of(row, "timezone")
    known = calendar.known(zone) if zone else None
    moment = calendar.read(text_of(row, "entry_date"), "UTC").moment
    when = When(moment, known, moment.isoformat(), all_day=row.get("all_day") is True)
    kept = {name: _moment(row, name) for name in MOMENTS[:2]} | {"source": text_of(row, "source")[:20]}
    return ImportedEntry(
        item, when, text_of(row, "content"), title=text_of(row, "title"), source_id=text_of(row, "source_id") or item,
        mood=text_of(row, "mood"), tags=tuple(texts_of(row.get("tags"))), place=text_of(row, "place"),
        columns={name: value for name, value in kept.items() if value},
    )  # fmt: skip


def _goal(
    row: JSONObject, item: str, calendar: Calendar, steps: list[JSONObject], notes: list[JSONObject]
) -> ImportedGoal:
    goal = goal_of(row, item, calendar)
    kept = {name: _moment(row, name) for name in (*MOMENTS, "completed_at", "target_date")}
    fields = dict(goal.fields) | {name: value for name, value in kept.items() if value} | {
        "habit_completed_dates": [day for day in texts_of(row.get("habit_completed_dates")) if _is_day(day)],
        "progress_percentage": min(100, max(0, int(number_of(row, "progress_percentage") or 0))),
        "source": text_of(row, "source")[:20] or None, "details": object_of(row, "details"),
        "of_team": row.get("of_team") is True,
        "description": text_of(row, "description")[:MOST_DESCRIBED],
        "category": text_of(row, "category")[:100] or "other",
    }  # fmt: skip
    if not row.get("habit_frequency"):
        fields["habit_frequency"] = None
    source_id = text_of(row, "source_id") or item
    return ImportedGoal(item, goal.title, source_id, fields, tuple(_steps(steps)), tuple(_notes(notes)), ours=True)


def _steps(rows: list[JSONObject]) -> Iterator[Mapping[str, object]]:
    """As they were made; ``order`` says in which order they are to be taken."""
    told = [row for row in rows if text_of(row, "title")]
    ordered = sorted(range(len(told)), key=lambda number: number_of(told[number], "order") or 0)
    places = {number: place for place, number in enumerate(ordered, 1)}
    for number, row in enumerate(told):
        done = _moment(row, "completed_at") if row.get("completed") is True else None
        kept = {name: _moment(row, name) for name in ("created_at",) if _moment(row, name)}
        yield kept | {
            "id": text_of(row, "id"), "title": text_of(row, "title")[:200],
            "order": places[number],
            "due_date": _moment(row, "due_date"),
            "completed": row.get("completed") is True, "completed_at": done,
        }  # fmt: skip


def _notes(rows: list[JSONObject]) -> Iterator[Mapping[str, object]]:
    for row in rows:
        if text_of(row, "content"):
            yield {
                "id": text_of(row, "id"),
                "content": text_of(row, "content"),
                **({"created_at": made} if (made := _moment(row, "created_at")) else {}),
            }


def _moment(row: JSONObject, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text_of(row, name))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_day(text: str) -> bool:
    try:
        return bool(datetime.strptime(text, "%Y-%m-%d"))
    except ValueError:
        return False
