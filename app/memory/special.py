"""Whether a text is about what nobody keeps without an explicit yes: word lists by category, beside what a model says.

They are broad: what they take for special is asked about, and what they miss would be kept.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from app.memory.models import Special
from app.retrieval.words import UNSPACED, fold, words


def of(text: str) -> Special | None:
    """The first category that the text has a word of."""
    spaced, plain = f" {' '.join(words(text))} ", fold(text)
    return next((kind for kind, told, inside in _LISTS if told.search(spaced) or inside.search(plain)), None)


def _lists() -> Iterator[tuple[Special, re.Pattern[str], re.Pattern[str]]]:
    """Words as they stand, and those of scripts without spaces, which stand anywhere."""
    for name, text in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items():
        known = [word for word in text.split() if not UNSPACED.search(word)]
        inside = [re.escape(fold(word)) for word in text.split() if UNSPACED.search(word)]
        yield Special(name), re.compile(f" (?:{'|'.join(map(_pattern, known))})"), re.compile("|".join(inside) or "$^")


def _pattern(word: str) -> str:
    """``depress*`` is any word that begins so; ``trade_union`` are two words."""
    return re.escape(" ".join(words(word))) + ("" if word.endswith("*") else " ")


_LISTS = tuple(_lists())
