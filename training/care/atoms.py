"""What a text needs to have for an alternative of a phrase to be in it: one of a few atoms, and one of a few others.

Of all that an alternative can't be without, what ordinary texts have least of is taken.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.care.atoms import LONGEST, Choices
from app.care.levels import Level
from app.care.normaliser import folded
from training.care.data import everything

MOST = 400  # texts that a part may be, as far as they are written out
SHORTEST = 3  # letters of a second piece of the same text
WIDEST = 12  # letters of a range
DEAR = 2.0  # what an atom costs beside the texts that have it
CODE = re.compile(r"\\x\{([0-9a-f]+)\}")  # of a letter, as RE2 alone writes it

# The parser is Python's own, whose names begin with an underscore.
PARSER: Any = re._parser  # type: ignore[attr-defined]
OP: Any = re._constants  # type: ignore[attr-defined]


Choice = frozenset[str]


@dataclass(frozen=True, slots=True)
class Part:
    """Of a pattern. ``exact`` is all that it can be, if that isn't too much; else ``needed`` is what is in it."""

    exact: Choice | None = None
    needed: Choices | None = None

    @property
    def choices(self) -> Choices | None:
        """None where nothing is sure."""
        return self.needed if self.exact is None else _pieces_of_all(self.exact)


ANYTHING, NOTHING = Part(), Part(frozenset({""}))


def atoms_of(pattern: str) -> Choices | None:
    """None for a pattern that may be in any text."""
    plain = CODE.sub(lambda found: re.escape(chr(int(found[1], 16))), pattern)
    found = _sequence(PARSER.parse(plain)).choices
    return found and (_without_longer(found[0]), _without_longer(found[1]))


def _sequence(nodes: Iterable[Any]) -> Part:
    """Neighbours are read as one text for as long as there are not too many of them."""
    known, choices = frozenset({""}), list[Choices | None]()
    is_whole = True
    for part in map(_part, nodes):
        if part.exact is not None and len(part.exact) * len(known) <= MOST:
            known = frozenset(one + other for one in known for other in part.exact)
            continue
        is_whole = False
        choices += (_pieces_of_all(known), part.choices)
        known = part.exact if part.exact is not None and len(part.exact) <= MOST else frozenset({""})
    return Part(known) if is_whole else Part(needed=_cheapest([*choices, _pieces_of_all(known)]))


def _part(node: tuple[Any, Any]) -> Part:
    kind, of = node
    if kind is OP.LITERAL:
        return Part(frozenset({chr(of)}))
    if kind is OP.IN:
        return _letters(of)
    if kind is OP.SUBPATTERN:
        return _sequence(of[3])
    if kind is OP.BRANCH:
        return _branch([_sequence(one) for one in of[1]])
    if kind in (OP.MAX_REPEAT, OP.MIN_REPEAT):
        return _repeated(*of)
    return NOTHING if kind is OP.AT else ANYTHING


def _letters(of: Sequence[tuple[Any, Any]]) -> Part:
    found = set[str]()
    for kind, letter in of:
        if kind is OP.LITERAL:
            found.add(chr(letter))
        elif kind is OP.RANGE and letter[1] - letter[0] < WIDEST:
            found.update(map(chr, range(letter[0], letter[1] + 1)))
        else:
            return ANYTHING
    return Part(frozenset(found))


def _branch(parts: Sequence[Part]) -> Part:
    exact = [part.exact for part in parts if part.exact is not None]
    if len(exact) == len(parts):
        return Part(frozenset().union(*exact))
    each = [part.choices for part in parts]
    sure = [choices for choices in each if choices is not None]
    if len(sure) < len(each):
        return ANYTHING
    first, second = zip(*sure, strict=True)
    return Part(needed=(frozenset().union(*first), frozenset().union(*second)))


def _repeated(least: int, most: int, nodes: Iterable[Any]) -> Part:
    part = _sequence(nodes)
    if least == 0:
        return Part(part.exact | {""}) if most == 1 and part.exact is not None else ANYTHING
    return part if most == 1 else Part(needed=part.choices)


def _pieces_of_all(texts: Choice) -> Choices | None:
    """Of each of the texts the rarest piece, and the rarest beside it; nothing is sure where a text is empty."""
    if "" in texts:
        return None
    first, second = zip(*map(_rarest_two, texts), strict=True)
    return frozenset(first), frozenset(second)


@cache
def _rarest_two(text: str) -> tuple[str, str]:
    first = _rarest(text)
    at = text.index(first)
    beside = [rest for rest in (text[:at], text[at + len(first) :]) if len(rest) >= SHORTEST]
    return first, min(map(_rarest, beside), key=_texts_with, default=first)


def _rarest(text: str) -> str:
    return min(_pieces(text, min(LONGEST, len(text))), key=_texts_with)


def _texts_with(piece: str) -> int:
    return texts_with()[piece]


def _cheapest(some: Iterable[Choices | None]) -> Choices | None:
    """The two of all."""
    each = sorted({one for choices in some if choices is not None for one in choices}, key=_cost)
    return (each[0], each[min(1, len(each) - 1)]) if each else None


def _cost(atoms: Choice) -> float:
    return sum(texts_with()[atom] + DEAR for atom in atoms)


def _without_longer(atoms: Choice) -> Choice:
    """Whatever has a longer one of two has the shorter one in it."""
    return frozenset(atom for atom in atoms if atoms.isdisjoint(_parts(atom)))


def _parts(atom: str) -> Iterator[str]:
    return (piece for size in range(1, len(atom)) for piece in _pieces(atom, size))


@cache
def texts_with() -> Counter[str]:
    """How many ordinary texts have a piece in them."""
    ordinary = (f" {folded(row.text)} " for row in everything() if row.level is Level.NONE)
    pieces = ({piece for size in range(1, LONGEST + 1) for piece in _pieces(text, size)} for text in ordinary)
    counted = Counter[str]()
    for some in pieces:
        counted.update(some)
    return counted


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(len(text) - size + 1))
