"""Text without what could break a prompt, a column or a log: controls, halves of characters, blanks in rows."""

import re

_BROKEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def line(text: str | None, most: int = 500) -> str:
    """On one line, at most so many characters."""
    return " ".join(_BROKEN.sub("", text or "").split())[:most].rstrip()


def lines(text: str | None, most: int) -> str:
    """Each line squeezed, blank ones left out, at most so many characters in all."""
    squeezed = (" ".join(part.split()) for part in _BROKEN.sub("", text or "").splitlines())
    return "\n".join(part for part in squeezed if part)[:most].rstrip()
