"""The objects of a list in a JSON document of any size, one after the other."""

import json
import re
from collections.abc import Iterator
from typing import IO

from app.core.json import JSONObject, as_object
from app.imports.items import Unreadable

CHUNK = 1024 * 1024  # characters
LONGEST_ITEM = 16 * CHUNK
BETWEEN = re.compile(r"[\s,]*")
DAMAGED = "The JSON in the file is damaged"


class NoList(ValueError):
    """A document that is something else."""


_decoder = json.JSONDecoder()


def objects(stream: IO[str], key: str | None = None) -> Iterator[JSONObject]:
    """Of the list under the key, a pattern, or of a document that is a list itself. Raises ``NoList`` before the first,
    and ``Unreadable``."""
    reader = _Reader(stream)
    if not reader.enter(key):
        raise NoList("there is no list of entries in it")
    while reader.has_more():
        yield as_object(reader.value())


class _Reader:
    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._text, self._at, self._is_whole = "", 0, False

    def enter(self, key: str | None) -> bool:
        """Goes to the list's beginning; False when there is no such list."""
        self._more(CHUNK)
        start = re.compile(r"\s*\[" if key is None else rf'\s*\[|"{key}"\s*:\s*\[')
        while not (found := start.match(self._text) or (start.search(self._text) if key else None)):
            if self._is_whole or len(self._text) > LONGEST_ITEM:
                return False
            self._more(len(self._text))
        self._at = found.end()
        return True

    def has_more(self) -> bool:
        """Whether another item follows; at the list's end not."""
        while True:
            found = BETWEEN.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at] != "]"
            if self._is_whole:
                raise Unreadable(DAMAGED)
            self._more(CHUNK)

    def value(self) -> object:
        while True:
            try:
                value, self._at = _decoder.raw_decode(self._text, self._at)
                return value
            except json.JSONDecodeError:
                left = len(self._text) - self._at
                if self._is_whole or left > LONGEST_ITEM:
                    raise Unreadable(DAMAGED) from None
                self._more(max(CHUNK, left))
            except RecursionError:
                raise Unreadable(DAMAGED) from None

    def _more(self, size: int) -> None:
        """At least so many characters, if there are so many."""
        try:
            read = self._stream.read(size)
        except UnicodeDecodeError:
            raise Unreadable("The JSON in the file is not UTF-8") from None
        self._is_whole = not read
        self._text, self._at = self._text[self._at :] + read, 0
