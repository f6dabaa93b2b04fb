"""Notion's Markdown: pages and tables with an id in their names, a page's properties as lines under its title."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from app.imports.dates import Calendar, NoDate, When, order_of
from app.imports.files import Files, TooLarge, stem
from app.imports.items import ImportedEntry, Item, Skipped
from app.imports.readers.fields import Attached, lowered, tags_of, text_of
from app.imports.readers.markdown import pictures
from app.imports.readers.tables import table

ID = re.compile(r"[ _-]([0-9a-f]{32})(?:_all)?$")
PROPERTY = re.compile(r"([^\W\d_][\w ()/&'.-]{0,60}): ?(.*)$")
DATES = (
    "date",
    "day",
    "entry_date",
    "journal_date",
    "datum",
    "fecha",
    "created",
    "created_time",
    "created_at",
    "created_on",
)
KNOWN = {*DATES, "tags", "tag", "mood", "feeling", "place", "location", "name", "title"}
RANGE = re.compile(r"\s*→.*$")


def read(files: Files, calendar: Calendar) -> Iterator[Item]:
    pages, tables = files.named(".md"), files.named(".csv")
    attached = Attached(files, [name for name in files.names if name not in {*pages, *tables}])
    taken = {(_place(name), _title(name)) for name in pages}
    for name in files.each([*pages, *tables]):
        if name in tables:
            yield from _rows(files, name, taken, calendar)
            continue
        try:
            yield _page(files.text(name), name, calendar, attached)
        except (TooLarge, NoDate) as error:
            yield Skipped(name, str(error))


def is_notion(files: Files) -> bool:
    return any(ID.search(stem(name)) for name in files.named(".md", ".csv"))


def _page(text: str, name: str, calendar: Calendar, attached: Attached) -> ImportedEntry:
    title, properties, body = _parts(text)
    known = lowered(properties)
    found, others = ID.search(stem(name)), [f"{key}: {value}" for key, value in properties.items() if _is_other(key)]
    whole = "\n\n".join(part for part in ("\n".join(others), body) if part)
    return ImportedEntry(
        name, _when(known, title or _title(name), calendar), whole,
        title=title or _title(name), source_id=found[1] if found else "", mood=text_of(known, "mood", "feeling"),
        tags=tags_of(known.get("tags") or known.get("tag") or ""), place=text_of(known, "place", "location"),
        attachments=pictures(body, attached),
    )  # fmt: skip


def _parts(text: str) -> tuple[str, dict[str, str], str]:
    """Title, properties, and the rest of a page."""
    lines = text.lstrip("\ufeff\r\n").splitlines()
    title = lines.pop(0)[2:].strip() if lines and lines[0].startswith("# ") else ""
    while lines and not lines[0].strip():
        lines.pop(0)
    properties: dict[str, str] = {}
    while lines and (found := PROPERTY.match(lines[0])):
        properties[found[1].strip()] = found[2].strip()
        lines.pop(0)
    if lines and lines[0].strip():  # a paragraph that only begins like one
        return title, {}, text.partition("\n")[2].strip() if title else text.strip()
    return title, properties, "\n".join(lines).strip()


def _when(known: Mapping[str, object], title: str, calendar: Calendar, *, day_first: bool = True) -> When:
    """By the property that is called a date, else by any that is one, else by a title that is."""
    named = [text_of(known, name) for name in DATES]
    others = [str(value) for name, value in known.items() if name not in KNOWN and re.search(r"\d{4}", str(value))]
    for given in (*named, *others, title):
        text = RANGE.sub("", given).lstrip("@").strip()
        try:
            if text:
                return calendar.read(text, day_first=day_first)
        except NoDate:
            continue
    raise NoDate("it has no date among its properties")


def _rows(files: Files, name: str, taken: set[tuple[str, str]], calendar: Calendar) -> Iterator[Item]:
    """A row has a page of its own as a rule, which says all that the row does."""
    whole = str(PurePosixPath(name).with_name(f"{stem(name)}_all.csv"))
    found = None if whole in files.names else table(files, name)
    if found is None:
        files.used.add(name)
        return
    folder = f"{_place(name)}/{_title(name)}".strip("/")
    with found.rows(files) as rows:
        texts = [value for row in rows for key, value in row.items() if key in DATES]
    day_first = order_of(texts)
    with found.rows(files) as rows:
        for number, row in enumerate(rows, 2):
            title = text_of(row, "name", "title") or next(iter(row.values()), "")
            if (folder, _bare(title)) not in taken:
                yield _row(row, title, f"{name}, row {number}", calendar, day_first)


def _row(row: Mapping[str, str], title: str, item: str, calendar: Calendar, day_first: bool) -> Item:
    try:
        when = _when(row, title, calendar, day_first=day_first)
    except NoDate as error:
        return Skipped(item, str(error))
    text = text_of(row, "text", "content", "notes", "note", "body", "entry")
    others = [f"{key}: {value}" for key, value in row.items() if _is_other(key) and value.strip() and value != text]
    return ImportedEntry(
        item, when, text or "\n".join(others), title=title, mood=text_of(row, "mood", "feeling"),
        tags=tags_of(row.get("tags") or row.get("tag") or ""), place=text_of(row, "place", "location"),
    )  # fmt: skip


def _is_other(name: str) -> bool:
    return next(iter(lowered({name: ""}))) not in KNOWN


def _place(name: str) -> str:
    """The folder, without ids."""
    return "/".join(_bare(ID.sub("", part)) for part in PurePosixPath(name).parent.parts)


def _title(name: str) -> str:
    return _bare(ID.sub("", stem(name)))


def _bare(title: str) -> str:
    """As names of files have it: cut, and without what files may not be called."""
    return re.sub(r"[^\w]+", " ", title).strip().lower()[:40]
