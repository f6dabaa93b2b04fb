"""Makes ``app/care/classifier.npz``, the same every time: ``python -m training.care.train``."""

from dataclasses import astuple
from pathlib import Path

import numpy as np

from app.care.classifier import FILE
from training.care.cross_validation import cross_validated, thresholds
from training.care.data import everything
from training.care.learning import Weights, learnt


def trained() -> Weights:
    rows = everything()
    limits = thresholds(cross_validated(rows))
    return {**learnt(rows), "thresholds": np.array(astuple(limits))}


def write(weights: Weights, path: Path) -> None:
    np.savez_compressed(path, allow_pickle=False, **weights)


def main() -> None:
    weights = trained()
    write(weights, FILE)
    print(f"{FILE.name}: {FILE.stat().st_size / 1e6:.1f} MB, thresholds {np.round(weights['thresholds'], 2)}")


if __name__ == "__main__":
    main()
