"""Rules of all languages over folded text: a phrase, what it means, and what takes its meaning away."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache

from app.care import book
from app.care.book import Book
from app.care.levels import Finding, Level, gravest
from app.care.phrasing import Phrasing
from app.care.scopes import Match, Rule, Scopes, left_of, negated_elsewhere
from app.care.tongues import ANYWHERE, FEW, latin_languages, tongues

MASK = " _ "  # in place of an idiom
BORROWED = 3  # words of English that stand in another language's sentence
NOWHERE = Scopes()


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of folded text, the one before, and what it has atoms of."""

    text: str
    earlier: str
    owners: Iterable[int]
    languages: Set[str]


class Rules:
    """All rules of all languages. Immutable."""

    def __init__(self, of: Book) -> None:
        self._book = of
        self._scopes = {code: of.scopes(code) for code in of.chapters}
        placed = [one for chapter in of.chapters.values() for one in chapter.rules]
        self._rules = [(one.rule, of.phrasing(one.place)) for one in placed]
        self._firsts = [one.place.first for one in placed]
        self._always = {number for number, (_, phrasing) in enumerate(self._rules) if phrasing.anywhere}

    def scopes(self, language: str) -> Scopes:
        return self._scopes.get(language, NOWHERE)

    def find(self, folded: str) -> list[Finding]:
        """What the rules see in folded text, one finding for each rule that speaks."""
        return self.read(folded)[0]

    def read(self, folded: str) -> tuple[list[Finding], list[str]]:
        """The same, and the lines without those where all is taken back, as in "I'd never kill myself", or a sign."""
        levels: dict[Rule, list[Level]] = {}
        kept = list[str]()
        for line in self._lines(folded):
            seen = list(self._hear(line))
            for rule, level in seen:
                if level is not None:
                    levels.setdefault(rule, []).append(level)
            if not seen or any(level not in (None, Level.NONE) for _, level in seen):
                kept.append(line.text)
        return [_finding(rule, left) for rule, left in levels.items()], kept

    def _lines(self, folded: str) -> Iterator[Line]:
        lines, is_long = folded.split("\n"), len(folded) > FEW
        for earlier, line, owners in zip(("", *lines), lines, self._book.by_line(folded), strict=False):
            yield Line(line, earlier, owners, tongues(line, is_long=is_long))

    def _hear(self, line: Line) -> Iterator[tuple[Rule, Level | None]]:
        """The rules that match, each with what is left of its level."""
        for rule, phrasing, match in self._matches(line):
            is_negated = self._is_negated_elsewhere(rule, match)
            yield rule, None if is_negated else left_of(rule, phrasing, self.scopes(rule.language), match)

    def _matches(self, line: Line) -> Iterator[tuple[Rule, Phrasing, Match]]:
        """Where each rule matches once the idioms of its language are masked."""
        for number in self._possible(line.owners):
            rule, phrasing = self._rules[number]
            if rule.language not in line.languages or not phrasing.is_in(line.text, line.owners):
                continue
            masked = self._masked(rule.language, line)
            owners = line.owners if masked is line.text else None
            for start, end in (found.span() for found in phrasing.finditer(masked, owners)):
                yield rule, phrasing, Match(masked, start, end, line.earlier)

    def _possible(self, owners: Iterable[int]) -> list[int]:
        """The numbers of the rules that these alternatives may be of."""
        return sorted({bisect_right(self._firsts, owner) - 1 for owner in owners}.union(self._always))

    def _masked(self, language: str, line: Line) -> str:
        idioms = self.scopes(language).idioms
        return idioms.sub(MASK, line.text) if idioms else line.text

    def _is_negated_elsewhere(self, rule: Rule, match: Match) -> bool:
        """English words that others borrow have their negation in the language around them."""
        borrowed = rule.language == ANYWHERE and len(match.text.split()) <= BORROWED
        if not borrowed or "negation" in rule.ignores:
            return False
        others = latin_languages() & self._scopes.keys() - {ANYWHERE}
        return any(negated_elsewhere(self.scopes(other), match) for other in others)


def _finding(rule: Rule, levels: Sequence[Level]) -> Finding:
    return Finding(gravest(levels), rule.category, f"rule:{rule.id}", rule.language, sign=rule.sign)


@cache
def rules() -> Rules:
    """Those of the house."""
    return Rules(book.read())
