"""Characters with their times to phonemes with their times, for voices that time what is written, not what is heard."""

import tomllib
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from app.speech.interfaces import Mark

TABLES: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
GROUPS, LETTERS, LIKE = TABLES["groups"], TABLES["letters"], TABLES["like"]
LONGEST_GROUP = 4
SHORTEST_PAUSE = 0.12  # seconds; words that follow each other closely have none between them
VOWELS = frozenset("aeiouy")
UNKNOWN = "ə"


def phonemes(marks: Sequence[Mark]) -> list[Mark]:
    """The same span of time; each group of letters lasts as long as its letters do."""
    text = "".join(_plain(mark.symbol) for mark in marks)
    found: list[Mark] = []
    at = 0
    while at < len(marks):
        size, sound = _sound(text, at)
        mark = Mark(marks[at].start, marks[at + size - 1].end, sound)
        if not sound and found and (text[at].isalpha() or mark.end - mark.start < SHORTEST_PAUSE):
            found[-1] = Mark(found[-1].start, mark.end, found[-1].symbol)  # nothing is heard of it
        else:
            found.append(mark)
        at += size
    return found


def _sound(text: str, at: int) -> tuple[int, str]:
    """How many characters are one sound, and which."""
    for size in range(LONGEST_GROUP, 1, -1):
        group = text[at : at + size]
        if len(group) == size and group in GROUPS:
            return size, GROUPS[group]
    letter = text[at]
    if letter == "e" and _is_silent_e(text, at):
        return 1, ""
    if letter == "c" and text[at + 1 : at + 2] in ("e", "i", "y"):
        return 1, "s"
    if letter == text[at + 1 : at + 2] and letter.isalpha():
        return 2, LETTERS.get(letter, UNKNOWN)
    return 1, LETTERS.get(letter, UNKNOWN if letter.isalpha() else "")


def _is_silent_e(text: str, at: int) -> bool:
    """At the end of a word that has another vowel before it."""
    if text[at + 1 : at + 2].isalpha():
        return False
    start = at
    while start and text[start - 1].isalpha():
        start -= 1
    return any(letter in VOWELS for letter in text[start:at])


def _plain(character: str) -> str:
    """One lower-case letter without its accents, or a space."""
    letter = character.lower()[:1]
    if letter in LETTERS:
        return letter
    if letter in LIKE:
        return LIKE[letter]
    base = unicodedata.normalize("NFD", letter)[:1]
    return base if base.isalpha() else " "
