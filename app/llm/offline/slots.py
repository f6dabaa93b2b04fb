"""A place in the answer that wants a value, and what its surroundings say about it."""

from dataclasses import dataclass, replace
from functools import cached_property

from app.llm.offline.reading import Document
from app.llm.offline.words import content, name_words

TERSE_AFTER = 2  # times that a reference may lead back to itself before only the needful is written


@dataclass(frozen=True)
class Slot:
    """``about`` is the document that a list's item speaks of; ``index`` its place there; ``kin`` its neighbours.

    ``shift`` counts the values that were turned down for this place; each asks for another one.
    """

    name: str = ""
    hint: str = ""
    path: tuple[str, ...] = ()
    about: Document | None = None
    index: int = 0
    refs: tuple[str, ...] = ()
    parent: str = ""
    kin: frozenset[str] = frozenset()
    terse: bool = False
    shift: int = 0

    @cached_property
    def words(self) -> tuple[str, ...]:
        return name_words(self.name)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def query(self) -> frozenset[str]:
        """The stems of what is wanted here."""
        return content(f"{' '.join(self.words)} {self.hint}")

    @property
    def deep(self) -> bool:
        return self.terse or (bool(self.refs) and self.refs.count(self.refs[-1]) > TERSE_AFTER) or len(self.path) > 24

    def inside(self, name: str, hint: str, about: Document | None, kin: frozenset[str]) -> "Slot":
        return replace(self, name=name, hint=hint, path=(*self.path, name), about=about, parent=self.name, kin=kin)

    def item(self, index: int, about: Document | None, shift: int = 0) -> "Slot":
        path = (*self.path, str(index))
        return replace(self, path=path, index=index, about=about or self.about, shift=self.shift + shift)

    def again(self, attempt: int) -> "Slot":
        """The same place after so many tries; every other one is written as briefly as can be."""
        return replace(self, shift=self.shift + attempt, terse=self.terse or attempt % 2 == 1)

    def through(self, ref: str) -> "Slot":
        return replace(self, refs=(*self.refs, ref)) if ref else self
