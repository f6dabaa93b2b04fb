"""Apple's Journal: a page of HTML for each entry in ``Entries``, photos and sounds in ``Resources``.

Apple describes the form nowhere. A page has, in this order: ``pageHeader`` with the day, ``assetGrid`` with what is
attached, ``title``, ``reflectionPrompt``, ``bodyText``. Its tags are not nested as they should be: pieces of HTML stand
in the paragraphs of another document. So parts are told by where they begin.
"""

import re
from collections.abc import Iterator

from bs4 import Tag

from app.imports.dates import Calendar, NoDate, When
from app.imports.files import Files, TooLarge, stem
from app.imports.items import Attachment, ImportedEntry, Item, Skipped
from app.imports.markup import LARGEST, Unclear, markdown, parsed, words
from app.imports.readers.fields import Attached

PART = re.compile(r"<div\b[^>]*\bclass=[\"']?(pageHeader|assetGrid|title|reflectionPrompt|bodyText)\b[^>]*>")
DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
SHOWN = (".gridItemOverlayHeader", ".gridItemOverlayText", ".mediaTitle")
PLACES = {"location", "genericmap", "multipinmap", "visit", "place"}
MINDS = {"stateofmind"}


def read(files: Files, calendar: Calendar) -> Iterator[Item]:
    pages = [name for name in files.named(".html", ".htm") if stem(name) != "index"]
    files.used.update(name for name in files.named(".html", ".htm") if stem(name) == "index")
    files.used.update(files.named(".css"))
    attached = Attached(files, [name for name in files.names if name not in pages])
    for name in files.each(pages):
        try:
            yield _entry(files.text(name, LARGEST), name, calendar, attached)
        except (TooLarge, Unclear, NoDate) as error:
            yield Skipped(name, str(error))


def _entry(html: str, name: str, calendar: Calendar, attached: Attached) -> ImportedEntry:
    parts = _parts(html)
    grid = parsed(parts.get("assetGrid", ""))
    minds, prompt = _shown(grid, MINDS), words(parts.get("reflectionPrompt", ""))
    body = markdown(parts["bodyText"] if "bodyText" in parts else parts.get("", html))
    return ImportedEntry(
        name, _when(parts, name, calendar), f"> {prompt}\n\n{body}" if prompt else body,
        title=words(parts.get("title", "")), mood=minds[0] if minds else "", tags=tuple(minds[1:]),
        place=", ".join(_shown(grid, PLACES)), attachments=tuple(_attachments(grid, attached)),
    )  # fmt: skip


def _parts(html: str) -> dict[str, str]:
    """What stands behind each of the openings, up to the next; a page without any is all text."""
    found = [*PART.finditer(html)]
    ends = [*(one.start() for one in found[1:]), len(html)]
    parts: dict[str, str] = {}
    for one, end in zip(found, ends, strict=True):
        parts.setdefault(one[1], html[one.end() : end])
    if found and "bodyText" not in parts:
        parts["bodyText"] = _behind(parts)
    return parts


def _behind(parts: dict[str, str]) -> str:
    """Older pages have no ``bodyText``: paragraphs follow the grid, or the day."""
    html = parts.get("assetGrid") or parts.get("pageHeader", "")
    tree = parsed(html)
    for item in tree.select(".gridItem"):
        item.decompose()
    return "".join(str(paragraph) for paragraph in tree.find_all(["p", "ul", "ol", "blockquote"], recursive=True))


def _when(parts: dict[str, str], name: str, calendar: Calendar) -> When:
    """The day on the page counts: two entries of a day have names that differ."""
    header = words(parts.get("pageHeader", "").split("</div>")[0])
    try:
        return calendar.read(header)
    except NoDate:
        found = DATED.search(stem(name))
        if not found:
            raise
        return calendar.read(found.group())


def _shown(grid: Tag, kinds: set[str]) -> list[str]:
    """The words on the items of these kinds."""
    found = [text for item in grid.select(".gridItem") if _kind(item) in kinds for text in _labels(item)]
    return list(dict.fromkeys(part.strip() for text in found for part in text.split(",") if part.strip()))


def _labels(item: Tag) -> list[str]:
    texts = [element.get_text(" ", strip=True) for selector in SHOWN for element in item.select(selector)]
    return [text for text in texts if text]


def _kind(item: Tag) -> str:
    classes = [str(name) for name in item.get("class") or ()]
    kinds = [name.removeprefix("assetType_") for name in classes if name.startswith("assetType_")]
    return kinds[0].replace("_", "").lower() if kinds else ""


def _attachments(grid: Tag, attached: Attached) -> Iterator[Attachment]:
    for item in grid.select(".gridItem"):
        sources = [str(element["src"]) for element in item.select("[src]")]
        if sources or _kind(item) in {"photo", "livephoto", "video", "audio"}:
            yield attached.find(*sources, str(item.get("id") or ""))
