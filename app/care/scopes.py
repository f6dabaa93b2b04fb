"""What is left of a rule that matched, once the words around it have been heard."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.care.levels import Category, Level, Sign

Pattern = Any  # RE2 has no types, and a ``Phrasing`` is asked in the same way
DONE_BY_ONE = {Category.SUICIDE, Category.SELF_HARM, Category.HARM_TO_OTHERS}  # else "not" is a part of the trouble


@dataclass(frozen=True, slots=True)
class Rule:
    """What a phrase means. ``ignores`` names scopes that don't touch it.

    One with a ``sign`` means nothing by itself: its level is ``none``.
    """

    id: str
    language: str
    level: Level
    category: Category
    ignores: frozenset[str] = frozenset()
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Scopes:
    """What takes something away from the rules of a language, as patterns; None where it has none.

    ``before`` and ``after`` negate what they stand next to, ``inside`` what stands around them. ``fiction`` in the
    clause makes nothing of a rule, elsewhere in the sentence it lowers it, as ``quotation`` and ``past`` do: a crisis
    becomes a concern. ``breaks`` end a clause. ``idioms`` mean something else altogether. ``first`` are the words of
    a person who speaks of themselves.
    """

    before: Pattern = None
    after: Pattern = None
    inside: Pattern = None
    fiction: Pattern = None
    quotation: Pattern = None
    past: Pattern = None
    breaks: Pattern = None
    idioms: Pattern = None
    first: Pattern = None


@dataclass(frozen=True, slots=True)
class Match:
    """Where a rule matched: in ``sentence[start:end]``. ``earlier`` is the sentence before; "" at the beginning."""

    sentence: str
    start: int
    end: int
    earlier: str = ""

    @property
    def text(self) -> str:
        return self.sentence[self.start : self.end]

    @property
    def around(self) -> str:
        return f"{self.sentence[: self.start]} {self.sentence[self.end - 1 :]}"

    def later(self, offset: int) -> "Match":
        return Match(self.sentence, self.start + offset, self.end, self.earlier)


def left_of(rule: Rule, pattern: Pattern, scopes: Scopes, match: Match) -> Level | None:
    """The level; None where nothing is left."""
    if "negation" not in rule.ignores and _negated(rule, pattern, scopes, match):
        return None
    if "fiction" not in rule.ignores and _told(scopes, match):
        return None
    if rule.level is Level.CRISIS and any(_lowering(rule, scopes, match)):
        return Level.CONCERN
    return rule.level


def is_negated(scopes: Scopes, sentence: str, start: int, end: int) -> bool:
    """Whether what stands around ``sentence[start:end]`` in its clause takes it back."""
    before, after = clause(scopes, sentence, start, end)
    return _has(scopes.before, before) or _has(scopes.after, after)


def is_quoted(scopes: Scopes, sentence: str, start: int) -> bool:
    """Whether it is what somebody said, in quotation marks."""
    before = sentence[: start + 1]
    return before.count('"') % 2 == 1 and _has(scopes.quotation, before)


def _negated(rule: Rule, pattern: Pattern, scopes: Scopes, match: Match) -> bool:
    if is_negated(scopes, match.sentence, match.start, match.end):
        return True
    return rule.category in DONE_BY_ONE and "inside" not in rule.ignores and _inside(rule, pattern, scopes, match)


def negated_elsewhere(scopes: Scopes, match: Match) -> bool:
    return _has(scopes.before, match.sentence[: match.start + 1]) or _has(scopes.inside, match.text)


def _inside(rule: Rule, pattern: Pattern, scopes: Scopes, match: Match) -> bool:
    """A negation in a gap, as in "I will never, ever do it": one that the rule would match without."""
    if scopes.inside is None:
        return False
    for found in scopes.inside.finditer(match.text):
        rest = max(found.end() - 1, found.start())
        if rest and pattern.search(match.text[rest:]):
            return _negated(rule, pattern, scopes, match.later(rest))
        is_broken = _has(scopes.breaks, match.text[found.start() :])
        if not is_broken and pattern.search(_without(match.text, *found.span())):
            return True
    return False


def _without(text: str, start: int, end: int) -> str:
    spaced = text[start] == " "
    return f"{text[: start + 1]}{text[end:]}" if spaced else f"{text[:start]}{text[end:]}"


def _told(scopes: Scopes, match: Match) -> bool:
    """As in "She is a character of mine.": in the clause, or in the sentence before if it isn't about the writer."""
    before, after = clause(scopes, match.sentence, match.start, match.end)
    if _has(scopes.fiction, f"{before}{after}"):
        return True
    return scopes.first is not None and _has(scopes.fiction, match.earlier) and not scopes.first.search(match.sentence)


def _lowering(rule: Rule, scopes: Scopes, match: Match) -> Iterator[bool]:
    named = (("fiction", scopes.fiction), ("quotation", scopes.quotation), ("past", scopes.past))
    yield from (name not in rule.ignores and _has(phrase, match.around) for name, phrase in named)
    open_quote = match.earlier.count('"') % 2 == 1
    yield open_quote and "quotation" not in rule.ignores and _has(scopes.quotation, match.earlier)


def clause(scopes: Scopes, sentence: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after ``sentence[start:end]``, as far as the clause goes; each with its spaces."""
    before, after = sentence[: start + 1], sentence[max(end - 1, start) :]
    if scopes.breaks is None:
        return before, after
    cut = [found.end() - 1 for found in scopes.breaks.finditer(before)]
    begins = cut[-1] if cut else 0
    stop = scopes.breaks.search(after)
    return before[begins:], after[: stop.start() + 1] if stop else after


def _has(pattern: Pattern, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None
