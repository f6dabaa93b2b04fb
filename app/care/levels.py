"""What is found in a person's words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Level(StrEnum):
    """``crisis``: life or limb at risk now. ``concern``: the coach goes on, after a check-in."""

    NONE = "none"
    CONCERN = "concern"
    CRISIS = "crisis"

    @property
    def rank(self) -> int:
        return RANKS[self]


RANKS = {Level.NONE: 0, Level.CONCERN: 1, Level.CRISIS: 2}


def gravest(levels: Iterable[Level]) -> Level:
    return max(levels, key=lambda level: level.rank, default=Level.NONE)


class Category(StrEnum):
    SUICIDE = "suicide"
    SELF_HARM = "self_harm"
    HARM_TO_OTHERS = "harm_to_others"
    DANGER = "danger"  # abuse, violence against the writer
    MEDICAL = "medical"


class Sign(StrEnum):
    """What means something only beside another of them."""

    DESPAIR = "despair"
    FAREWELL = "farewell"
    MEANS = "means"


@dataclass(frozen=True, slots=True)
class Finding:
    """``source`` names what spoke, such as ``rule:<id>``; one with a source and no level is a ``sign`` that means
    something only beside others. ``score`` is the classifier's, from 0 to 1; ``is_unsure`` asks for a second opinion.
    """

    level: Level = Level.NONE
    category: Category | None = None
    source: str = ""
    language: str = ""
    score: float | None = None
    is_unsure: bool = False
    sign: Sign | None = None


NOTHING = Finding()


def settled(found: Finding) -> Finding:
    """What is unsure, and nobody else is asked about, counts as a concern."""
    if not found.is_unsure:
        return found
    level = max(found.level, Level.CONCERN, key=lambda level: level.rank)
    return replace(found, level=level, category=found.category or Category.SUICIDE, is_unsure=False)
