"""Texts that are too long, cut where it hurts least: after a sentence, else after a word, never inside a character."""

import re
import unicodedata

_SENTENCE_END = re.compile(
    r"(?<!\W\w)[.!?…]+[\"'”’»)\]]*(?=\s)"  # no initials, "e.g." or "1."
    r"|[。！？｡؟۔।॥።။៕]+[」』”’»）]*"
)
_ADDRESS = re.compile(r"\w+://|www\.")
FEWEST_WORDS = 4  # that tell what a cut text is about
_JOINER = "\u200d"  # makes one emoji of several


def shortened(text: str, most: int, least: int = 1) -> str:
    """At most ``most`` characters of it; a cut sentence ends with "…". Empty for an address: half of it is none."""
    text = text.strip()
    if len(text) <= most:
        return text
    if _ADDRESS.match(text) and not re.search(r"\s", text):
        return ""
    return whole_sentences(text[: most + 1], most, max(least, most // 3)) or _whole_words(text, most)


def whole_sentences(text: str, most: int, least: int = 1) -> str:
    """Up to the last sentence that ends within ``most`` characters; empty when that is less than ``least``."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text) if found.end() <= most]
    return text[: ends[-1]] if ends and ends[-1] >= least else ""


def without_cut_end(text: str) -> str:
    """Of a text that was cut somewhere: up to its last sentence, else word; empty when hardly anything is left."""
    whole = whole_sentences(f"{text}\n", len(text))
    return whole or (_whole_words(f"{text}.", len(text)) if len(text.split()) > FEWEST_WORDS else "")


def _whole_words(text: str, most: int) -> str:
    head = re.split(r"\s+\S*$", text[:most])[0].rstrip(" ,;:–-")
    if re.search(r"\s", text[:most]) and head:
        return f"{head}…"
    while most > 1 and _joins(text[most - 1], text[most]):
        most -= 1
    return text[:most]


def _joins(before: str, after: str) -> bool:
    """Whether two characters are parts of one that a reader sees."""
    is_mark = unicodedata.category(after) in {"Mn", "Me", "Sk"} or after in {_JOINER, "\ufe0f"}
    return is_mark or before == _JOINER
