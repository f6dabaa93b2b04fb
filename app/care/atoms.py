"""Short pieces of text without which an alternative can't be in a text: all of them are looked for in one go.

An alternative needs one of a few pieces, and one of a few others. Pieces are known by their hashes. Two may share one;
an alternative is looked for in vain then, and nothing else happens.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 5  # letters
FACTOR = np.uint32(0x9E3779B1)
TABLE_BITS = 18
SHIFT = np.uint32(32 - TABLE_BITS)
REMEMBERED = 64  # texts
BREAK = ord("\n")

Numbers = NDArray[Any]
Choices = tuple[frozenset[str], frozenset[str]]
NONE = np.array([], np.uint32)
ONE = np.uint32(1)


def letters_of(text: str) -> Numbers:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def hashes(letters: Numbers) -> Iterator[Numbers]:
    """Of the pieces of one letter, of two, and so on: each by the place where it begins."""
    grown = np.zeros(len(letters) + 1, np.uint32)
    for size in range(1, min(LONGEST, len(letters)) + 1):
        grown = (grown[:-1] + letters[size - 1 :]) * FACTOR
        yield grown


def hash_of(atom: str) -> int:
    *_, last = hashes(letters_of(atom))
    return int(last[0])


class Atoms:
    """``keys`` are hashes in ascending order. ``owners`` tell whose each is: twice the number of an alternative,
    and one more for the second of the two pieces that it needs.
    """

    def __init__(self, keys: Numbers, owners: Numbers) -> None:
        self._keys, self._owners = keys, owners
        self._most = (int(owners.max()) | 1) + 1  # even, so that the two pieces of one stay neighbours in each line
        counts = np.bincount(keys >> SHIFT, minlength=1 << TABLE_BITS)
        self._starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        self.owners_in = lru_cache(REMEMBERED)(self._owners_in)

    def by_line(self, text: str) -> list[list[int]]:
        """For each line of a text the alternatives that it has both pieces of."""
        letters = letters_of(text)
        is_end = letters == BREAK
        found = self._hits(letters, np.cumsum(is_end))
        both = found[:-1][(found[:-1] | 1) == found[1:]]
        places = np.searchsorted(both, np.arange(1, int(is_end.sum()) + 1) * self._most)
        return [some.tolist() for some in np.split(both % self._most // 2, places)]

    def _hits(self, letters: Numbers, lines: Numbers) -> Numbers:
        """Line and owner, in one number, of each piece that is somebody's."""
        each = list(hashes(letters))
        pieces = np.concatenate([NONE, *each])
        shelves = pieces >> SHIFT
        firsts = self._starts[shelves]
        counts = self._starts[shelves + ONE] - firsts
        some = np.repeat(firsts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        of = np.concatenate([NONE, *(lines[: len(one)] for one in each)])
        found = np.repeat(of, counts) * self._most + self._owners[some]
        found = np.sort(found[self._keys[some] == np.repeat(pieces, counts)])
        is_first: Numbers = np.append(True, found[1:] != found[:-1])[: len(found)]
        return found[is_first]

    def _owners_in(self, line: str) -> list[int]:
        return self.by_line(line.replace("\n", " "))[0]


def table(atoms: Sequence[Choices | None]) -> tuple[Numbers, Numbers]:
    """Keys and owners, of the pieces of each alternative."""
    pairs = sorted({
        (hash_of(atom), 2 * number + half)
        for number, choices in enumerate(atoms) for half, some in enumerate(choices or ()) for atom in some
    })  # fmt: skip
    keys, owners = zip(*pairs, strict=True)
    return np.array(keys, np.uint32), np.array(owners, np.uint16)
