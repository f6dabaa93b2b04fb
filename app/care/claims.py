"""What a coach says that it has done, as the files ``claims/<language>.toml`` have it.

Each begins with an opener, from which on a sentence is held back: "I've", "your reminder". Openers that begin with the
most common words are long, so that most sentences pass as they come. A claim that no action
stands behind is replaced by the language's correction.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.care.normaliser import letters
from app.care.rule_files import NAMED, compiled, pattern_of
from app.care.scopes import Pattern

FOLDER = Path(__file__).parent / "claims"
GAP = "([^ ,]+ )"  # a word: no claim reaches over a comma
MOST_BETWEEN = 3  # words between what takes a claim back and the claim


@dataclass(frozen=True, slots=True)
class Claim:
    """``first``: only at the beginning of a sentence; ``alone``: only as all of it; ``future``: a promise."""

    kind: str
    text: str
    anchors: frozenset[str]
    first: bool = False
    alone: bool = False
    future: bool = False


@dataclass(frozen=True, slots=True)
class Claims:
    """Of a language. ``unless`` in front of a claim, and ``inside`` it, takes it back; ``until`` a promise."""

    claims: tuple[Claim, ...]
    correction: str
    unless: Pattern
    inside: Pattern
    until: Pattern
    greetings: Pattern

    def is_meant(self, claim: Claim, line: str, start: int, end: int) -> bool:
        before, after = line[: start + 1], line[end - 1 :]
        if before.count('"') % 2 or self.inside.search(line[start:end]):
            return False
        if claim.future and (self.unless.search(before) or self.until.search(after)):
            return False
        if (claim.first or claim.alone) and not self.greetings.search(before):
            return False
        if claim.alone and after.strip(' ,"'):
            return False
        return not self._taken_back(before)

    def _taken_back(self, before: str) -> bool:
        near = before.rpartition(",")[2].split()[-MOST_BETWEEN - 1 :]
        return bool(self.unless.search(f" {' '.join(near)} "))


@cache
def languages() -> dict[str, Claims]:
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def _read(path: Path) -> Claims:
    rows: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {name: "|".join(told) for name, told in rows["words"].items()}
    greetings = "|".join(rows["greetings"])
    return Claims(
        claims=tuple(_claims(rows["claim"], words)),
        correction=rows["correction"],
        unless=_pattern(rows["unless"]),
        inside=_pattern(rows["inside"]),
        until=_pattern(rows["until"]),
        greetings=pattern_of(f'^ ?({compiled(greetings, {}, spaced=True)}, ?)*"? ?$'),
    )


def _claims(rows: Sequence[dict[str, Any]], words: dict[str, str]) -> Iterator[Claim]:
    for row in rows:
        opens = row.pop("opens")
        then = f" ({row.pop('then')})" if "then" in row else ""
        text = f"({'|'.join(f'({one})' for one in opens)}){then}"
        while NAMED.search(text):
            text = NAMED.sub(lambda found: f"({words[found[1]]})", text)
        anchors = frozenset(f"{' '.join(letters(one).split())} " for text in opens for one in _expanded(text))
        yield Claim(text=text.replace("(~ )", GAP), anchors=anchors, **row)


def _expanded(opener: str) -> Iterator[str]:
    """All that an opener with ``(this|that) (other )?groups`` can be."""
    group = re.search(r"\(([^()]*)\)(\??)", opener)
    if group is None:
        yield opener
        return
    for choice in (*group[1].split("|"), *([""] if group[2] else [])):
        yield from _expanded(opener[: group.start()] + choice + opener[group.end() :])


def _pattern(alternatives: Sequence[str]) -> Pattern:
    return pattern_of(compiled("|".join(alternatives), {}, spaced=True))
