"""Characters with their times to phonemes with their times, for voices that time what is written, not what is heard."""

import unicodedata
from collections.abc import Sequence

from app.speech.interfaces import Mark

# longest first; "" keeps a letter silent
GROUPS = {
    "tion": "ʃən", "sion": "ʒən", "ough": "oʊ", "augh": "ɔː", "igh": "aɪ", "tch": "tʃ", "dge": "dʒ", "sch": "ʃ",
    "eau": "oʊ", "th": "θ", "sh": "ʃ", "ch": "tʃ", "ph": "f", "wh": "w", "ng": "ŋ", "ck": "k", "qu": "kw", "gh": "",
    "kn": "n", "wr": "ɹ", "oo": "uː", "ou": "aʊ", "ow": "oʊ", "oa": "oʊ", "oe": "oʊ", "oy": "ɔɪ", "oi": "ɔɪ",
    "ee": "iː", "ea": "iː", "ie": "iː", "ei": "eɪ", "ey": "eɪ", "ai": "eɪ", "ay": "eɪ", "au": "ɔː", "aw": "ɔː",
    "ew": "uː", "ue": "uː", "er": "ɚ", "ir": "ɚ", "ur": "ɚ",
}  # fmt: skip
LETTERS = {
    "a": "æ", "b": "b", "c": "k", "d": "d", "e": "ɛ", "f": "f", "g": "ɡ", "h": "h", "i": "ɪ", "j": "dʒ", "k": "k",
    "l": "l", "m": "m", "n": "n", "o": "o", "p": "p", "q": "k", "r": "ɹ", "s": "s", "t": "t", "u": "u", "v": "v",
    "w": "w", "x": "ks", "y": "i", "z": "z", "ß": "s", "ø": "ø", "æ": "æ", "œ": "œ", "ı": "ɨ", "ł": "w", "đ": "d",
    "ð": "ð", "þ": "θ",
    "а": "a", "б": "b", "в": "v", "г": "ɡ", "д": "d", "е": "e", "ё": "o", "ж": "ʒ", "з": "z", "и": "i", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x",
    "ц": "ts", "ч": "tʃ", "ш": "ʃ", "щ": "ʃ", "ъ": "", "ы": "ɨ", "ь": "", "э": "e", "ю": "u", "я": "a", "і": "i",
    "α": "a", "β": "v", "γ": "ɣ", "δ": "ð", "ε": "e", "ζ": "z", "η": "i", "θ": "θ", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "ks", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "i", "φ": "f",
    "χ": "x", "ψ": "ps", "ω": "o",
    "1": "wʌn", "2": "tuː", "3": "θɹiː", "4": "foːɹ", "5": "faɪv", "6": "sɪks", "7": "sɛvən", "8": "eɪt", "9": "naɪn",
    "0": "ziəɹoʊ",
}  # fmt: skip
LIKE = {"ä": "e", "ö": "ø", "ü": "u", "й": "и", "ї": "і"}
LONGEST_GROUP = 4
SHORTEST_PAUSE = 0.12  # seconds; words that follow each other closely have none between them
VOWELS = frozenset("aeiouy")
UNKNOWN = "ə"


def phonemes(marks: Sequence[Mark]) -> list[Mark]:
    """The same span of time; each group of letters lasts as long as its letters do."""
    text = "".join(_plain(mark.symbol) for mark in marks)
    found: list[Mark] = []
    at = 0
    while at < len(marks):
        size, sound = _sound(text, at)
        mark = Mark(marks[at].start, marks[at + size - 1].end, sound)
        if not sound and found and (text[at].isalpha() or mark.end - mark.start < SHORTEST_PAUSE):
            found[-1] = Mark(found[-1].start, mark.end, found[-1].symbol)  # nothing is heard of it
        else:
            found.append(mark)
        at += size
    return found


def _sound(text: str, at: int) -> tuple[int, str]:
    """How many characters are one sound, and which."""
    for size in range(LONGEST_GROUP, 1, -1):
        group = text[at : at + size]
        if len(group) == size and group in GROUPS:
            return size, GROUPS[group]
    letter = text[at]
    if letter == "e" and _is_silent_e(text, at):
        return 1, ""
    if letter == "c" and text[at + 1 : at + 2] in ("e", "i", "y"):
        return 1, "s"
    if letter == text[at + 1 : at + 2] and letter.isalpha():
        return 2, LETTERS.get(letter, UNKNOWN)
    return 1, LETTERS.get(letter, UNKNOWN if letter.isalpha() else "")


def _is_silent_e(text: str, at: int) -> bool:
    """At the end of a word that has another vowel before it."""
    if text[at + 1 : at + 2].isalpha():
        return False
    start = at
    while start and text[start - 1].isalpha():
        start -= 1
    return any(letter in VOWELS for letter in text[start:at])


def _plain(character: str) -> str:
    """One lower-case letter without its accents, or a space."""
    letter = character.lower()[:1]
    if letter in LETTERS:
        return letter
    if letter in LIKE:
        return LIKE[letter]
    base = unicodedata.normalize("NFD", letter)[:1]
    return base if base.isalpha() else " "
