"""Sentences that recognisers are known to invent for silence and noise. Nobody who talks to a coach says them."""

import re
import tomllib
import unicodedata
from pathlib import Path

from app.speech.sentences import split

KNOWN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
LONGEST: int = KNOWN["longest"]
_INVENTED = re.compile(
    "|".join(f"(?:{pattern})" for kind in ("thanks", "channels", "credits") for pattern in KNOWN[kind])
)
# sounds that are named, not words: "[Music]", "(applause)", "♪ la la ♪"
_NOTES = re.compile(
    r"\[[^\]\n]*\]|\([^)\n]*\)|（[^）\n]*）|【[^】\n]*】|\*[^*\n]*\*|<[^>\n]*>|[♪♫♬🎵🎶][^♪♫♬🎵🎶\n]*[♪♫♬🎵🎶]?"
)


def without_hallucinations(text: str) -> str:
    """What is left of a transcript; ``""`` when nobody spoke."""
    if _is_invented(text) or not any(map(str.isalnum, _NOTES.sub("", text))):
        return ""
    return "".join(sentence for sentence in split(text) if not _is_invented(sentence)).strip()


def _is_invented(sentence: str) -> bool:
    said = _bare(sentence)
    return len(said) <= LONGEST and _INVENTED.search(said) is not None


def _bare(sentence: str) -> str:
    """In lower case, with single spaces and without punctuation."""
    plain = unicodedata.normalize("NFKC", sentence).lower().replace("i̇", "i").replace("’", "'")
    marks = "".join(letter if unicodedata.category(letter)[0] in "LMN" or letter in " '-" else " " for letter in plain)
    return " ".join(marks.split())
