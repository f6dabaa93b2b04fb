"""Markdown in folders, with front matter; the date from there, or from the name of file or folder."""

import re
from collections.abc import Iterator, Mapping

from app.imports.dates import Calendar, NoDate, When
from app.imports.files import Files, TooLarge, stem
from app.imports.items import Attachment, ImportedEntry, Item, Skipped
from app.imports.readers.fields import Attached, tags_of, text_of
from app.imports.readers.front_matter import BadFront, split

PAGES = (".md", ".markdown", ".mdown", ".txt")
DATES = ("date", "datetime", "entry_date", "created", "created_at", "creation_date", "day")
ZONES = ("timezone", "time_zone", "tz")
IN_NAME = re.compile(
    r"(?<!\d)(\d{4})[-_./]?(\d{2})[-_./]?(\d{2})(?:[T _-]+(?:at )?(\d{2})[-:._h]?(\d{2})(?:[-:._]?(\d{2}))?)?(?!\d)"
)
PLACED = re.compile(r"(?<!\d)(\d{4})/(?:[^/]*/)?(?:\d{4}-)?(\d{2})(?:[-_ ][^/]*)?/(\d{2})(?!\d)")  # 2024/05/17.md
PICTURE = re.compile(r"!\[[^\]]*\]\(<?([^)>\s]+)>?[^)]*\)|!\[\[([^\]|]+)(?:\|[^\]]*)?\]\]")
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)


def read(files: Files, calendar: Calendar) -> Iterator[Item]:
    pages = files.named(*PAGES)
    attached = Attached(files, [name for name in files.names if name not in pages])
    for name in files.each(pages):
        try:
            front, text = split(files.text(name))
            yield _entry(front, text, name, calendar, attached)
        except (TooLarge, BadFront, NoDate) as error:
            yield Skipped(name, str(error))


def pictures(text: str, attached: Attached) -> tuple[Attachment, ...]:
    """What a page shows that is not on the web."""
    names = (found[1] or found[2] for found in PICTURE.finditer(text))
    return tuple(attached.find(unquoted(name)) for name in names if not ADDRESS.match(name))


def unquoted(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name).strip()


def _entry(
    front: Mapping[str, object], text: str, name: str, calendar: Calendar, attached: Attached
) -> ImportedEntry:  # fmt: skip
    starred = ["starred"] if str(front.get("starred", "")).lower() in {"true", "yes"} else []
    return ImportedEntry(
        name, _when(front, name, calendar), text, title=text_of(front, "title") or _title_in(name),
        source_id=text_of(front, "id", "uuid"), mood=_mood(front), place=text_of(front, "location", "place"),
        tags=(*tags_of(front.get("tags") or front.get("tag") or front.get("keywords")), *starred),
        attachments=pictures(text, attached),
    )  # fmt: skip


def _mood(front: Mapping[str, object]) -> str:
    words = tags_of(front.get("mood") or front.get("moods") or front.get("feeling"))
    return words[0] if words else ""


def _when(front: Mapping[str, object], name: str, calendar: Calendar) -> When:
    zone = calendar.known(text_of(front, *ZONES))
    given = text_of(front, *DATES)
    if given:
        time = text_of(front, "time")
        return calendar.read(f"{given} {time}" if time and ":" not in given else given, zone)
    return _when_named(name, calendar, zone)


def _when_named(name: str, calendar: Calendar, zone: str | None) -> When:
    found = IN_NAME.search(stem(name)) or PLACED.search(name) or IN_NAME.search(name)
    if not found:
        raise NoDate("it has no date, neither in front matter nor in its name")
    day, clock = "-".join(found.groups()[:3]), [part for part in found.groups()[3:] if part]
    return calendar.read(f"{day} {':'.join(clock)}" if clock else day, zone)


def _title_in(name: str) -> str:
    """What a name says beside the date; nothing where there is none, or it is all date."""
    rest = IN_NAME.sub("", stem(name)).strip(" -_.")
    return rest.replace("_", " ") if re.search(r"[^\W\d]", rest) and IN_NAME.search(stem(name)) else ""
