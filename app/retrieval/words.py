"""Text as the index sees it: folded words of any language; scripts without spaces become pairs of characters."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

# Vowel signs and the like belong to their word, though `re` does not count them as letters.
MARKS = "".join(chr(code) for code in range(0x300, 0x1A00) if unicodedata.category(chr(code)).startswith("M"))
WORD = re.compile(rf"[^\W_][\w{MARKS}]*")
# Han, kana, Hangul stay searchable inside longer runs; Thai, Lao, Khmer and Burmese are written without spaces too.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
MOST_WORDS = 2000

STOP_WORDS = frozenset(Path(__file__).with_name("stop_words.txt").read_text().split())


def words(text: str) -> list[str]:
    """Every word of the text, folded, in order; at most ``MOST_WORDS``."""
    found: list[str] = []
    for match in WORD.finditer(fold(text).replace("_", " ")):
        found.extend(_pieces(match.group()))
        if len(found) >= MOST_WORDS:
            break
    return found[:MOST_WORDS]


def query_words(text: str) -> list[str]:
    """The words worth looking for, each once; none when the text says nothing particular."""
    return list(dict.fromkeys(word for word in words(text) if word not in STOP_WORDS and len(word) < 60))[:64]


def fold(text: str) -> str:
    """Case, width and Latin accents don't matter for finding."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain if plain.isascii() else "".join(_without_accents(plain))


def _without_accents(text: str) -> Iterator[str]:
    base = ""
    for character in unicodedata.normalize("NFD", text):
        is_mark = unicodedata.category(character) == "Mn"
        base = base if is_mark else character
        if not is_mark or not base.isascii():
            yield character


def _pieces(word: str) -> list[str]:
    if word.isascii() or not UNSPACED.search(word):
        return [word]
    pieces: list[str] = []
    end = 0
    for run in UNSPACED.finditer(word):
        pieces += [word[end : run.start()], *_pairs(run.group())]
        end = run.end()
    return [piece for piece in [*pieces, word[end:]] if piece]


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]
