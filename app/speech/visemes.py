"""Rows of mouth shapes for a sound: each phoneme pulls towards its shape, as strongly as it resists its neighbours.

At every moment a row is the average of the shapes around it, weighted by their nearness and their strength, so that
weak sounds take on the shape of strong ones before and after them, and rounding begins early. Lips that must meet are
then made to meet, since a row falls between them only by luck.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.speech import graphemes
from app.speech.interfaces import Mark, Sound
from app.speech.mouth_shapes import CLOSE, COLUMNS, FUNNEL, JAW, PUCKER, REST, Shape, shapes

FPS = 30
FORMAT = "arkit15"
FINE = 4  # moments looked at per row
BEHIND, AHEAD, ROUND_AHEAD = 0.022, 0.034, 0.055  # seconds: how far the past and the future reach
REACH = 0.12
ROUND = [FUNNEL, PUCKER]
FREE = 0.15  # what is left of a strength
OPEN_WHILE_SHUT = 0.03

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Visemes:
    """``rows`` of fifteen values from 0 to 1 (see ``mouth.COLUMNS``), one for each of ``times``, in seconds."""

    rows: list[list[float]]
    times: list[float]
    fps: float
    frame_ms: int


def of(sound: Sound) -> Visemes:
    """From the first moment of the sound to its last."""
    marks = graphemes.phonemes(sound.marks) if sound.alphabet == "characters" else sound.marks
    return drawn(marks, sound.duration)


def drawn(marks: Sequence[Mark], duration: float) -> Visemes:
    """``marks`` are phonemes in order; where there is none, the mouth is at rest."""
    steps = max(1, round(duration * FPS))
    rows = np.zeros((steps + 1, len(COLUMNS)))
    parts = _parts(marks, duration)
    if parts and duration > 0:
        rows = _averaged(parts, duration, steps)
        rows[0] = rows[-1] = 0.0  # before and after, the mouth is at rest
        _shut(rows[1:-1], parts, duration / steps)
    times = np.linspace(0.0, duration, steps + 1)
    pace = duration / steps
    values = np.clip(rows, 0.0, 1.0).round(3).tolist()
    return Visemes(values, times.round(4).tolist(), 1 / pace if pace else FPS, round(pace * 1000))


@dataclass(frozen=True, slots=True)
class _Part:
    start: float
    end: float
    shape: Shape


def _parts(marks: Sequence[Mark], duration: float) -> list[_Part]:
    """A mark's shapes share its time."""
    parts = []
    for mark in marks:
        held = shapes(mark.symbol)
        start, end = max(0.0, mark.start), min(mark.end, duration)
        share = (end - start) / len(held)
        if share > 0:
            parts += [_Part(start + share * i, start + share * (i + 1), shape) for i, shape in enumerate(held)]
    return sorted(parts, key=lambda part: part.start)


def _averaged(parts: Sequence[_Part], duration: float, steps: int) -> Matrix:
    moments = np.linspace(0.0, duration, steps * FINE + 1)
    targets, weights = _sounding(parts, moments)
    step = duration / (steps * FINE)
    rows = _pulled(targets, weights[:, :1], _kernel(step, AHEAD))
    rows[:, ROUND] = _pulled(targets[:, ROUND], weights[:, 1:], _kernel(step, ROUND_AHEAD))
    return rows


def _pulled(targets: Matrix, weights: Matrix, kernel: Matrix) -> Matrix:
    """The weighted average around each row's moment."""
    reach = len(kernel) // 2
    pulls = np.concatenate([targets * weights, weights], axis=1)
    padded = np.pad(pulls, ((reach, reach), (0, 0)), mode="edge")
    smooth = sliding_window_view(padded, len(kernel), axis=0)[::FINE] @ kernel
    rows: Matrix = smooth[:, :-1] / smooth[:, -1:]
    return rows


def _sounding(parts: Sequence[_Part], moments: Matrix) -> tuple[Matrix, Matrix]:
    """The shape at each moment, and its two strengths: of the whole, and of the lips' rounding."""
    held = [REST, *(part.shape for part in parts)]  # rest is for the moments that have no part
    starts = np.array([part.start for part in parts])
    ends = np.array([part.end for part in parts])
    table = np.array([shape.row() for shape in held])
    strengths = np.array([(shape.weight, shape.weight * (FREE if shape.free else 1.0)) for shape in held])
    index = np.searchsorted(starts, moments, side="right") - 1
    index = np.where((index >= 0) & (moments < ends[index]), index + 1, 0)
    return table[index], strengths[index]


def _kernel(step: float, ahead: float) -> Matrix:
    count = max(1, round(REACH / step))
    offsets = np.arange(-count, count + 1) * step
    kernel: Matrix = np.exp(-0.5 * (offsets / np.where(offsets < 0, BEHIND, ahead)) ** 2)
    return kernel


def _shut(rows: Matrix, parts: Sequence[_Part], step: float) -> None:
    """The row nearest to the middle of an m, b or p, and all that lie well inside it. ``rows`` begin after one step."""
    for part in parts:
        if not part.shape.shut or not len(rows):
            continue
        middle = min(max(0, round((part.start + part.end) / 2 / step) - 1), len(rows) - 1)
        first = min(middle, round(part.start / step - 0.5))
        last = max(middle, round(part.end / step - 1.5))
        held = slice(max(0, first), last + 1)
        rows[held, CLOSE] = np.maximum(rows[held, CLOSE], part.shape.close)
        rows[held, JAW] = np.minimum(rows[held, JAW], OPEN_WHILE_SHUT)
