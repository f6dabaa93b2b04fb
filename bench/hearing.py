"""``python -m bench.hearing``: what a look at a person's words costs, by language, and how long it holds the loop.

Texts are ordinary paragraphs, cut to 500 words (900 characters where there are no spaces). Times are CPU time: folding
and rules for a text, as microseconds and as a ratio to 5 ms; then the longest that a look at 100 kB keeps others waiting.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import gevent

from app.care import assessment
from app.care.assessment import assess
from app.care.levels import Level
from app.care.normaliser import folded
from app.care.rules import rules

PARAGRAPHS = Path(__file__).parents[1] / "training" / "care" / "paragraphs"
WORDS, LETTERS, ROUNDS, WARM = 500, 900, 120, 60
ALLOWED = 0.005  # seconds for 500 words


def main() -> None:
    random.seed(1)
    started = time.process_time()
    rules()
    print(f"start {time.process_time() - started:.1f} s")
    print(f"{'':4}{'p50 us':>10}{'p95 us':>10}{'of 5 ms':>10}{'100 kB ms':>12}{'longest hold ms':>18}")
    for path in sorted(PARAGRAPHS.glob("*.txt")):
        _row(path.stem, path.read_text().splitlines())


def _row(language: str, paragraphs: list[str]) -> None:
    took = sorted([_seconds(partial(_look, text)) for text in _texts(paragraphs)][WARM:])
    median, slow = statistics.median(took), took[int(len(took) * 0.95)]
    whole, hold = _long("\n".join(one for one in paragraphs if assess(one).level is not Level.CRISIS))
    print(
        f"{language:4}{median * 1e6:10.0f}{slow * 1e6:10.0f}{slow / ALLOWED:10.2f}{whole * 1e3:12.0f}{hold * 1e3:18.1f}"
    )


def _look(text: str) -> None:
    rules().find(folded(text))


def _texts(paragraphs: list[str]) -> Iterator[str]:
    for _ in range(ROUNDS):
        text = " ".join(random.sample(paragraphs, min(12, len(paragraphs))))
        words = text.split()
        yield " ".join(words[:WORDS]) if len(words) >= WORDS // 2 else text[:LETTERS]


def _long(text: str) -> tuple[float, float]:
    """CPU seconds for 100 kB, and the most of them between two chances for others to run."""
    text = (text * (assessment.LONGEST // len(text) + 1))[: assessment.LONGEST]
    holds: list[float] = []
    other = gevent.spawn(_watch, holds)
    gevent.sleep(0)
    whole = _seconds(lambda: assess(text))
    gevent.sleep(0)
    other.kill()
    return whole, max(after - before for before, after in pairwise(holds))


def _watch(turns: list[float]) -> None:
    while True:
        turns.append(time.process_time())
        gevent.sleep(0)


def _seconds(do: Callable[[], object]) -> float:
    started = time.process_time()
    do()
    return time.process_time() - started


if __name__ == "__main__":
    main()
