"""What readers find in documents whose shape nobody promises."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from app.core.json import JSONObject, as_object
from app.imports.files import Files
from app.imports.items import Attachment

SEPARATORS = re.compile(r"[,;|\n]")


def text_of(row: Mapping[str, object], *names: str) -> str:
    """The first of these fields that has text or a number."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def number_of(row: JSONObject, name: str) -> float | None:
    value = row.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def object_of(row: JSONObject, name: str) -> JSONObject:
    return as_object(row.get(name))


def tags_of(value: object) -> tuple[str, ...]:
    """From a list of words or of objects with a name, or words in one text."""
    if isinstance(value, str):
        found: Iterable[str] = SEPARATORS.split(value.strip("[]"))
    elif isinstance(value, Sequence):
        found = [text_of(one, "name", "title", "label") if isinstance(one, dict) else str(one) for one in value]
    else:
        found = ()
    return tuple(tag.strip().strip("\"'").lstrip("@#").strip() for tag in found if tag.strip())


def lowered(row: Mapping[str, object]) -> dict[str, object]:
    """By names in lower case, words joined by ``_``."""
    return {re.sub(r"[\s-]+", "_", str(name).strip().lower()): value for name, value in row.items()}


class Attached:
    """The files of an upload by the last part of their names, for entries that refer to them."""

    def __init__(self, files: Files, names: Iterable[str]) -> None:
        self._files = files
        self._by_base = {PurePosixPath(name).name.lower(): name for name in names}
        self._by_stem = {PurePosixPath(name).stem.lower(): name for name in names}

    def find(self, *wanted: str) -> Attachment:
        """By any of the names that it may have."""
        keys = [PurePosixPath(one.replace("\\", "/")).name.lower() for one in wanted if one]
        found = next((self._by_base[key] for key in keys if key in self._by_base), None)
        found = found or next((self._by_stem[key] for key in keys if key in self._by_stem), None)
        if found:
            self._files.used.add(found)
        return Attachment(found or next((one for one in wanted if one), "a file"), found)
