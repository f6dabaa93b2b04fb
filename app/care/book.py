"""The rules of all languages as a process reads them: one file, which ``python -m training.care.book`` makes of
``rules/*.toml``, so that nothing has to be worked out when a process starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from app.care.atoms import Atoms
from app.care.phrasing import Alternatives, Phrasing, Place
from app.care.scopes import Rule, Scopes

FILE = Path(__file__).with_name("rules.npz")
Written = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class PlacedRule:
    rule: Rule
    place: Place


@dataclass(frozen=True, slots=True)
class Chapter:
    """Of a language; its scopes by their names."""

    rules: tuple[PlacedRule, ...]
    scopes: dict[str, Place]


class Book:
    """``written`` has the chapters as JSON, all alternatives in one text with the places where they end, and atoms."""

    def __init__(self, written: Written) -> None:
        self.chapters = msgspec.json.decode(written["chapters"].tobytes(), type=dict[str, Chapter])
        self._texts, self._ends = written["texts"], written["ends"]
        atoms = Atoms(written["keys"], written["owners"])
        self._alternatives = Alternatives(self._text, atoms, written["anywhere"].tolist())

    def phrasing(self, place: Place) -> Phrasing:
        return Phrasing(place, self._alternatives)

    def scopes(self, language: str) -> Scopes:
        return Scopes(**{name: self.phrasing(place) for name, place in self.chapters[language].scopes.items()})

    def by_line(self, folded: str) -> list[list[int]]:
        """The alternatives that each line of a text has an atom of."""
        return self._alternatives.atoms.by_line(folded)

    def _text(self, number: int) -> str:
        begin = int(self._ends[number - 1]) if number else 0
        return self._texts[begin : self._ends[number]].tobytes().decode()


def read() -> Book:
    """That of the house."""
    with np.load(FILE, allow_pickle=False) as written:
        return Book({name: written[name] for name in written.files})
