"""CSV: entries where there are a date and a text, goals where there are a title and what only goals have."""

from collections.abc import Iterator
from itertools import islice

from app.imports.dates import Calendar, NoDate, order_of
from app.imports.files import Files
from app.imports.items import ImportedEntry, Item, Skipped, Unreadable
from app.imports.markup import Unclear, is_html, markdown
from app.imports.readers.fields import tags_of, text_of
from app.imports.readers.goals import goal_of
from app.imports.readers.tables import Row, Table, table

ENDINGS = (".csv", ".tsv", ".txt")
DATES = ("date", "entry_date", "datetime", "date_time", "created_at", "created", "timestamp", "day", "datum", "fecha")
TEXTS = ("text", "content", "entry", "body", "note", "notes", "journal", "description", "texto", "texte")
OF_GOALS = {"target_date", "due_date", "deadline", "due", "status", "category", "is_habit", "habit_frequency"}
MOST_LOOKED_AT = 20_000  # dates that settle what the others mean


def read(files: Files, calendar: Calendar) -> Iterator[Item]:
    for name in files.each(files.named(*ENDINGS) or files.names):
        found = table(files, name)
        if found is None or not (_has_entries(found) or _has_goals(found)):
            yield Skipped(name, "its first row names neither date and text nor title and status of goals")
            continue
        day_first = _day_first(files, found)
        with found.rows(files) as rows:
            for number, row in enumerate(rows, 2):
                yield _item(row, f"{name}, row {number}", found, calendar, day_first)


def is_table(files: Files, name: str) -> bool:
    """Whether a text that may be anything has the names of columns in front."""
    try:
        found = table(files, name)
    except Unreadable:
        return False
    return found is not None and (_has_entries(found) or _has_goals(found))


def _has_entries(found: Table) -> bool:
    return bool({*DATES} & {*found.columns}) and bool({*TEXTS} & {*found.columns})


def _has_goals(found: Table) -> bool:
    return bool({"title", "goal"} & {*found.columns}) and bool(OF_GOALS & {*found.columns})


def _is_goal(row: Row, found: Table) -> bool:
    kind = row.get("type", "").strip().lower()
    if kind:
        return kind == "goal"
    return not _has_entries(found) or (_has_goals(found) and not text_of(row, *DATES))


def _day_first(files: Files, found: Table) -> bool:
    with found.rows(files) as rows:
        names = [name for name in (*DATES, *OF_GOALS) if name in found.columns]
        return order_of(islice((row.get(name) or "" for row in rows for name in names), MOST_LOOKED_AT))


def _item(row: Row, item: str, found: Table, calendar: Calendar, day_first: bool) -> Item:
    try:
        if _is_goal(row, found):
            return goal_of(row, item, calendar, day_first=day_first)
        return _entry(row, item, calendar, day_first)
    except (NoDate, Unclear) as error:
        return Skipped(item, str(error))


def _entry(row: Row, item: str, calendar: Calendar, day_first: bool) -> Item:
    given, text = text_of(row, *DATES).strip(), text_of(row, *TEXTS)
    time = text_of(row, "time").strip()
    if not given:
        return Skipped(item, "it has no date")
    zone = calendar.known(text_of(row, "timezone", "time_zone", "tz").strip())
    when = calendar.read(f"{given} {time}" if time and ":" not in given else given, zone, day_first=day_first)
    return ImportedEntry(
        item, when, markdown(text) if is_html(text) else text, title=text_of(row, "title", "subject", "titel"),
        source_id=text_of(row, "id", "uuid", "entry_id").strip(), mood=text_of(row, "mood", "feeling").strip(),
        tags=tags_of(row.get("tags") or row.get("tag") or ""), place=text_of(row, "place", "location"),
    )  # fmt: skip
