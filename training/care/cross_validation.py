"""What a classifier hears in rows that it didn't learn from, and the thresholds that follow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.care.classifier import Classifier, Heard, Thresholds
from app.care.judgement import read, together
from app.care.levels import Finding, Level
from app.care.normaliser import folded
from training.care.data import FOLDS, Sentence
from training.care.learning import learnt

ORDINARY = ("journal", "idiom", "negation")
# Shares of ordinary rows, and of paragraphs, that the classifier may have above a threshold. The rules' come on top.
CRISIS, DOUBTFUL, CONCERN, UNSURE = 0.005, 0.01, 0.012, 0.022
RAISED = 0.5  # of what the rules call a concern and the classifier raises, this much has to be a crisis


@dataclass(frozen=True, slots=True)
class Seen:
    """A row, what the rules find in it, and what a classifier hears that doesn't know it."""

    row: Sentence
    spoken: Finding
    heard: Heard

    def level(self, limits: Thresholds) -> Level:
        return together(self.spoken, self.heard, limits).level


def cross_validated(rows: Sequence[Sentence]) -> list[Seen]:
    seen: list[Seen] = []
    for fold in range(FOLDS):
        heard = Classifier(learnt([row for row in rows if row.fold != fold], with_topics=False))
        seen += (looked_at(row, heard) for row in rows if row.fold == fold)
    return seen


def looked_at(row: Sentence, classifier: Classifier) -> Seen:
    return Seen(row, *read(folded(row.text), classifier))


def thresholds(seen: Sequence[Seen]) -> Thresholds:
    """The lowest that keep false crises and concerns of ordinary text as few as they may be."""
    return Thresholds(
        crisis=_limit(seen, "crisis", CRISIS), doubtful=_limit(seen, "crisis", DOUBTFUL),
        concern=_limit(seen, "concern", CONCERN), unsure=_limit(seen, "concern", UNSURE), raised=_raised(seen),
    )  # fmt: skip


def _limit(seen: Sequence[Seen], level: str, share: float) -> float:
    """What ``share`` of ordinary rows, and of paragraphs, are above."""
    limits = []
    for kinds in (ORDINARY, ("paragraph",)):
        some = [one for one in seen if one.row.level is Level.NONE and one.row.kind in kinds]
        limits.append(_quantile([getattr(one.heard, level) for one in some], 1 - share))
    return max(limits)


def _quantile(logits: Sequence[float], share: float) -> float:
    return float(np.quantile(np.array(logits), share))


def _raised(seen: Sequence[Seen]) -> float:
    """Where the rules see a concern: the logit above which a crisis is likelier than not."""
    logits = [(one.heard.crisis, one.row.level is Level.CRISIS) for one in seen if one.spoken.level is Level.CONCERN]
    ranked: NDArray[np.bool_] = np.array([is_one for _, is_one in sorted(logits, reverse=True)])
    shares = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return sorted(logits, reverse=True)[int(np.flatnonzero(shares >= RAISED)[-1])][0]
