"""A place in the answer, and what its name says about what belongs there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.core.json import JSONValue
from app.llm.offline.lexicon import ROLES, WORDS
from app.llm.offline.material import kind_of
from app.llm.offline.things import Thing
from app.llm.offline.words import parts, singular

OURS = WORDS["ours"]  # ours to say, not copied
FINAL = WORDS["final"]


@dataclass(frozen=True)
class Slot:
    """``path`` are the names from the root, ``thing`` is what the object around it is about, ``index`` its place.

    ``is_row``: the object stands for the thing itself, and its values are copied. ``beside`` is what it holds so far.
    """

    path: tuple[str, ...] = ()
    thing: Thing | None = None
    index: int = 0
    is_row: bool = False
    beside: Mapping[str, JSONValue] = field(default_factory=dict)
    siblings: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        return parts(self.name)

    @property
    def last(self) -> str:
        return self.words[-1] if self.words else ""

    @cached_property
    def role(self) -> str:
        """What is asked for: by the last word of the name that is known; that it is advice says least."""
        known = [ROLES[word] for word in map(singular, reversed(self.words)) if word in ROLES]
        return next((role for role in known if role != "advice"), next(iter(known), ""))

    @cached_property
    def kind(self) -> str:
        return kind_of(self.name)

    @property
    def is_metric(self) -> bool:
        return not self.is_row and {"unit", "direction"} <= self.siblings
