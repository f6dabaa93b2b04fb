"""What means little by itself and much beside something else: despair, a farewell, means at hand."""

from collections.abc import Iterable, Set

from app.care.levels import Category, Finding, Level, Sign

ABOUT_OTHERS = ("third", "past", "told")  # rules that are named for what isn't now, or isn't the writer's
DESPERATE = {Category.SUICIDE, Category.SELF_HARM}


def signs_in(findings: Iterable[Finding]) -> Set[Sign]:
    """The signs among what was found; a concern for the writer's life is one of despair."""
    return {sign for sign in map(_sign, findings) if sign}


def _sign(found: Finding) -> Sign | None:
    is_own = found.category in DESPERATE and not any(name in found.source for name in ABOUT_OTHERS)
    return Sign.DESPAIR if found.level is Level.CONCERN and is_own else found.sign


def complementary(ones: Set[Sign], others: Set[Sign]) -> bool:
    """The same twice is nothing new."""
    return any(one is not other for one in ones for other in others)
