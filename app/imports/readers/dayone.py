"""Day One: a zip with a JSON document for each journal, and photos by their MD5."""

import json
import re
from collections.abc import Iterator

from app.core.json import JSONObject, as_object, objects_of
from app.imports.dates import Calendar, NoDate, When
from app.imports.files import Files, stem
from app.imports.items import Attachment, ImportedEntry, Item, Skipped
from app.imports.json_items import NoList, objects
from app.imports.readers.fields import Attached, object_of, tags_of, text_of

ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|$:])")
MOMENT = re.compile(r"!\[[^\]]*\]\(dayone-moment:[^)]*\)\n*")
BLANK_LINES = re.compile(r"\n{3,}")
KINDS = ("photos", "videos", "audios", "pdfAttachments")
PLACES = ("placeName", "localityName", "administrativeArea", "country")


def read(files: Files, calendar: Calendar) -> Iterator[Item]:
    journals = files.named(".json")
    attached = Attached(files, [name for name in files.names if name not in journals])
    for name in files.each(journals):
        try:
            with files.stream(name) as file:
                for row in objects(file, "entries"):
                    yield from _entry(row, stem(name), calendar, attached)
        except NoList as error:
            yield Skipped(name, str(error))


def _entry(row: JSONObject, journal: str, calendar: Calendar, attached: Attached) -> Iterator[Item]:
    item = f"{journal}: {text_of(row, 'creationDate', 'uuid') or 'an entry'}"
    try:
        when, doubt = _when(row, calendar)
    except NoDate as error:
        yield Skipped(item, str(error))
        return
    if doubt:
        yield Skipped(item, doubt)
    tags = (*tags_of(row.get("tags")), *(["starred"] if row.get("starred") is True else []))
    yield ImportedEntry(
        item, when, _text(row), source_id=text_of(row, "uuid"), tags=tags, place=_place(object_of(row, "location")),
        mood=text_of(row, "mood", "moodLabel"), attachments=tuple(_attachments(row, attached)),
    )  # fmt: skip


def _when(row: JSONObject, calendar: Calendar) -> tuple[When, str]:
    """The date, and what is to be said of its zone."""
    named = text_of(row, "timeZone")
    zone = calendar.known(named) if named else None
    doubt = f"its time zone {named[:64]!r} is not known: its date is shown in yours" if named and not zone else ""
    when = calendar.read(text_of(row, "creationDate"), zone or calendar.zone)
    return (calendar.day_of(when) if row.get("isAllDay") is True else when), doubt


def _text(row: JSONObject) -> str:
    """Markdown in which Day One escapes what needs no escape; older ones have rich text alone."""
    given = text_of(row, "text")
    text = ESCAPED.sub(r"\1", MOMENT.sub("", given)) if given else _rich(text_of(row, "richText"))
    return BLANK_LINES.sub("\n\n", text).strip()


def _rich(text: str) -> str:
    try:
        document = as_object(json.loads(text)) if text else {}
    except (ValueError, RecursionError):
        return text
    return "".join(_run(run) for run in objects_of(document.get("contents")))


def _run(run: JSONObject) -> str:
    line = object_of(object_of(run, "attributes"), "line")
    level = line.get("header")
    mark = f"{'#' * level} " if isinstance(level, int) and 0 < level <= 6 else ""
    style = line.get("listStyle")
    mark = mark or {"bulleted": "- ", "numbered": "1. ", "checkbox": "- [ ] "}.get(str(style), "")
    return f"{mark}{text_of(run, 'text') or str(run.get('text') or '')}"


def _place(location: JSONObject) -> str:
    parts = [text_of(location, name).strip() for name in PLACES]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _attachments(row: JSONObject, attached: Attached) -> Iterator[Attachment]:
    for kind in KINDS:
        for one in objects_of(row.get(kind)):
            md5, ending = text_of(one, "md5"), text_of(one, "type", "format")
            name = f"{md5}.{ending}" if md5 and ending else md5
            yield attached.find(name, md5, text_of(one, "filename"), text_of(one, "identifier"))
