"""Logistic regressions over pieces: the weights that ``app/care/classifier.npz`` holds. The same every time."""

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from app.care.classifier import TOPIC_BITS
from app.care.levels import Category, Level
from app.care.normaliser import folded
from app.care.pieces import BITS, VERSION, pieces
from training.care.data import Sentence

SOFTNESS = {"level": 10.0, "topic": 3.0}  # the inverse of how much large weights cost
PARAGRAPHS, DIRECT, SUICIDAL = 2.0, 4.0, 2.0  # what a row counts
SEED, ROUNDS = 1, 10  # more rounds take longer and read no better
SUICIDAL_CATEGORIES = (Category.SUICIDE, Category.SELF_HARM)

Weights = dict[str, NDArray[Any]]
Example = tuple[Sentence, str]  # a row, and one stretch of its folded text


def learnt(rows: Sequence[Sentence], *, with_topics: bool = True) -> Weights:
    """All weights but the thresholds."""
    examples = [example for row in rows for example in _examples(row)]
    read = matrix(text for _, text in examples)
    of = [row for row, _ in examples]
    levels = _columns(_common(read), *_levels(of), SOFTNESS["level"])
    names = sorted({row.language for row in of})
    topics = _topics(read, of, names) if with_topics else _no_topics(len(names))
    return {
        "version": np.array(VERSION), "levels": levels[0], "level_biases": levels[1], "topics": topics[0],
        "topic_biases": topics[1], "languages": np.array(names), "thresholds": np.zeros(5),
    }  # fmt: skip


def _examples(row: Sentence) -> list[Example]:
    """A sentence as it is; of a paragraph every line, and every two in a row."""
    text = folded(row.text)
    if row.kind != "paragraph":
        return [(row, text)]
    lines = text.split("\n")
    return [(row, "\n".join(lines[at : at + size])) for size in (1, 2) for at in range(len(lines) - size + 1)]


def matrix(texts: Iterable[str]) -> csr_matrix:
    """A row for each text: what its pieces weigh, with a length of one."""
    found = [pieces(text) for text in texts]
    values = [one.weights / max(float(np.linalg.norm(one.weights)), 1.0) for one in found]
    ends = np.cumsum(np.array([0, *map(len, values)]))
    numbers = np.concatenate([one.numbers for one in found]).astype(np.int32)
    read = csr_matrix((np.concatenate(values), numbers, ends), shape=(len(found), 1 << BITS))
    read.sum_duplicates()
    return read


def _common(read: csr_matrix) -> csr_matrix:
    """Without pieces that are in one text only."""
    counts = np.bincount(read.indices, minlength=1 << BITS)
    read = read.copy()
    read.data[counts[read.indices] < 2] = 0
    read.eliminate_zeros()
    return read


def _levels(rows: Sequence[Sentence]) -> tuple[list[NDArray[np.bool_]], list[NDArray[np.float64]]]:
    """Which rows are a concern or worse, and which a crisis; and what each row counts for these."""
    ranks = np.array([row.level.rank for row in rows])
    counts = np.where([row.kind == "direct" for row in rows], DIRECT, 1.0)
    counts = np.where([row.kind == "paragraph" for row in rows], PARAGRAPHS, counts)
    suicidal = np.where([row.category in SUICIDAL_CATEGORIES for row in rows], SUICIDAL, 1.0)
    return [ranks >= Level.CONCERN.rank, ranks >= Level.CRISIS.rank], [np.maximum(counts, suicidal), counts]


def _topics(read: csr_matrix, rows: Sequence[Sentence], names: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Categories are learnt from what has one, languages from everything."""
    small = _smaller(read)
    serious = np.array([row.level is not Level.NONE for row in rows])
    about = [np.array([row.category == category for row in rows])[serious] for category in Category]
    spoken = [np.array([row.language == name for row in rows]) for name in names]
    softness = SOFTNESS["topic"]
    ours = _columns(small[serious], about, [np.ones(serious.sum())] * len(about), softness)
    theirs = _columns(small, spoken, [np.ones(len(rows))] * len(spoken), softness)
    return np.hstack((ours[0], theirs[0])), np.concatenate((ours[1], theirs[1]))


def _no_topics(languages: int) -> tuple[NDArray[Any], NDArray[Any]]:
    count = len(Category) + languages
    return np.zeros((1 << TOPIC_BITS, count), np.float16), np.zeros(count)


def _smaller(read: csr_matrix) -> csr_matrix:
    small = csr_matrix((read.data, read.indices >> (BITS - TOPIC_BITS), read.indptr), (read.shape[0], 1 << TOPIC_BITS))
    small.sum_duplicates()
    return small


def _columns(
    read: csr_matrix, targets: Sequence[NDArray[np.bool_]], counts: Sequence[NDArray[np.float64]], softness: float
) -> tuple[NDArray[np.float16], NDArray[np.float64]]:
    """Weights and bias of one regression for each target."""
    fitted = [_fit(read, target, count, softness) for target, count in zip(targets, counts, strict=True)]
    weights = np.stack([one.coef_[0] for one in fitted], axis=1).astype(np.float16)
    return weights, np.array([one.intercept_[0] for one in fitted])


def _fit(read: csr_matrix, target: NDArray[np.bool_], counts: NDArray[np.float64], softness: float) -> Any:
    regression = LogisticRegression(
        C=softness, solver="liblinear", dual=True, random_state=SEED, tol=0.05, max_iter=ROUNDS
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return regression.fit(read, target, sample_weight=counts)
