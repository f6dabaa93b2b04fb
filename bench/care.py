"""``python -m bench.care``: what looking at 500 words costs with rules and classifier, and with the rules alone.

The first text of each language is left out: it makes the automata of the rules.
"""

import statistics
import time
from collections.abc import Callable

from app.care.assessment import stretches
from app.care.judgement import gravest_of, judge
from app.care.normaliser import folded
from app.care.rules import rules
from training.care.data import languages, paragraphs

WORDS, UNSPACED, ROUNDS = 500, {"zh": 900, "ja": 900}, 3


def main() -> None:
    print(f"{'':10}{'rules µs':>10}{'both µs':>10}{'p95':>8}{'ratio':>8}")
    everything: list[tuple[float, float]] = []
    for language in languages():
        texts = passages(language)
        for text in texts:
            spent(text, judge)
        times = [(spent(text, by_rules), spent(text, judge)) for _ in range(ROUNDS) for text in texts]
        row(language, times)
        everything += times
    row("all", everything)


def row(name: str, times: list[tuple[float, float]]) -> None:
    alone, both = (sorted(column) for column in zip(*times, strict=True))
    middle = statistics.median(alone), statistics.median(both)
    print(f"{name:10}{middle[0]:10.0f}{middle[1]:10.0f}{both[int(len(both) * 0.95)]:8.0f}{middle[1] / middle[0]:8.2f}")


def passages(language: str) -> list[str]:
    whole = " ".join(one.text for one in paragraphs(language))
    if language in UNSPACED:
        size = UNSPACED[language]
        return [whole[at : at + size] for at in range(0, len(whole) - size, size)]
    words = whole.split()
    return [" ".join(words[at : at + WORDS]) for at in range(0, len(words) - WORDS, WORDS)]


def by_rules(text: str) -> object:
    return gravest_of(rules().find(text))


def spent(text: str, look: Callable[[str], object]) -> float:
    """Microseconds of processor time, with folding."""
    began = time.process_time()
    for stretch in stretches(text):
        look(folded(stretch))
    return (time.process_time() - began) * 1e6


if __name__ == "__main__":
    main()
