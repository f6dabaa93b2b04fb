"""Words of facts and messages, held against each other in any language."""

from app.retrieval.languages import languages_of, particular
from app.retrieval.words import spelled_words, words

BEGINNING = 5  # letters that make forms of a word alike
ALIKE = 0.8  # of all their words, from which two texts are one fact


def is_same(one: str, other: str) -> bool:
    mine, its = set(words(one)), set(words(other))
    return len(mine & its) >= ALIKE * len(mine | its)


def is_in(quote: str, text: str) -> bool:
    """Case, accents and punctuation aside."""
    said = " ".join(words(quote))
    return bool(said) and f" {said} " in f" {' '.join(words(text))} "


def beginnings(text: str) -> set[str]:
    """Of the words that say something particular."""
    found = particular(spelled_words(text), languages_of(words(text)))
    return {word[:BEGINNING] for folded in found.values() for word in folded}
