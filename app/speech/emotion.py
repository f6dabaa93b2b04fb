"""How joyful, angry or sad a sentence is: a small lexicon with negation and emphasis, some microseconds a sentence."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.core.json import JSONObject

LEXICON = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
EMOTIONS = LEXICON["emotions"]
NAMES = tuple(EMOTIONS)
WEIGHTS = {"strong": 2.0, "plain": 1.0, "slight": 0.5}
NEGATIONS, UNSTOPPED, STRONGER, WEAKER = (frozenset(words.split()) for words in LEXICON["context"].values())
LEAST, MOST = 1, 3
SOME, MUCH = 1.0, 2.0  # scores from which an emotion is felt, and is felt strongly
EMPHASIS = {**dict.fromkeys(STRONGER, 1.6), **dict.fromkeys(WEAKER, 0.6)}
BEFORE = 3  # words that can negate or stress the next
EXCLAIMED = 1.3
SHOUTED = 1.4
# what "not happy" means; "not sad" means nothing much
NEGATED = {"Joy": ("Sadness", 0.6)}

_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|[☹❤\U0001f300-\U0001faff]|[.,;:!?]")
_CLAUSE_ENDS = frozenset(".,;:!?")


@dataclass(frozen=True, slots=True)
class Emotion:
    """``intensity`` from 1 (none) to 3."""

    name: str
    intensity: int


def emotions(text: str) -> tuple[Emotion, ...]:
    """Joy, Anger and Sadness, in this order; all 1 for a neutral text."""
    scores = _scores(text)
    return tuple(Emotion(name, _intensity(scores[name])) for name in NAMES)


def dominant(text: str) -> Emotion | None:
    scores = _scores(text)
    name = max(NAMES, key=scores.__getitem__)
    return Emotion(name, _intensity(scores[name])) if scores[name] >= SOME else None


def summary(sentences: Sequence[Sequence[Emotion]], shown: Emotion) -> JSONObject:
    """An answer's emotions: averages and figures of its sentences, and the one that was shown."""
    columns = {name: [row[at].intensity for row in sentences] or [LEAST] for at, name in enumerate(NAMES)}
    average = {name: round(sum(column) / len(column)) for name, column in columns.items()}
    most = {name: max(column) for name, column in columns.items()}
    return {
        "items": [{"name": name, "intensity": average[name]} for name in NAMES],
        "stats": {
            "count": len(sentences),
            "avg": average,
            "max": most,
            "last": {name: column[-1] for name, column in columns.items()},
        },
        "name": shown.name,
        "intensity": shown.intensity,
    }


def _intensity(score: float) -> int:
    return LEAST + (score >= SOME) + (score >= MUCH)


def _scores(text: str) -> dict[str, float]:
    scores = dict.fromkeys(NAMES, 0.0)
    for name, score in (*_of_words(text), *_of_phrases(text)):
        scores[name] += score
    loudness = EXCLAIMED if "!" in text else 1.0
    return {name: score * loudness for name, score in scores.items()}


def _of_words(text: str) -> Iterator[tuple[str, float]]:
    before: list[str] = []
    for token in _TOKEN.findall(text.replace("’", "'")):
        word = token.lower()
        for name, weight in _weights(word):
            shouted = SHOUTED if len(token) > 2 and token.isupper() else 1.0
            yield _in_context(name, weight * shouted, before)
        before = [] if word in _CLAUSE_ENDS else [*before[1 - BEFORE :], word]


def _in_context(name: str, weight: float, before: Sequence[str]) -> tuple[str, float]:
    for word in before:
        weight *= EMPHASIS.get(word, 1.0)
    if NEGATIONS.isdisjoint(before) or not UNSTOPPED.isdisjoint(before):
        return name, weight
    other, share = NEGATED.get(name, (name, 0.0))
    return other, weight * share


def _of_phrases(text: str) -> Iterator[tuple[str, float]]:
    lowered = text.lower().replace("’", "'")
    for name, words in EMOTIONS.items():
        yield from ((name, MUCH) for phrase in words["phrases"] if phrase in lowered)


def _table() -> dict[str, list[tuple[str, float]]]:
    """By word, or by its beginning and ``*``."""
    found = defaultdict[str, list[tuple[str, float]]](list)
    lists = [(name, words[key], weight) for name, words in EMOTIONS.items() for key, weight in WEIGHTS.items()]
    for name, word, weight in ((name, word, weight) for name, words, weight in lists for word in words.split()):
        found[word].append((name, weight))
    return dict(found)


_TABLE = _table()


@lru_cache(maxsize=8192)
def _weights(word: str) -> tuple[tuple[str, float], ...]:
    keys = (word, *(f"{word[:length]}*" for length in range(len(word), 2, -1)))
    return next((tuple(_TABLE[key]) for key in keys if key in _TABLE), ())
