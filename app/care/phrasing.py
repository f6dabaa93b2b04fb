"""Patterns of many alternatives. Only those that a text has an atom of can be in it, and only they are compiled.

Compiling all would take a process two seconds and more memory than the rest of it. What is left out can't match, so
that the rest finds the same places: the leftmost one, and of several alternatives that match there the earliest.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.care.atoms import Atoms
from app.care.rule_files import Phrase, pattern_of
from app.care.scopes import Pattern

KEPT = 600  # compiled patterns, of about 50 kB each; one language of ordinary text takes 400


class Alternatives:
    """All that there are, by number. ``anywhere`` are those without an atom."""

    def __init__(self, text_of: Callable[[int], str], atoms: Atoms, anywhere: Iterable[int]) -> None:
        self._text_of, self.atoms, self.anywhere = text_of, atoms, frozenset(anywhere)
        self.pattern = lru_cache(KEPT)(self._pattern)

    def _pattern(self, before: str, numbers: tuple[int, ...], after: str) -> Pattern:
        inner = "|".join(map(self._text_of, numbers))
        return pattern_of(str(Phrase(before, inner, after)))


@dataclass(frozen=True, slots=True)
class Place:
    """Of a pattern: what stands before and after its alternatives, from number ``first`` up to ``end``."""

    before: str
    first: int
    end: int
    after: str


class Phrasing:
    """A pattern, asked like a compiled one. ``owners`` are the alternatives that the text has atoms of, if known."""

    __slots__ = ("_all", "_place", "anywhere")

    def __init__(self, place: Place, among: Alternatives) -> None:
        self._place, self._all = place, among
        self.anywhere = [number for number in range(place.first, place.end) if number in among.anywhere]

    def is_in(self, text: str, owners: Iterable[int]) -> bool:
        return any(self._compiled((number,)).search(text) for number in self._possible(owners))

    def search(self, text: str) -> Any:
        return next(self.finditer(text), None)

    def finditer(self, text: str, owners: Iterable[int] | None = None) -> Iterator[Any]:
        possible = self._possible(self._all.atoms.owners_in(text) if owners is None else owners)
        found = tuple(number for number in possible if self._compiled((number,)).search(text))
        return self._compiled(found).finditer(text) if found else iter(())

    def sub(self, replacement: str, text: str) -> str:
        """The text itself where there is nothing to replace."""
        pieces, end = list[str](), 0
        for start, stop in (found.span() for found in self.finditer(text)):
            pieces += (text[end:start], replacement)
            end = stop
        return "".join((*pieces, text[end:])) if pieces else text

    def _possible(self, owners: Iterable[int]) -> list[int]:
        first, end = self._place.first, self._place.end
        return sorted({number for number in owners if first <= number < end}.union(self.anywhere))

    def _compiled(self, numbers: tuple[int, ...]) -> Pattern:
        return self._all.pattern(self._place.before, numbers, self._place.after)
