"""Reading the ``message`` of a JSON answer while the answer is still being written."""

import json
import re
from collections.abc import Callable

OPENING = re.compile(r'^[\s`a-z]*\{\s*"message"\s*:\s*"')


class MessageReader:
    """``feed`` takes the answer's deltas and hands on what they add to the message. Prose is the message itself."""

    def __init__(self, listener: Callable[[str], None]) -> None:
        self._listener = listener
        self._text = ""
        self._told = 0
        self._over = False

    def feed(self, delta: str) -> None:
        if self._over:
            return
        self._text += delta
        known = self._message()
        if len(known) > self._told:
            fresh, self._told = known[self._told :], len(known)
            self._listener(fresh)

    def _message(self) -> str:
        """All of the message that is certain by now."""
        opening = OPENING.match(self._text)
        if opening is None:
            started = self._text.lstrip()
            return self._text.lstrip() if started and started[0] not in "{`[" else ""
        inside = self._text[opening.end() :]
        end = _closing(inside)
        self._over = end >= 0
        return _unescaped(inside[:end] if self._over else _whole(inside))


def _closing(text: str) -> int:
    """Where the string ends, or -1."""
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == '"':
            return at
        else:
            at += 1
    return -1


def _whole(text: str) -> str:
    """Without an escape that is not complete yet, or half of a pair."""
    count = len(text) - len(text.rstrip("\\"))
    text = text[:-1] if count % 2 else text
    tail = re.search(r"(?<!\\)(?:\\\\)*(\\u[0-9a-fA-F]{0,3})$", text)
    text = text[: tail.start(1)] if tail else text
    pair = re.search(r"\\u[dD][89abAB][0-9a-fA-F]{2}$", text)
    return text[: pair.start()] if pair else text


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text
