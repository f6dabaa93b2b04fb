"""Sentences that recognisers are known to invent for silence and noise. Nobody who talks to a coach says them."""

import re
import tomllib
import unicodedata
from pathlib import Path

from app.speech.sentences import split

KNOWN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
_CREDITS = re.compile("|".join(KNOWN["patterns"]), re.IGNORECASE)
# sounds that are named, not words: "[Music]", "(applause)", "♪ la la ♪"
_NOTES = re.compile(
    r"\[[^\]\n]*\]|\([^)\n]*\)|（[^）\n]*）|【[^】\n]*】|\*[^*\n]*\*|<[^>\n]*>|[♪♫♬🎵🎶][^♪♫♬🎵🎶\n]*[♪♫♬🎵🎶]?"
)


def without_hallucinations(text: str) -> str:
    """What is left of a transcript; ``""`` when nobody spoke."""
    if _is_invented(text) or not _letters(_NOTES.sub("", text)):
        return ""
    return "".join(sentence for sentence in split(text) if not _is_invented(sentence)).strip()


def _is_invented(sentence: str) -> bool:
    return _letters(sentence) in _SENTENCES or _CREDITS.search(sentence.strip()) is not None


def _letters(text: str) -> str:
    """Letters and digits only; accents, width and case do not matter."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


_SENTENCES = frozenset(map(_letters, KNOWN["sentences"].splitlines())) - {""}
