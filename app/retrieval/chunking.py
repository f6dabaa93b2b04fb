"""Long texts in pieces that end where a paragraph, a sentence or at least a word ends."""

import re

from app.speech.sentences import ENDS

SIZE = 1600  # characters of a piece, about 400 tokens
LEAST = 800  # a break earlier than this is not worth it
BREAKS = tuple(map(re.compile, (r"\n\n", r"\n", rf"[.!?] |[{ENDS}] ?", r"[;,，、،；] ?", r"\s")))


def chunks(text: str, size: int = SIZE) -> list[str]:
    """The text in order, nothing lost but space at the seams; ``[""]`` for an empty text."""
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > size:
        end = _end(rest, size)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*pieces, rest] if rest or not pieces else pieces


def _end(text: str, size: int) -> int:
    for mark in BREAKS:
        ends = [found.end() for found in mark.finditer(text, min(LEAST, size // 2), size)]
        if ends:
            return ends[-1]
    return size
