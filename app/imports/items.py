"""What readers make of a file: entries, goals, and what could not be taken over."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.core.errors import AppError
from app.core.json import JSONObject
from app.core.shortening import shortened
from app.imports.dates import When

LONGEST_TEXT = 50_000  # characters, as of an entry that is written here
LONGEST_TITLE, LONGEST_MOOD, LONGEST_PLACE, LONGEST_TAG = 200, 50, 200, 50
LONGEST_GOAL = 2000
MOST_TAGS = 20
LONGEST_ID = 150
SHORT = 80  # characters of a title that is made of a text
MARKS, LINK = re.compile(r"\*{1,3}|`+|(?<!\w)_{1,3}|_{1,3}(?!\w)"), re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


class Unreadable(AppError):
    """The whole file: nothing of it is kept."""

    code, status, text = "IMPORT_UNREADABLE", 422, "The file can't be read"


@dataclass(frozen=True, slots=True)
class Skipped:
    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """``member`` is its name in the file; None where it isn't in there. Our own export has ``created_at`` and an id."""

    name: str
    member: str | None = None
    created_at: datetime | None = None
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class ImportedEntry:
    """``item`` is what the person would know it by in the file. ``columns`` are those that our own export brings: it
    was written here once, and stays letter for letter what it was."""

    item: str
    when: When
    text: str
    title: str = ""
    source_id: str = ""
    mood: str = ""
    tags: tuple[str, ...] = ()
    place: str = ""
    attachments: tuple[Attachment, ...] = ()
    columns: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportedGoal:
    """``fields`` are columns of a goal, ``steps`` of its milestones, ``notes`` of its progress notes.

    What is ``ours`` was written here once, and stays letter for letter what it was.
    """

    item: str
    title: str
    source_id: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    steps: tuple[Mapping[str, object], ...] = ()
    notes: tuple[Mapping[str, object], ...] = ()
    ours: bool = False


@dataclass(frozen=True, slots=True)
class ImportedLink:
    """An entry that is about a goal, both by their ids in the file."""

    entry_id: str
    goal_id: str
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One that no entry has."""

    item: str
    file: Attachment


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """Something else that our own export has: a row of the table that is restored from it."""

    item: str
    table: str
    values: JSONObject


Item = ImportedEntry | ImportedGoal | ImportedLink | ImportedFile | ImportedRow | Skipped


def fitted(item: Item) -> Iterator[Item]:
    """What it becomes within the bounds of the journal: a long text goes on in further entries of the same date."""
    if isinstance(item, ImportedEntry):
        yield from _fitted_entry(item)
    elif isinstance(item, ImportedGoal):
        yield _fitted_goal(item)
    else:
        yield item


def _fitted_entry(entry: ImportedEntry) -> Iterator[Item]:
    if entry.columns and _fits(entry):
        yield entry
        return
    title, text = _title_and_text(entry)
    if not (title or text or entry.attachments):
        yield Skipped(entry.item, "it is empty")
        return
    tags = tuple(dict.fromkeys(tag for tag in (tag.strip().lstrip("#").strip() for tag in entry.tags) if tag))
    fitting = tuple(tag for tag in tags if len(tag) <= LONGEST_TAG)[:MOST_TAGS]
    if fitting != tags:
        yield Skipped(entry.item, f"tags beyond {MOST_TAGS}, or longer than {LONGEST_TAG} characters")
    source_id = entry.source_id[:LONGEST_ID] or _identity(entry)
    whole = replace(
        entry, title=title or entry.when.day, text=text, source_id=source_id, tags=fitting,
        mood=shortened(entry.mood, LONGEST_MOOD), place=shortened(entry.place, LONGEST_PLACE),
    )  # fmt: skip
    yield from _parts(whole)


def _fits(entry: ImportedEntry) -> bool:
    """As everything does that was written here."""
    texts = (
        (entry.title, LONGEST_TITLE), (entry.text, LONGEST_TEXT), (entry.mood, LONGEST_MOOD),
        (entry.place, LONGEST_PLACE), (entry.source_id, LONGEST_ID), *((tag, LONGEST_TAG) for tag in entry.tags),
    )  # fmt: skip
    is_told = bool(entry.title.strip() and entry.source_id) and all(entry.tags)
    return is_told and len(entry.tags) <= MOST_TAGS and all(len(text) <= most for text, most in texts)


def _parts(entry: ImportedEntry) -> Iterator[Item]:
    rest, number = entry.text, 1
    while True:
        text, rest = _cut(rest)
        if number == 1:
            yield replace(entry, text=text)
        else:
            name = f"{entry.title[: LONGEST_TITLE - 10]} ({number})"
            yield replace(entry, text=text, title=name, source_id=f"{entry.source_id}#{number}", attachments=())
        if not rest:
            return
        number += 1


def _cut(text: str) -> tuple[str, str]:
    if len(text) <= LONGEST_TEXT:
        return text, ""
    at = text.rfind("\n", LONGEST_TEXT // 2, LONGEST_TEXT) + 1 or text.rfind(" ", LONGEST_TEXT // 2, LONGEST_TEXT) + 1
    at = at or LONGEST_TEXT
    return text[:at].rstrip(), text[at:].lstrip()


def _title_and_text(entry: ImportedEntry) -> tuple[str, str]:
    """A title of its own, else its heading, else how it begins."""
    title, text = " ".join(entry.title.split()), entry.text.replace("\x00", "").strip()
    if len(title) > LONGEST_TITLE:
        return shortened(title, LONGEST_TITLE), f"{title}\n\n{text}".strip()
    if title or not text:
        return title, text
    first, _, rest = text.partition("\n")
    if first.startswith("#") and first.strip("# ") and len(first) <= LONGEST_TITLE and rest.strip():
        return first.strip("# ").strip(), rest.strip()
    plain = MARKS.sub("", LINK.sub(r"\1", first)).strip("#> -\t")
    return shortened(plain, SHORT), text


def _identity(entry: ImportedEntry) -> str:
    """Of an entry without an id: what it says, and when it says that it was."""
    said = "\0".join((entry.when.written, " ".join(entry.title.split()), entry.text.strip()))
    return f"sha256:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()}"


def _fitted_goal(goal: ImportedGoal) -> Item:
    if goal.ours and goal.title.strip() and len(goal.title) <= LONGEST_TITLE and 0 < len(goal.source_id) <= LONGEST_ID:
        return goal
    title = " ".join(goal.title.split())
    if not title:
        return Skipped(goal.item, "a goal without a title")
    said = "\0".join((title, str(goal.fields.get("description", "")), str(goal.fields.get("target_date", ""))))
    made = f"sha256:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()}"
    return replace(goal, title=shortened(title, LONGEST_TITLE), source_id=goal.source_id[:LONGEST_ID] or made)
