"""Journey: a zip with a JSON document for each entry, and its photos beside it."""

import json
from collections.abc import Iterator

from app.core.json import JSONObject, as_object, objects_of, texts_of
from app.imports.dates import Calendar, NoDate, When
from app.imports.files import Files, TooLarge, stem
from app.imports.items import Attachment, ImportedEntry, Item, Skipped
from app.imports.markup import Unclear, is_html, markdown
from app.imports.readers.fields import Attached, number_of, object_of, tags_of, text_of

MOODS = ((1.75, "great"), (1.25, "good"), (0.75, "okay"), (0.4, "sad"), (0.01, "awful"))  # by sentiment, from 0 to 2
NUMBERED = {1: "awful", 2: "sad", 3: "okay", 4: "good", 5: "great"}
DATES = ("date_journal", "dateOfJournal", "date", "date_modified", "dateModified")
NOWHERE = 360  # degrees; Journey writes the largest number that there is


def read(files: Files, calendar: Calendar) -> Iterator[Item]:
    documents = files.named(".json")
    attached = Attached(files, [name for name in files.names if name not in documents])
    for name in files.each(documents):
        try:
            rows = _rows(files.text(name))
        except (TooLarge, ValueError, RecursionError) as error:
            yield Skipped(name, str(error) if isinstance(error, TooLarge) else "it is not JSON")
            continue
        for row in rows:
            yield _entry(row, name, calendar, attached)


def _rows(text: str) -> list[JSONObject]:
    document = json.loads(text)
    return objects_of(document) if isinstance(document, list) else [as_object(document)]


def _entry(row: JSONObject, name: str, calendar: Calendar, attached: Attached) -> Item:
    try:
        when, text = _when(row, calendar), _text(row)
    except (NoDate, Unclear) as error:
        return Skipped(name, str(error))
    starred = ["starred"] if row.get("favourite") is True or row.get("favorite") is True else []
    return ImportedEntry(
        name, when, text, title=text_of(row, "title"), source_id=text_of(row, "id") or stem(name),
        tags=(*tags_of(row.get("tags")), *starred), mood=_mood(row), place=_place(row),
        attachments=tuple(_attachments(row, attached)),
    )  # fmt: skip


def _when(row: JSONObject, calendar: Calendar) -> When:
    zone = calendar.known(text_of(row, "timezone", "timeZone", "zone")) or calendar.zone
    given = text_of(row, *DATES)
    if not given:
        raise NoDate("it has no date")
    return calendar.read(given.removesuffix(".0"), zone)


def _text(row: JSONObject) -> str:
    text = text_of(row, "text", "body", "content")
    return markdown(text) if text_of(row, "type") == "html" or is_html(text) else text


def _mood(row: JSONObject) -> str:
    mood, sentiment = row.get("mood"), number_of(row, "sentiment")
    if isinstance(mood, str) and not mood.strip().isdigit():
        return mood
    if sentiment:
        return next((word for least, word in MOODS if sentiment >= least), "")
    number = text_of(row, "mood")
    return NUMBERED.get(int(number), "") if number.isdigit() else ""


def _place(row: JSONObject) -> str:
    """What it is called, else where it lies."""
    location = object_of(row, "location")
    named = text_of(row, "address") or text_of(location, "name", "address", "place")
    if named:
        return named
    latitude = number_of(row, "lat") if "lat" in row else number_of(location, "lat")
    longitude = number_of(row, "lon") if "lon" in row else number_of(location, "lng") or number_of(location, "lon")
    if latitude is None or longitude is None or abs(latitude) > NOWHERE or abs(longitude) > NOWHERE:
        return ""
    return f"{latitude:.5f}, {longitude:.5f}"


def _attachments(row: JSONObject, attached: Attached) -> Iterator[Attachment]:
    for kind in ("photos", "attachments", "media"):
        for name in texts_of(row.get(kind)):
            yield attached.find(name)
        for one in objects_of(row.get(kind)):
            yield attached.find(text_of(one, "name", "file", "filename", "path", "id"))
