"""Whether somebody says that they are safe now, in any language that has a text."""

from functools import cache
from typing import Any

import re2

from app.care import texts
from app.care.normaliser import folded
from app.care.rules import UNSPACED, compiled

LONGEST = 2000  # characters that are looked at


def says_safe(text: str) -> bool:
    return bool(text.strip()) and _phrases().Match(folded(text[:LONGEST]).encode()) is not None


@cache
def _phrases() -> Any:  # RE2 has no types
    found: Any = re2.Set.SearchSet()
    for language, told in texts.languages().items():
        for phrase in told.safe:
            found.Add(compiled(phrase, {}, spaced=language not in UNSPACED))
    found.Compile()
    return found
