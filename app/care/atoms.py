"""Short pieces of text, of which a phrase needs one to be in a text: all of them are looked for in one go.

Pieces are known by their hashes. Two may share one; the phrase is looked for in vain then, and nothing else happens.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 5  # letters
FACTOR = np.uint32(0x9E3779B1)
TABLE_BITS = 18
SHIFT = np.uint32(32 - TABLE_BITS)
REMEMBERED = 64  # texts

Numbers = NDArray[Any]


def letters_of(text: str) -> Numbers:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def hashes(letters: Numbers) -> Iterable[Numbers]:
    """Of the pieces of one letter, of two, and so on: each by the place where it begins."""
    grown = np.zeros(len(letters) + 1, np.uint32)
    for size in range(1, min(LONGEST, len(letters)) + 1):
        grown = (grown[:-1] + letters[size - 1 :]) * FACTOR
        yield grown


def hash_of(atom: str) -> int:
    *_, last = hashes(letters_of(atom))
    return int(last[0])


class Atoms:
    """``keys`` are hashes in ascending order, ``owners`` the number of the one that each belongs to."""

    def __init__(self, keys: Numbers, owners: Numbers) -> None:
        self._keys, self._owners = keys, owners
        self._is_there = np.zeros(1 << TABLE_BITS, np.bool_)
        self._is_there[keys >> SHIFT] = True
        self.owners_in = lru_cache(REMEMBERED)(self._owners_in)

    def by_line(self, text: str) -> list[set[int]]:
        """For each line of a text the owners that have an atom in it."""
        letters = letters_of(text)
        ends = np.flatnonzero(letters == ord("\n"))
        found: list[set[int]] = [set() for _ in range(len(ends) + 1)]
        for pieces in hashes(letters):
            places = np.flatnonzero(self._is_there[pieces >> SHIFT])
            wanted = pieces[places]
            firsts, lasts = np.searchsorted(self._keys, wanted), np.searchsorted(self._keys, wanted, "right")
            lines = np.searchsorted(ends, places)
            for line, first, last in zip(lines.tolist(), firsts.tolist(), lasts.tolist(), strict=True):
                found[line].update(self._owners[first:last].tolist())
        return found

    def _owners_in(self, line: str) -> frozenset[int]:
        return frozenset[int]().union(*self.by_line(line))


def table(atoms: Sequence[Iterable[str]]) -> tuple[Numbers, Numbers]:
    """Keys and owners, of the atoms of each."""
    pairs = sorted({(hash_of(atom), owner) for owner, its in enumerate(atoms) for atom in its})
    keys, owners = zip(*pairs, strict=True)
    return np.array(keys, np.uint32), np.array(owners, np.uint32)
