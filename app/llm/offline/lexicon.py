"""The words and sentences of the offline coach, from the tables beside this module; they say what each is for."""

import re
import tomllib
from pathlib import Path
from typing import Any


def table(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def _sets(table: dict[str, str]) -> dict[str, frozenset[str]]:
    return {name: frozenset(text.split()) for name, text in table.items()}


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {word: name for name, text in table.items() for word in text.split()}


_WORDS = table("lexicon")
SENTENCES: dict[str, dict[str, str]] = table("sentences")
PHRASES: dict[str, dict[str, Any]] = table("phrases")
SESSION, INTERVIEW, REVIEW = (PHRASES.pop(name) for name in ("session", "interview", "review"))
KIND_PHRASES: dict[str, str] = SENTENCES.pop("phrases")
KINDS, ROLES = _by_word(_WORDS["kinds"]), _by_word(_WORDS["roles"])
BEST: dict[str, str] = _WORDS["best"]
CUES: dict[str, str] = _WORDS["cues"]
HINTS: dict[str, str] = _WORDS["hints"]
WEBSITE: dict[str, str] = _WORDS["website"]
SCALE: dict[str, int] = _WORDS["scale"]
IRREGULAR: dict[str, str] = _WORDS["irregular"]
EXPRESSIONS = {name: re.compile(text, re.IGNORECASE) for name, text in _WORDS["expressions"].items()}
ENDING = EXPRESSIONS["ending"]
LANGUAGES, WORDS = _sets(_WORDS["languages"]), _sets(_WORDS["words"])
GLAD, HEAVY = WORDS["glad"], WORDS["heavy"]
FOUNDATION = ("vision", "purpose", "value", "market", "promise")
ANGLES = ("where it stands today", "what matters most in it", "how one can tell that it works", "the next small step")
