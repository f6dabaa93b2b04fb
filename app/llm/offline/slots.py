"""A place in the answer, and what its name says about what belongs there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

from app.llm.offline.lexicon import ROLES
from app.llm.offline.material import Thing, kind_of
from app.llm.offline.words import parts, singular

OURS = frozenset(
    {"suggested", "recommended", "expected", "potential", "overall", "optimized"}
)  # ours to say, not copied
FINAL = frozenset({"final", "finished", "ended", "over"})


@dataclass(frozen=True)
class Slot:
    """``path`` are the names from the root; ``thing`` is what the object around it is about, one of a list of ``index``.

    ``is_row``: the object stands for the thing itself, and its values are copied. ``beside`` is what it holds so far.
    """

    path: tuple[str, ...] = ()
    thing: Thing | None = None
    index: int = 0
    is_row: bool = False
    beside: Mapping[str, Any] = field(default_factory=dict)
    siblings: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        return parts(self.name)

    @cached_property
    def role(self) -> str:
        """What is asked for: by the last word of the name that is known."""
        return next((ROLES[word] for word in map(singular, reversed(self.words)) if word in ROLES), "")

    @cached_property
    def kind(self) -> str:
        return kind_of(self.name)

    @property
    def is_metric(self) -> bool:
        return not self.is_row and {"unit", "direction"} <= self.siblings

    def within(self, name: str, **changes: Any) -> "Slot":
        return replace(self, path=(*self.path, name), **changes)


class Writer(Protocol):
    """Knows one kind of material, and what it gives for a place."""

    def copied(self, slot: Slot) -> Any:
        """A value that was given and belongs here, or None."""

    def text(self, slot: Slot) -> str: ...

    def texts(self, slot: Slot, least: int, most: int) -> list[str]: ...

    def things(self, slot: Slot, items: Mapping[str, Any], least: int, most: int) -> tuple[list[Thing], bool]:
        """What the objects of a list are about, and whether they stand for these things themselves."""

    def more(self, slot: Slot) -> list[str]:
        """Further sentences for a text that has to be longer."""
