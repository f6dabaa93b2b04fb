"""jrnl: its JSON, and its own text, where a time in brackets begins an entry."""

import re
from collections.abc import Iterable, Iterator
from typing import IO

from app.core.json import JSONObject
from app.imports.dates import Calendar, NoDate
from app.imports.files import Files, base
from app.imports.items import ImportedEntry, Item, Skipped, Unreadable
from app.imports.json_items import NoList, objects
from app.imports.readers.fields import tags_of, text_of

TIME = r"\d{4}-\d{2}-\d{2}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?)?"
BRACKETED = re.compile(rf"\[({TIME})\] ?(.*)")
BARE = re.compile(rf"({TIME}) (.+)")
TAG = re.compile(r"(?<!\S)@([\w\-]+)")
LONGEST_LINE = 1024 * 1024
LONGEST_ENTRY = 4 * LONGEST_LINE
TEXTS = (".txt", ".jrnl", ".md")


def read(files: Files, calendar: Calendar) -> Iterator[Item]:
    documents = files.named(".json")
    for name in files.each(documents or files.named(*TEXTS) or files.names):
        if name in documents:
            yield from _document(files, name, calendar)
        else:
            encoding = files.encoding(name)
            with files.stream(name, encoding) as file:
                yield from _entries(file, base(name), calendar)


def _document(files: Files, name: str, calendar: Calendar) -> Iterator[Item]:
    try:
        with files.stream(name) as file:
            for row in objects(file, "entries"):
                yield _entry_of(row, calendar)
    except NoList as error:
        yield Skipped(name, str(error))


def is_jrnl(text: str) -> bool:
    """By its first line."""
    first = text.lstrip().partition("\n")[0]
    return BRACKETED.match(first) is not None


def _entry_of(row: JSONObject, calendar: Calendar) -> Item:
    moment = f"{text_of(row, 'date')} {text_of(row, 'time')}".strip()
    title, body = text_of(row, "title"), text_of(row, "body")
    starred = ["starred"] if row.get("starred") is True else []
    return _made(moment, title, body, (*tags_of(row.get("tags")), *starred), calendar)


def _made(moment: str, title: str, body: str, tags: tuple[str, ...], calendar: Calendar) -> Item:
    """The title is the first sentence: without a body it is all that there is."""
    item = f"{moment} {title[:60]}".strip()
    try:
        when = calendar.read(moment)
    except NoDate as error:
        return Skipped(item, str(error))
    return ImportedEntry(item, when, body.strip() or title, title=title, tags=tags)


def _entries(file: IO[str], name: str, calendar: Calendar) -> Iterator[Item]:
    begins: re.Pattern[str] | None = None
    size = 0
    head: re.Match[str] | None = None
    body: list[str] = []
    for line in _Lines(file):
        begins = begins or (BRACKETED if BRACKETED.match(line) else BARE if BARE.match(line) else None)
        found = begins.match(line) if begins else None
        if found:
            yield from _whole(head, body, name, calendar)
            head, body, size = found, [], 0
        else:
            body.append(line)
            size += len(line) + 1
        if size > LONGEST_ENTRY:
            raise Unreadable("An entry is larger than 4 MiB: is it jrnl's text?")
    yield from _whole(head, body, name, calendar)


def _whole(head: "re.Match[str] | None", body: list[str], name: str, calendar: Calendar) -> Iterator[Item]:
    text = "\n".join(body).strip()
    if head is None:
        if text:
            yield Skipped(name, "text before the first entry")
        return
    title = head[2].strip()
    starred = ["starred"] if title.startswith("*") or title.endswith("*") else []
    title = title.strip("* ")
    tags = (*dict.fromkeys(TAG.findall(f"{title} {text}")), *starred)
    yield _made(head[1], title, text, tags, calendar)


class _Lines(Iterable[str]):
    """Without their ends. Raises ``Unreadable`` for one that no person writes."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise Unreadable("A line is longer than 1 MiB: is it text?")
            yield line.rstrip("\r\n")
