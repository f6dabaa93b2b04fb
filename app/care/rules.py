"""Rules of all languages over folded text, asked at once: a phrase, what it means, and what takes its meaning away."""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from typing import Any

import re2

from app.care.levels import Finding, Level, gravest
from app.care.rule_files import FOLDER, OPTIONS, ROOMY, Language, Pattern, Rule, Scopes, load
from app.care.scopes import Match, left_of, negated_elsewhere
from app.care.tongues import ANYWHERE, FEW, latin_languages, tongues

MASK = " _ "  # in place of an idiom
BORROWED = 3  # words of English that stand in another language's sentence
SILENCE = ("  ", " x ")


class Speaker:
    """The rules of one language. Immutable."""

    def __init__(self, language: Language) -> None:
        self.scopes, self._rules = language.scopes, language.rules
        self._filter = _filter(self._rules)
        self._patterns = [self._filter.re(number) for number in range(len(self._rules))]

    def hits(self, line: str, earlier: str = "") -> Iterator[tuple[Rule, Pattern, Match]]:
        """Where each rule matches once the idioms are masked. ``earlier`` is the line before."""
        hits = self._filter.Match(line.encode())
        masked = self.scopes.idioms.sub(MASK, line) if hits and self.scopes.idioms else line
        for hit in hits or ():
            for start, end in (match.span() for match in self._patterns[hit].finditer(masked)):
                yield self._rules[hit], self._patterns[hit], Match(masked, start, end, earlier)


class Rules:
    """All rules of all languages. Raises ``ValueError`` for one that fires where nothing is said. Immutable."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._speakers = {code: Speaker(language) for code, language in languages.items()}
        self._codes = frozenset(languages)
        fired = [hit for speaker in self._speakers.values() for text in SILENCE for hit in speaker.hits(text)]
        if fired:
            raise ValueError(f"fires where nothing is said: {fired[0][0].id}")

    def scopes(self, language: str) -> Scopes:
        found = self._speakers.get(language)
        return found.scopes if found else Scopes()

    def find(self, folded: str) -> list[Finding]:
        """What the rules see in folded text, one finding for each rule that speaks."""
        return self.read(folded)[0]

    def read(self, folded: str) -> tuple[list[Finding], list[str]]:
        """The same, and the lines without those where all is taken back, as in "I'd never kill myself", or a sign."""
        levels: dict[Rule, list[Level]] = {}
        lines, kept = folded.split("\n"), list[str]()
        for earlier, line in zip(("", *lines), lines, strict=False):
            seen = [hit for code in tongues(line, is_long=len(folded) > FEW) & self._codes
                    for hit in self._hear(code, line, earlier)]  # fmt: skip
            for rule, level in seen:
                if level is not None:
                    levels.setdefault(rule, []).append(level)
            if not seen or any(level not in (None, Level.NONE) for _, level in seen):
                kept.append(line)
        return [_finding(rule, left) for rule, left in levels.items()], kept

    def _hear(self, code: str, line: str, earlier: str) -> Iterator[tuple[Rule, Level | None]]:
        """The rules that match, each with what is left of its level."""
        speaker = self._speakers[code]
        for rule, phrase, match in speaker.hits(line, earlier):
            is_negated = self._is_negated_elsewhere(rule, match)
            yield rule, None if is_negated else left_of(rule, phrase, speaker.scopes, match)

    def _is_negated_elsewhere(self, rule: Rule, match: Match) -> bool:
        """English words that others borrow have their negation in the language around them."""
        borrowed = rule.language == ANYWHERE and len(match.text.split()) <= BORROWED
        if not borrowed or "negation" in rule.ignores:
            return False
        others = (self._speakers[code] for code in latin_languages() & self._codes - {ANYWHERE})
        return any(negated_elsewhere(other.scopes, match) for other in others)


def _finding(rule: Rule, levels: Sequence[Level]) -> Finding:
    return Finding(gravest(levels), rule.category, f"rule:{rule.id}", rule.language, sign=rule.sign)


def _filter(rules: Sequence[Rule]) -> Any:
    """It walks the text once for the words that rules need to have, and asks only the rules that have theirs."""
    made = _compiled(rules, frozenset())
    always = frozenset(made.Match(SILENCE[1], True) or ())
    return _compiled(rules, always) if always and rules[0].language == ANYWHERE else made


def _compiled(rules: Sequence[Rule], always: Set[int]) -> Any:
    """Some need no word, and are asked about everything; in the language that is always asked they get more room."""
    made = re2.Filter()
    for number, rule in enumerate(rules):
        made.Add(rule.phrase, ROOMY if number in always else OPTIONS)
    made.Compile()
    return made


@cache
def rules() -> Rules:
    """Those of the house."""
    return Rules({path.stem: load(path) for path in sorted(FOLDER.glob("*.toml"))})
