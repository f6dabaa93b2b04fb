"""What a small trained classifier reads in folded text: how likely each level is, what it is about, in which language.

Its weights are ``classifier.npz``, made by ``python -m training.care.train`` from the sentences in ``training/care``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.care.levels import Category
from app.care.pieces import BITS, VERSION, Pieces, pieces

FILE = Path(__file__).with_name("classifier.npz")
TOGETHER = 3  # sentences at most that are read as one
TOPIC_BITS = 15
SHORT = 20.0  # letters, as five words have: of fewer little was learnt, and nothing is heard
LEAST = 100.0  # a logit: what is smaller has no probability to speak of
CARE_WITH_LENGTH = 0.25  # of many sentences one sounds grave by chance: what the logarithm of their number takes away

Weights = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Logits from which on there is something; ``doubtful`` and ``unsure`` ask for a second opinion."""

    crisis: float
    doubtful: float  # perhaps a crisis
    concern: float
    unsure: float  # perhaps a concern
    raised: float  # a crisis where the rules see a concern

    def have_something_in(self, heard: "Heard") -> bool:
        crisis = min(self.crisis, self.doubtful, self.raised)
        return heard.crisis >= crisis or heard.concern >= min(self.concern, self.unsure)


@dataclass(frozen=True, slots=True)
class Heard:
    """``crisis`` and ``concern`` (or worse) are the highest logits of any stretch of neighbouring sentences.

    Category and language are looked for only where there is something to name.
    """

    crisis: float = -math.inf
    concern: float = -math.inf
    category: Category | None = None
    language: str = ""

    @property
    def score(self) -> float:
        """How likely it is that something is the matter, from 0 to 1."""
        return round(1 / (1 + math.exp(-max(self.concern, -LEAST))), 4)


@dataclass(frozen=True, slots=True)
class _Stretches:
    """First and last line (not included) of each, and its logits."""

    starts: Weights
    ends: Weights
    concern: Weights
    crisis: Weights


class Classifier:
    """``levels`` are weights of concern or worse and of crisis, ``topics`` of each category and each language."""

    def __init__(self, weights: Mapping[str, Weights]) -> None:
        if int(weights["version"]) != VERSION:
            raise ValueError("these weights were trained on other pieces")
        self._levels = [np.ascontiguousarray(column, np.float32) for column in weights["levels"].T]
        self._biases = weights["level_biases"]
        self._topics, self._topic_biases = weights["topics"].astype(np.float32), weights["topic_biases"]
        self._languages = [str(language) for language in weights["languages"]]
        self.thresholds = Thresholds(*(float(one) for one in weights["thresholds"]))

    def hear(self, folded: str) -> Heard:
        """What it reads in text as ``folded`` gives it."""
        found = pieces(folded)
        if not len(found.numbers):
            return Heard()
        lines = folded.count("\n") + 1
        read = self._read(found, lines)
        less = CARE_WITH_LENGTH * math.log(lines)
        heard = Heard(float(read.crisis.max()) - less, float(read.concern.max()) - less)
        if not self.thresholds.have_something_in(heard):
            return heard
        worst = int(np.argmax(read.crisis + read.concern))
        category, language = self._topic(found, read.starts[worst], read.ends[worst])
        return replace(heard, category=category, language=language)

    def _read(self, found: Pieces, lines: int) -> _Stretches:
        concern, crisis = (column[found.numbers] for column in self._levels)
        columns = (concern, crisis, found.weights)
        sums = [_running(np.bincount(found.lines, column * found.weights, lines)) for column in columns]
        starts, ends = _stretches(lines)
        weights = [one[ends] - one[starts] for one in sums]
        letters = _running(_upto(found.letters, lines))
        length, is_short = np.sqrt(np.maximum(weights[2], 1)), letters[ends] - letters[starts] < SHORT
        read = [np.where(is_short, -LEAST, weights[n] / length + self._biases[n]) for n in range(2)]
        return _Stretches(starts, ends, *read)

    def _topic(self, found: Pieces, start: int, end: int) -> tuple[Category, str]:
        at = (found.lines >= start) & (found.lines < end)
        weights = found.weights[at]
        sums = weights @ self._topics[found.numbers[at] >> (BITS - TOPIC_BITS)]
        logits = sums / max(float(np.linalg.norm(weights)), 1.0) + self._topic_biases
        count = len(Category)
        return list(Category)[int(logits[:count].argmax())], self._languages[int(logits[count:].argmax())]


def _stretches(lines: int) -> tuple[Weights, Weights]:
    """Each sentence, each two and each three in a row."""
    sizes = range(1, min(TOGETHER, lines) + 1)
    starts = [np.arange(lines - size + 1) for size in sizes]
    return np.concatenate(starts), np.concatenate([one + size for one, size in zip(starts, sizes, strict=True)])


def _upto(counts: Weights, lines: int) -> Weights:
    """Of so many lines; those past the longest text have none."""
    return np.pad(counts, (0, lines - len(counts)))


def _running(counts: Weights) -> Weights:
    return np.concatenate(([0.0], np.cumsum(counts)))


@cache
def classifier() -> Classifier:
    """That of the house."""
    with np.load(FILE, allow_pickle=False) as weights:
        return Classifier(weights)
