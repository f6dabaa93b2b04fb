"""What has to stand in a text for a phrase to be in it: read off the phrase, so that nobody keeps two lists.

Of all that a phrase needs, what ordinary text has least of is taken: ``dead`` of ``(you are|youre) better off dead``.
"""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from app.care.normaliser import letters
from app.retrieval.languages import COMMON

LANGUAGES = (
    "arabic", "dutch", "english", "french", "german", "hindi", "italian", "polish", "portuguese", "russian", "spanish",
    "turkish",
)  # fmt: skip
COACHING = tomllib.loads(Path(__file__).with_name("coaching_words.toml").read_text(encoding="utf-8"))
MOST = 96  # texts that a part may be, as far as they are written out
MOST_TOGETHER = 400
WITHIN = "\0"  # stands before a text that may begin within a word
QUANTIFIERS = "?*+{"

Weight = Callable[[str], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Part:
    """``exact`` is all that it can be, or None when that is too much; ``needed``: one of these is in it for sure.

    ``tail`` is what is known of its end while it grows. ``is_whole``: it ends at the end of a word.
    """

    exact: frozenset[str] | None
    needed: frozenset[str] = frozenset()
    tail: frozenset[str] = frozenset()
    is_whole: bool = False
    may_be_empty: bool = False

    @property
    def known(self) -> frozenset[str]:
        return self.tail if self.exact is None else self.exact


ANYTHING = Part(None)


def anchors_of(phrase: str, *, spaced: bool) -> frozenset[str]:
    """In letters of one form; a space at the end of one is the end of a word."""
    common = _common()

    def weight(text: str) -> tuple[int, int]:
        bare = _bare(text)
        rare = sum(len(word) for word in bare.split() if word not in common)
        return rare, 0 if rare else len(bare)

    found = _Parser(f"{letters(phrase)}{' ' if spaced else ''}", weight, spaced=spaced).parsed()
    return frozenset(_trimmed(_bare(text), common) for text in found.exact or found.needed) - {""}


@cache
def _common() -> frozenset[str]:
    """In any language: ``die`` is a German article, and every stream is looked at for the phrases of all languages."""
    told = [word for name in LANGUAGES for word in COMMON[name]]
    return frozenset(letters(" ".join((*told, *COACHING.values()))).split())


def _bare(text: str) -> str:
    """Without what may belong to a word before it."""
    return text.partition(" ")[2] if text.startswith(WITHIN) else text


def _trimmed(text: str, common: frozenset[str]) -> str:
    """Without the common words that it begins with; the last two or three where there are no others."""
    words = text.split(" ")
    rare = [place for place, word in enumerate(words) if word and word not in common]
    if not rare:
        bare = text.split()
        shortened = max(bare[-2:], bare[-3:], key=lambda some: len(some[0]))  # fewer texts begin with a long word
        return " ".join(shortened) + (" " if text.endswith(" ") else "")
    return " ".join(words[rare[0] :])


class _Parser:
    """Of the regular expressions that phrases are written in."""

    def __init__(self, phrase: str, weight: Weight, *, spaced: bool) -> None:
        self._text = phrase
        self._at = 0
        self._weight = weight
        self._spaced = spaced

    def parsed(self) -> Part:
        return self._alternatives()

    def _alternatives(self) -> Part:
        parts = [self._sequence()]
        while self._takes("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else _either(parts)

    def _sequence(self) -> Part:
        found = Part(frozenset({""}), is_whole=True, may_be_empty=True)
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            found = self._joined(found, self._quantified(self._atom()))
        return found if found.exact is not None else replace(found, needed=self._better(found.needed, found.tail))

    def _joined(self, before: Part, part: Part) -> Part:
        """One after the other. What is known to come last goes on growing, until it is too much."""
        is_whole = part.is_whole and (before.is_whole or not part.may_be_empty)
        if part.exact is not None and len(before.known) * len(part.exact) <= MOST:
            grown = frozenset(one + other for one in before.known for other in part.exact)
            is_empty = before.may_be_empty and part.may_be_empty
            if before.exact is not None:
                return Part(grown, is_whole=is_whole, may_be_empty=is_empty)
            return Part(None, before.needed, grown, is_whole, is_empty)
        start = WITHIN if self._spaced and not before.is_whole else ""
        needed = self._better(before.needed, before.known)
        if part.exact is not None:
            return Part(None, needed, frozenset(start + one for one in part.exact), is_whole)
        needed = self._better(needed, frozenset(start + one for one in part.needed))
        return Part(None, needed, frozenset({WITHIN if self._spaced and not is_whole else ""}), is_whole)

    def _better(self, one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
        return max(other, one, key=lambda some: min(map(self._weight, some), default=(0, 0)))

    def _quantified(self, atom: Part) -> Part:
        mark = self._text[self._at : self._at + 1]
        if not mark or mark not in QUANTIFIERS:
            return atom
        end = self._text.index("}", self._at) + 1 if mark == "{" else self._at + 1
        least, self._at = self._text[self._at : end], end
        if mark == "?" and atom.exact is not None:
            return Part(atom.exact | {""}, is_whole=atom.is_whole, may_be_empty=True)
        if mark in "?*" or least.startswith(("{0", "{,")):
            return Part(None, is_whole=atom.is_whole, may_be_empty=True)
        return Part(None, atom.exact or atom.needed, is_whole=atom.is_whole)

    def _atom(self) -> Part:
        letter = self._text[self._at]
        self._at += 1
        if letter == "(":
            self._at += 2 if self._text.startswith("?:", self._at) else 0
            found = self._alternatives()
            self._at += 1
            return found
        if letter == "[":
            return self._class()
        if letter == "\\":
            self._at += 1
            return ANYTHING
        if letter in "~.":
            return Part(None, may_be_empty=letter == "~")
        return Part(frozenset({"" if letter in "^$" else letter}), is_whole=letter == " ")

    def _class(self) -> Part:
        end = self._text.index("]", self._at)
        inside, self._at = self._text[self._at : end], end + 1
        return ANYTHING if inside[:1] == "^" or "-" in inside or "\\" in inside else Part(frozenset(inside))

    def _takes(self, mark: str) -> bool:
        taken = self._text.startswith(mark, self._at)
        self._at += taken
        return taken


def _either(parts: Iterable[Part]) -> Part:
    some = list(parts)
    known = [part.exact if part.exact is not None else part.needed for part in some]
    together = frozenset[str]().union(*known)
    is_whole, may_be_empty = all(part.is_whole for part in some), any(part.may_be_empty for part in some)
    if all(part.exact is not None for part in some) and len(together) <= MOST_TOGETHER:
        return Part(together, is_whole=is_whole, may_be_empty="" in together)
    return Part(None, together if all(known) else frozenset(), frozenset(), is_whole, may_be_empty)
