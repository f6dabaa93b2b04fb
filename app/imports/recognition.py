"""What an upload is, by what is in it."""

import re
from collections.abc import Callable, Iterator

from app.imports.dates import Calendar
from app.imports.files import Files, base, stem
from app.imports.items import Item
from app.imports.models import Format
from app.imports.readers import apple, coachhouse, csv_tables, dayone, journey, jrnl, markdown, notion

Reader = Callable[[Files, Calendar], Iterator[Item]]
READERS: dict[Format, Reader] = {
    Format.DAYONE: dayone.read,
    Format.APPLE: apple.read,
    Format.JOURNEY: journey.read,
    Format.JRNL: jrnl.read,
    Format.MARKDOWN: markdown.read,
    Format.CSV: csv_tables.read,
    Format.NOTION: notion.read,
    Format.COACHHOUSE: coachhouse.read,
}
MOST_TRIED = 5  # files of a kind: the first may be something else
OURS = re.compile(r'"format"\s*:\s*"coachhouse-export"')
DAY_ONE = re.compile(r'"creationDate"\s*:')
JOURNEY = re.compile(r'"(date_journal|dateOfJournal|date_modified|preview_text)"\s*:')
JRNL = re.compile(r'"body"\s*:')
ENTRIES = re.compile(r'"entries"\s*:')
APPLE = re.compile(r"class=[\"']?(pageHeader|bodyText|assetGrid)\b")


def format_of(files: Files) -> Format | None:
    known = (_ours, _json, _apple, _notion, _table, _jrnl, _markdown)
    return next((found for ask in known if (found := ask(files))), None)


def _heads(files: Files, *endings: str) -> list[str]:
    return [files.head(name) for name in files.named(*endings)[:MOST_TRIED]]


def _ours(files: Files) -> Format | None:
    manifests = [name for name in files.names if base(name) == "manifest.json"][:1]
    return Format.COACHHOUSE if any(OURS.search(files.head(name)) for name in manifests) else None


def _json(files: Files) -> Format | None:
    for head in _heads(files, ".json"):
        if ENTRIES.search(head) and DAY_ONE.search(head):
            return Format.DAYONE
        if JOURNEY.search(head):
            return Format.JOURNEY
        if ENTRIES.search(head) and JRNL.search(head):
            return Format.JRNL
    return None


def _apple(files: Files) -> Format | None:
    pages = [name for name in files.named(".html", ".htm") if stem(name) != "index"][:MOST_TRIED]
    return Format.APPLE if any(APPLE.search(files.head(name)) for name in pages) else None


def _notion(files: Files) -> Format | None:
    return Format.NOTION if notion.is_notion(files) else None


def _table(files: Files) -> Format | None:
    named = files.named(".csv", ".tsv")
    wanted = named or (files.names if len(files.names) == 1 and not files.named(".md", ".json", ".html") else [])
    return Format.CSV if any(csv_tables.is_table(files, name) for name in wanted[:MOST_TRIED]) else None


def _jrnl(files: Files) -> Format | None:
    wanted = files.named(*jrnl.TEXTS)[:MOST_TRIED] or (files.names if len(files.names) == 1 else [])
    return Format.JRNL if any(jrnl.is_jrnl(files.head(name)) for name in wanted) else None


def _markdown(files: Files) -> Format | None:
    return Format.MARKDOWN if files.named(*markdown.PAGES) else None
