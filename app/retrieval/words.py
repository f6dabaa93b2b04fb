"""Text as the index sees it: folded words of any language; scripts without spaces become pairs of characters."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

# Vowel signs and the like belong to their word, though `re` does not count them as letters.
MARKS = "".join(chr(code) for code in range(0x300, 0x1A00) if unicodedata.category(chr(code)).startswith("M"))
WORD = re.compile(rf"[^\W_][\w{MARKS}]*")
WORD_IN_ASCII = re.compile(r"[^\W_]\w*", re.ASCII)  # the same where there are no others; many times as fast
# Han, kana, Hangul stay searchable inside longer runs; Thai, Lao, Khmer and Burmese are written without spaces too.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
MOST_WORDS = 2000
# letters that are typed in two ways, and a mark that only stretches a word
TWINS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ى": "ي", "ة": "ه", "ـ": None})
SPELLED = str.maketrans({"_": " ", "İ": "i"})  # PostgreSQL makes two letters of the small one
ACCENTED = ((0x0, 0x24F), (0x370, 0x5FF), (0x600, 0x6FF), (0x1E00, 0x1FFF))  # scripts whose marks do not matter
BREVE = "\u0306"  # makes another letter of a Cyrillic one: и, й


def words(text: str) -> list[str]:
    """Every word of the text, folded, in order; at most ``MOST_WORDS``."""
    folded = fold(text).replace("_", " ")
    if not UNSPACED.search(folded):
        plain = WORD_IN_ASCII if folded.isascii() else WORD
        return [match.group() for match in islice(plain.finditer(folded), MOST_WORDS)]
    found: list[str] = []
    for match in WORD.finditer(folded):
        found.extend(_pieces(match.group()))
        if len(found) >= MOST_WORDS:
            break
    return found[:MOST_WORDS]


def spelled_words(text: str) -> list[str]:
    """Each word once, as it was written: for dictionaries."""
    plain = unicodedata.normalize("NFC", text).translate(SPELLED)
    return list(dict.fromkeys((WORD_IN_ASCII if plain.isascii() else WORD).findall(plain)))[:MOST_WORDS]


def fold(text: str) -> str:
    """Case, width and accents don't matter for finding."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if plain.isascii():
        return plain
    return unicodedata.normalize("NFC", "".join(_without_accents(plain))).translate(TWINS)


def pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]


def _without_accents(text: str) -> Iterator[str]:
    base = ""
    for character in unicodedata.normalize("NFD", text):
        is_mark = unicodedata.category(character) == "Mn"
        base = base if is_mark else character
        if not is_mark or character == BREVE or not _is_accented(base):
            yield character


def _is_accented(base: str) -> bool:
    return any(first <= ord(base or " ") <= last for first, last in ACCENTED)


def _pieces(word: str) -> list[str]:
    if word.isascii() or not UNSPACED.search(word):
        return [word]
    pieces: list[str] = []
    end = 0
    for run in UNSPACED.finditer(word):
        pieces += [word[end : run.start()], *pairs(run.group())]
        end = run.end()
    return [piece for piece in [*pieces, word[end:]] if piece]
