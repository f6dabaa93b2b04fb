"""What a person said, and where: all that care looks at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from app.core.places import NOWHERE, Place
from app.llm.interfaces import Caller

PATHS = {  # what a feature is called where people read of it; the longest prefix counts
    "topics.conversation": "conversation", "topics.onboarding": "onboarding", "topics": "execute",
    "interviews": "interview",
}  # fmt: skip
MOST_BEFORE = 3  # messages that are looked at beside the last one


def nothing() -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Words:
    """``before`` gives what they said last, oldest first, without what was said in a crisis.

    It is asked only when ``text`` has a sign of danger. ``is_spoken``: the person reads what comes of it as an answer.
    """

    tenant_id: str
    user_id: str
    feature: str
    text: str = ""
    before: Callable[[], Sequence[str]] = nothing
    place: Place = NOWHERE
    is_spoken: bool = True

    @classmethod
    def nobodys(cls, caller: Caller) -> Self:
        """For a model's work that no person waits for, or that is made beside their turn."""
        return cls(caller.tenant_id, caller.user_id, caller.feature, is_spoken=False)

    @classmethod
    def of(
        cls, caller: Caller, text: str = "", before: Callable[[], Sequence[str]] = nothing, place: Place = NOWHERE
    ) -> Self:
        return cls(caller.tenant_id, caller.user_id, caller.feature, text, before, place)

    @property
    def is_anonymous(self) -> bool:
        """Nobody can be followed up, and nobody looks after them."""
        return not self.tenant_id

    @property
    def path(self) -> str:
        """The way that the words took: ``chat``, ``coaching``, ``execute``, …"""
        known = (name for prefix, name in PATHS.items() if self.feature.startswith(prefix))
        return next(known, self.feature.partition(".")[0])
