"""Whether a piece of text may have an anchor in it, told in about a microsecond by the first letters of its words."""

import re
import string
from collections.abc import Iterable, Iterator
from functools import cache

from app.care.normaliser import letters
from app.care.output_phrases import Tree, phrases

DEPTH = 4  # letters of a word that are looked at
PAST = 2  # letters that are looked at after an apostrophe
ALPHABETS = (*range(0x80, 0x700), *range(0x1E00, 0x2000))  # whose letters come in many forms
MARKS = ".!?…。！？؟।۔॥\n\r;؛"  # which may end a sentence
CLEAR = -1  # nothing to look at
ANCHOR = -2  # there is one
FIRST_UNSPACED = "\u3040"  # script

# of words: as many letters, and two more past an apostrophe; and marks
WORDS_OF_ASCII = re.compile(rf"(?<!\w)(?<!\w')\w{{1,{DEPTH}}}(?:'\w{{1,{PAST}}})?|[{MARKS}]")
LETTER = r"[\w\u0900-\u0dff]"
WORDS = re.compile(rf"(?<!{LETTER})(?<!{LETTER}'){LETTER}{{1,{DEPTH}}}(?:'{LETTER}{{1,{PAST}}})?|[{MARKS}]")
STARTS = re.compile(rf"(?<!{LETTER})(?<!{LETTER}'){LETTER}")
FORMS = {one: form[0] for one in ALPHABETS if (form := letters(chr(one))).isalnum()} | {ord("’"): "'", ord("_"): " "}


def look(seen: str) -> int:
    """``CLEAR``, or ``ANCHOR``, or how many characters at its end may be the beginning of one.

    The first character of ``seen`` is the one before the text.
    """
    if seen.isascii():
        plain = seen.lower().replace("_", " ")
        words = WORDS_OF_ASCII.findall(plain, 1)
    else:
        plain = seen.lower().translate(FORMS)
        words = WORDS.findall(plain, 1)
        if max(plain) >= FIRST_UNSPACED:
            return _mixed(plain)
    return CLEAR if _first_letters().isdisjoint(words) else _followed(phrases().spaced, plain, _places(plain))


def _mixed(plain: str) -> int:
    """Of text that has other scripts in it, where a word may begin anywhere."""
    letters_of_it = (place for place in range(1, len(plain)) if _is_letter(plain[place]))
    found = _followed(phrases().unspaced, plain, letters_of_it), _followed(phrases().spaced, plain, _places(plain))
    return ANCHOR if ANCHOR in found else max(found)


def _places(plain: str) -> Iterator[int]:
    return (found.start() for found in STARTS.finditer(plain, 1))


def _followed(tree: Tree, plain: str, places: Iterable[int]) -> int:
    """The same, for these places: as far as the text goes on like an anchor from each."""
    begun = 0
    for place in places:
        end = _along(tree, plain, place)
        if end == ANCHOR:
            return ANCHOR
        begun = begun or (len(plain) - place if end == len(plain) else 0)
    return begun


def _along(tree: Tree, plain: str, at: int) -> int:
    """How far a text goes on like an anchor, or ``ANCHOR`` for a whole one."""
    grown = ""
    for place in range(at, len(plain)):
        letter = plain[place] if _is_letter(plain[place]) else " "
        if plain[place] == "'" or (letter == " " and not _is_letter(plain[place - 1])):
            continue
        grown += letter
        if tree.get(grown):
            return ANCHOR
        if grown not in tree or plain[place] in MARKS:
            return place
    return len(plain)


def _is_letter(one: str) -> bool:
    return one.isalnum() or "\u0900" <= one <= "\u0dff"  # vowel signs of India's scripts are no letters


@cache
def _first_letters() -> frozenset[str]:
    """Of the words that anchors begin with; and marks."""
    found = set(MARKS)
    for word, numbers in phrases().spaced.items():
        if " " not in word and "," not in word:
            found.update((word[:DEPTH], *_with_apostrophes(word), *(_longer(word) if numbers else ())))
    return frozenset(found)


def _with_apostrophes(word: str) -> Iterator[str]:
    """Folding leaves them out."""
    for place in range(1, min(DEPTH, len(word) - 1) + 1):
        yield f"{word[:place]}'{word[place : place + PAST]}"


def _longer(word: str) -> Iterator[str]:
    """All that begins with a word."""
    if len(word) < DEPTH:
        for letter in _alphabet_of(word[0]):
            yield word + letter
            yield from _longer(word + letter)


@cache
def _alphabet_of(letter: str) -> str:
    """The letters of a script, as folded."""
    if letter.isascii():
        return string.ascii_lowercase
    first = ord(letter) & ~0x7F
    return "".join(one for one in map(chr, range(first, first + 0x80)) if _is_letter(one))
