"""Reading the ``message`` of a JSON answer while the answer is still being written."""

import json
import re
from collections.abc import Callable

OPENING = re.compile(r'^[\s`a-z]*\{\s*"message"\s*:\s*"')
LONGEST_OPENING = 200  # characters; an answer whose beginning is longer is no JSON of ours
PLAIN = re.compile(r'[^"\\]+')
ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[0-9a-fA-F]{4}"  # a pair
    r"|u[dD][89abAB][0-9a-fA-F]{2}(?=[^\\]|\\[^u])"  # half of one
    r"|u(?![dD][89abAB])[0-9a-fA-F]{4}|[^u])",
    re.DOTALL,
)


class MessageReader:
    """``feed`` takes the answer's deltas and hands on what they add to the message. Prose is the message itself.

    Each character is looked at once: what has been handed on is not kept.
    """

    def __init__(self, listener: Callable[[str], None]) -> None:
        self._listener = listener
        self._rest = ""
        self._read = self._begin

    def feed(self, delta: str) -> None:
        self._rest += delta
        self._read()

    def _begin(self) -> None:
        """Until it is known whether this is prose or JSON."""
        started = self._rest.lstrip()
        if opening := OPENING.match(self._rest):
            self._rest = self._rest[opening.end() :]
            self._read = self._inside
            self._read()
        elif started and started[0] not in "{`[":
            self._rest = started
            self._read = self._prose
            self._read()
        elif len(started) > LONGEST_OPENING:
            self._read = self._skip

    def _prose(self) -> None:
        self._tell(len(self._rest), self._rest)

    def _inside(self) -> None:
        """Within the string, up to an escape that is not complete yet."""
        at, found = 0, list[str]()
        while part := PLAIN.match(self._rest, at) or ESCAPE.match(self._rest, at):
            found.append(_unescaped(part.group()))
            at = part.end()
        over = self._rest[at : at + 1] == '"'
        self._tell(at, "".join(found))
        if over:
            self._read = self._skip

    def _skip(self) -> None:
        """What follows the message is for whoever reads the whole answer."""
        self._rest = ""

    def _tell(self, length: int, text: str) -> None:
        self._rest = self._rest[length:]
        if text:
            self._listener(text)


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False)).encode("utf-8", "replace").decode()
    except ValueError:
        return text
