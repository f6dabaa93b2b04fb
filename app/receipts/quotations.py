"""Words in quotation marks."""

import re
from dataclasses import dataclass

from app.receipts.letters import compared

QUOTED = re.compile(r"[“„\"«»‹›”]\s*([^“”„\"«»‹›\n]+?)\s*(?:[”“\"»«›‹]|$)|(?<!\w)[‘‚]((?:[^‘’\n]|’(?=\w))+)[’‘](?!\w)")
LEFT_OUT = re.compile(r"\[[^\]]*\]|\(…\)|…|\.{3,}")
OPENING = '“„"«»‹‘‚'


@dataclass(frozen=True, slots=True)
class Quotation:
    """``parts`` are what it is compared by: what stands between gaps."""

    start: int
    end: int
    text: str

    @property
    def parts(self) -> list[str]:
        found = [compared(part) for part in LEFT_OUT.split(self.text)]
        return [part for part in found if part.strip()]

    @property
    def size(self) -> int:
        """In words."""
        return sum(len(part.split()) for part in self.parts)


def quotations(text: str) -> list[Quotation]:
    found = [Quotation(one.start(), one.end(), one[1] or one[2]) for one in QUOTED.finditer(text)]
    return [one for one in found if one.size]


def is_within(parts: list[str], text: str) -> bool:
    """Whether all parts are in a text that is ``compared``, in their order."""
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part) - 1
    return True
