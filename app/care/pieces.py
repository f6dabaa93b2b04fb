"""Folded text in numbered pieces: parts of words, words, pairs of words. They are what the classifier reads.

A piece's number is a hash of its letters, so that no list of pieces is kept. Every step is one of numpy over the whole
text: the hash of any stretch of letters is a difference of one running sum.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.care.concepts import concepts

VERSION = 3  # of the numbers and weights of pieces: trained weights fit one only
BITS = 18
PARTS = (1, 2, 3, 4)  # letters; the space on either side of a word may be one
WORD, PAIR, SKIP, CONCEPT, BESIDE = 16, 17, 18, 19, 20
WEIGHT_OF_WORDS = 2
WEIGHT_OF_CONCEPTS, WEIGHT_OF_TWO = 3, 3
NEAR = 5  # concepts, between which two are beside each other
LONGEST = 1 << 14  # letters
SPACE, BREAK, EASTERN = 32, 10, 0x3040
UNCOUNTED = (SPACE, *b"0,")  # no other figure is left
# Numbers and keys say nothing of danger, but their parts would be like those of words.
NUMBERED, FIGURES, UNIT = re.compile("( ?)([a-z0-9]*[0-9][a-z0-9]*|[a-z]{25,})"), re.compile("[0-9]+"), 4
BASE, MIX, KINDS = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F
SIZE = 1 << 64

Hashes = NDArray[np.uint64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pieces:
    """For each piece its number, what it weighs, and which line it is from; and how many letters each line has."""

    numbers: NDArray[np.uint32]
    weights: NDArray[np.float32]
    lines: Places
    letters: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Letters:
    """``sums`` are of all hashes before a letter, ``gaps`` says where no letter is; each ``counts`` for so many."""

    sums: Hashes
    gaps: NDArray[np.bool_]
    lines: Places
    counts: NDArray[np.float64]

    def hashes(self, starts: Places, ends: Places | int) -> Hashes:
        return (self.sums[ends] - self.sums[starts]) * INVERSES[starts]

    def of_lines(self) -> NDArray[np.float64]:
        """How many letters each line has: digits are none, Chinese and Japanese ones count twice."""
        lines = int(self.lines[-1]) + 1 if len(self.lines) else 1
        return np.bincount(self.lines, self.counts, lines).astype(np.float64)


def pieces(folded: str) -> Pieces:
    """Those of text as ``folded`` gives it, a sentence a line."""
    text = NUMBERED.sub(_figure, folded[:LONGEST])
    letters = _letters(text)
    found = [_parts(letters, size) for size in PARTS] + [*_words(letters), *_concepts(text)]
    numbers, weights, lines = (np.concatenate(column) for column in zip(*found, strict=True))
    return Pieces(numbers, weights, lines, letters.of_lines())


def _figure(found: re.Match[str]) -> str:
    """One figure for any number, with what it is of: "20mg" and "3am" are "0mg" and "0am". Nothing for a key."""
    space, word = found.groups()
    unit = FIGURES.sub("", word)
    return f"{space}0{unit}" if len(unit) <= UNIT else ""


def _letters(text: str) -> _Letters:
    letters = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum(letters * POWERS[: len(letters)], out=sums[1:])
    breaks = letters == BREAK
    counts = np.where(letters >= EASTERN, 2.0, ~(breaks | np.isin(letters, UNCOUNTED)))
    return _Letters(sums, breaks | (letters == SPACE), np.cumsum(breaks), counts)


Found = tuple[NDArray[np.uint32], NDArray[np.float32], Places]


def _parts(letters: _Letters, size: int) -> Found:
    """All parts of words of one size: without gaps, but perhaps at an end."""
    count = max(len(letters.gaps) - size + 1, 0)
    whole = np.ones(count, np.bool_)
    for inner in range(1, size - 1) if size > 2 else range(1):
        whole &= ~letters.gaps[inner : inner + count]
    starts = np.flatnonzero(whole)
    return _found(letters.hashes(starts, starts + size), size, letters.lines[starts])


def _words(letters: _Letters) -> Iterator[Found]:
    """Words, pairs of neighbours, and pairs with a word between them."""
    edges = np.flatnonzero(letters.gaps[1:] != letters.gaps[:-1]) + 1
    starts, ends = edges[: len(edges) // 2 * 2 : 2], edges[1::2]
    words, lines = letters.hashes(starts, ends), letters.lines[starts]
    yield _found(words, WORD, lines)
    for kind, distance in ((PAIR, 1), (SKIP, 2)):
        first = np.flatnonzero(lines[distance:] == lines[:-distance])
        yield _found(words[first] * np.uint64(MIX) + words[first + distance], kind, lines[first])


def _concepts(text: str) -> Iterator[Found]:
    """Concepts, and any two of them that are near each other, whichever comes first."""
    lines = [concepts().of(line) for line in text.split("\n")]
    of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    seen = np.array([concept for line in lines for concept in line], np.uint64) + np.uint64(1)
    own = seen * np.uint64(BASE)
    yield _found(own, CONCEPT, of, WEIGHT_OF_CONCEPTS)
    for distance in range(1, NEAR + 1):
        first = np.flatnonzero((of[distance:] == of[:-distance]) & (seen[distance:] != seen[:-distance]))
        both = own[first] * own[first + distance] + own[first] + own[first + distance]
        yield _found(both, BESIDE, of[first], WEIGHT_OF_TWO)


def _found(hashes: Hashes, kind: int, lines: Places, weight: float | None = None) -> Found:
    mixed = (hashes + np.uint64(KINDS * kind % SIZE)) * np.uint64(MIX)
    mixed ^= mixed >> np.uint64(32)
    numbers = ((mixed * np.uint64(BASE)) >> np.uint64(64 - BITS)).astype(np.uint32)
    weight = weight or (WEIGHT_OF_WORDS if kind >= WORD else 1)
    return numbers, np.full(len(numbers), weight, np.float32), lines


def _powers(base: int) -> Hashes:
    return np.multiply.accumulate(np.array([1] + [base] * LONGEST, np.uint64))


POWERS, INVERSES = _powers(BASE), _powers(pow(BASE, -1, SIZE))
