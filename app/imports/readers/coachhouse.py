"""Our own export: rows as the tables have them."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.core.json import JSONObject, objects_of, texts_of
from app.imports.dates import Calendar, NoDate, When
from app.imports.files import Files
from app.imports.items import Attachment, ImportedEntry, ImportedGoal, ImportedLink, Item, Skipped
from app.imports.json_items import objects
from app.imports.readers.fields import number_of, object_of, text_of
from app.imports.readers.goals import goal_of

ENTRIES, GOALS = "data/journal_entries.json", "data/goals.json"
MILESTONES, NOTES, LINKS = "data/milestones.json", "data/progress_updates.json", "data/goal_entry_links.json"
ATTACHED = "data/attachments.json"
MOMENTS = ("created_at", "updated_at", "status_changed_at", "last_activity")
COPIES = ("journal/", "goals/", "chats/")  # for people to read: the rows say the same
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
    for name in files.each([at[name] for name in (ENTRIES, GOALS, LINKS) if name in at]):
        for number, row in enumerate(_rows(files, name), 1):
            item = text_of(row, "id") or f"{name}, row {number}"
            try:
                made = _item(row, item, name, calendar, parts)
            except NoDate as error:
                made = Skipped(item, str(error))
            yield _renamed(made, known)


def _item(row: JSONObject, item: str, name: str, calendar: Calendar, parts: _Parts) -> Item:
    if name.endswith(ENTRIES):
        return replace(_entry(row, item, calendar), attachments=tuple(_attachments(parts, item)))
    if name.endswith(GOALS):
        return _goal(row, item, calendar, parts.steps.get(item, []), parts.notes.get(item, []))
    return ImportedLink(text_of(row, "journal_entry_id"), text_of(row, "goal_id"))


def _renamed(item: Item, known: dict[str, str]) -> Item:
    """Links name rows by their ids; some rows go by what they were imported as before."""
    if isinstance(item, ImportedLink):
        return ImportedLink(known.get(item.entry_id, item.entry_id), known.get(item.goal_id, item.goal_id))
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
        yield Attachment(name, member if is_there else None, _moment(row, "created_at"))


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
    }  # fmt: skip
    source_id = text_of(row, "source_id") or item
    return ImportedGoal(item, goal.title, source_id, fields, tuple(_steps(steps)), tuple(_notes(notes)))


def _steps(rows: list[JSONObject]) -> Iterator[Mapping[str, object]]:
    ordered = sorted(rows, key=lambda row: number_of(row, "order") or 0)
    for place, row in enumerate((row for row in objects_of(ordered) if text_of(row, "title")), 1):
        done = _moment(row, "completed_at") if row.get("completed") is True else None
        kept = {name: _moment(row, name) for name in ("created_at",) if _moment(row, name)}
        yield kept | {
            "title": text_of(row, "title")[:200], "order": place, "due_date": _moment(row, "due_date"),
            "completed": row.get("completed") is True, "completed_at": done,
        }  # fmt: skip


def _notes(rows: list[JSONObject]) -> Iterator[Mapping[str, object]]:
    for row in rows:
        if text_of(row, "content"):
            yield {
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
