"""Whether somebody says that they are safe now, in any language that has a text."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import re2

from app.care import texts
from app.care.normaliser import folded
from app.care.rule_files import UNSPACED, compiled
from app.care.rules import MASK

LONGEST = 2000  # characters that are looked at
SENTENCES = re.compile(r"[^.!?…。！？؟।\n]+[.!?…。！？؟।\n]*")
ASKING = re.compile("[?？؟]")

Pattern = Any  # RE2 has no types


def says_safe(text: str) -> bool:
    """In one of its sentences at least: one that asks nothing, and neither doubts nor wishes."""
    return any(affirms(line) for line in _statements(text[:LONGEST]))


def _statements(text: str) -> Iterator[str]:
    for sentence in SENTENCES.findall(text):
        if not ASKING.search(sentence):
            yield from folded(sentence).split("\n")


def affirms(line: str) -> bool:
    """Whether a sentence of folded text says so."""
    spoken, phrases = _phrases()
    hits = [phrases[hit] for hit in spoken.Match(line.encode()) or ()]
    return any(not unless.search(safe.sub(MASK, line)) for safe, unless in hits)


@cache
def _phrases() -> tuple[Any, list[tuple[Pattern, Pattern]]]:
    """All that says so, asked at once, and of each language what says so and what takes it away."""
    spoken: Any = re2.Set.SearchSet()
    found: list[tuple[Pattern, Pattern]] = []
    for language, told in texts.languages().items():
        safe, unless = _phrase(told.safe, language), _phrase(told.unless, language)
        spoken.Add(safe)
        found.append((re2.compile(safe), re2.compile(unless)))
    spoken.Compile()
    return spoken, found


def _phrase(phrases: Sequence[str], language: str) -> str:
    return compiled("|".join(phrases), {}, spaced=language not in UNSPACED)
