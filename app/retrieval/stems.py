"""Other forms of words, for languages whose words change: what a question and a text may share beside the word itself.

PostgreSQL's dictionaries know some thirty languages. For all the others words are alike that begin alike, Korean
particles and Hebrew prefixes are taken off, and a Chinese character that carries Japanese endings counts alone.
"""

import re
from collections.abc import Iterable, Iterator

from app.retrieval import korean
from app.retrieval.words import UNSPACED, fold, pairs

BEGINNING = "\u2060"  # after a lexeme that is only the beginning of a word; no text can contain it
SHORTEST, SHORTEST_OF_SYLLABLES = 4, 2  # letters of a beginning; Ethiopic letters are syllables
ASKED = 0.7  # of a word's letters are looked for
LONGEST = 20
HANGUL = re.compile(r"[\uac00-\ud7a3]+")
# SQL of an array: what PostgreSQL's dictionaries make of words; of those that the server has
STEMS = """ARRAY(SELECT DISTINCT unnest(tsvector_to_array(to_tsvector(CAST(cfgname AS regconfig), :spelled)))
  FROM pg_ts_config WHERE cfgname = ANY(CAST(:dictionaries AS text[])))"""
_CONJUGATED = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff](?=[\u3041-\u3096])")
_HEBREW = re.compile(r"[\u05d0-\u05ea]{4,}")
_HEBREW_PREFIXES = "הבלכמשו"


def stems_of(text: str) -> list[str]:
    """Stems of Korean words, Hebrew words without prefixes, Japanese verbs by their character."""
    folded = fold(text)
    found = dict.fromkeys(_CONJUGATED.findall(folded))
    for word in dict.fromkeys(HANGUL.findall(folded)):
        found |= dict.fromkeys(piece for stem in korean.stems(word) for piece in pairs(stem))
    for word in _HEBREW.findall(folded):
        found |= dict.fromkeys(_without_prefixes(word))
    return list(found)


def beginnings(words: Iterable[str]) -> list[str]:
    """Of every word, from four letters to the whole: for a text that may be asked for."""
    return list(dict.fromkeys(f"{word[:end]}{BEGINNING}" for word in _spelt(words) for end in _ends(word)))


def asked_beginnings(words: Iterable[str]) -> list[str]:
    """One of every word: what its other forms begin with."""
    longer = (word for word in _spelt(words) if len(word) > _shortest(word))
    wanted = (word[: min(LONGEST, max(_shortest(word), round(len(word) * ASKED)))] for word in longer)
    return list(dict.fromkeys(f"{beginning}{BEGINNING}" for beginning in wanted))


def _spelt(words: Iterable[str]) -> Iterator[str]:
    """Words that are written letter by letter."""
    return (word for word in words if not any(map(str.isdigit, word)) and not UNSPACED.search(word))


def _ends(word: str) -> range:
    return range(_shortest(word), min(len(word), LONGEST) + 1)


def _shortest(word: str) -> int:
    return SHORTEST_OF_SYLLABLES if "\u1200" <= word[0] <= "\u137f" else SHORTEST


def _without_prefixes(word: str) -> Iterator[str]:
    while len(word) > 3 and word[0] in _HEBREW_PREFIXES:
        word = word[1:]
        yield word
