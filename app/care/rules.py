"""Rules by language over folded text: a phrase, what it means, and what takes its meaning away.

A file ``rules/<language>.toml`` has ``[words]`` (lists of alternatives, used as ``<name>``), ``[scopes]`` and
``[[rule]]`` rows. A phrase is a regular expression (RE2) over words; ``~`` stands for any letters, ``...`` for up to
three words. It begins and ends at a word's edge; in languages written without spaces, anywhere.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import re2

from app.care.levels import Category, Finding, Level, gravest
from app.care.normaliser import doubled, letters

FOLDER = Path(__file__).parent / "rules"
UNSPACED = {"zh", "ja"}
NAMED = re.compile(r"<(\w+)>")
NEAR = 3  # words
CLASSES = re.compile(r"\\[A-Z]")
QUOTE = "\x00"  # letters() would put spaces around one
MASK = " _ "  # in place of an idiom
TOGETHER = 3  # rules whose automata are walked as one: with more, the states of all of them don't fit in memory

Pattern = Any  # RE2 has no types


@dataclass(frozen=True, slots=True)
class Rule:
    """``fires`` and ``silent`` are sentences that a test holds it to. ``ignores`` names scopes that don't touch it."""

    id: str
    language: str
    level: Level
    category: Category
    phrase: str
    fires: tuple[str, ...]
    silent: tuple[str, ...]
    ignores: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scopes:
    """What takes something away from the rules of a language, as compiled phrases; None where it has none.

    ``before`` and ``after`` negate what they stand next to. ``fiction`` in the clause makes nothing of a rule,
    elsewhere in the sentence it lowers it, as ``quotation`` and ``past`` do: a crisis becomes a concern.
    ``breaks`` end a clause. ``idioms`` mean something else altogether.
    """

    before: Pattern = None
    after: Pattern = None
    fiction: Pattern = None
    quotation: Pattern = None
    past: Pattern = None
    breaks: Pattern = None
    idioms: Pattern = None


@dataclass(frozen=True, slots=True)
class Language:
    rules: tuple[Rule, ...]
    scopes: Scopes


class Rules:
    """All rules of all languages, asked at once. Immutable."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages
        self._rules = [rule for language in languages.values() for rule in language.rules]
        self._sets = [_set(self._rules[at : at + TOGETHER]) for at in range(0, len(self._rules), TOGETHER)]
        self._patterns = [pattern_of(rule.phrase) for rule in self._rules]

    def scopes(self, language: str) -> Scopes:
        found = self._languages.get(language)
        return found.scopes if found else Scopes()

    def find(self, folded: str) -> list[Finding]:
        """What the rules see in folded text, one finding for each rule that speaks."""
        encoded = folded.encode()
        hits = [n * TOGETHER + hit for n, some in enumerate(self._sets) for hit in some.Match(encoded) or ()]
        spoken = {self._rules[hit].language for hit in hits}
        masked = {code: _without_idioms(self._languages[code].scopes, folded) for code in spoken}
        judged = (self._judged(self._rules[hit], self._patterns[hit], masked) for hit in hits)
        return [found for found in judged if found]

    def _judged(self, rule: Rule, pattern: Any, masked: Mapping[str, list[str]]) -> Finding | None:
        """``masked`` are the sentences without the idioms of each language."""
        scopes, lines = self._languages[rule.language].scopes, masked[rule.language]
        levels = [_level(rule, scopes, line, *match.span()) for line in lines for match in pattern.finditer(line)]
        level = gravest(levels)
        return Finding(level, rule.category, f"rule:{rule.id}", rule.language) if level is not Level.NONE else None


def _without_idioms(scopes: Scopes, folded: str) -> list[str]:
    lines = folded.split("\n")
    return [scopes.idioms.sub(MASK, line) for line in lines] if scopes.idioms else lines


def _level(rule: Rule, scopes: Scopes, sentence: str, start: int, end: int) -> Level:
    """What is left of a rule that matched ``sentence[start:end]``."""
    before, after = clause(scopes, sentence, start, end)
    if "negation" not in rule.ignores and is_negated(scopes, sentence, start, end):
        return Level.NONE
    if "fiction" not in rule.ignores and _has(scopes.fiction, f"{before}{after}"):
        return Level.NONE
    lowering = (("fiction", scopes.fiction), ("quotation", scopes.quotation), ("past", scopes.past))
    around = f"{sentence[:start]} {sentence[end - 1 :]}"
    if any(name not in rule.ignores and _has(phrase, around) for name, phrase in lowering):
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


def clause(scopes: Scopes, sentence: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a match, as far as the clause goes; each with its spaces."""
    before, after = sentence[: start + 1], sentence[max(end - 1, start) :]
    if scopes.breaks is None:
        return before, after
    cut = [found.end() - 1 for found in scopes.breaks.finditer(before)]
    begins = cut[-1] if cut else 0
    stop = scopes.breaks.search(after)
    return before[begins:], after[: stop.start() + 1] if stop else after


def _has(pattern: Pattern, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None


def _set(some: Sequence[Rule]) -> Any:
    made = re2.Set.SearchSet()
    for rule in some:
        made.Add(rule.phrase)
    made.Compile()
    return made


def pattern_of(phrase: str) -> Any:
    options = re2.Options()
    options.never_capture = True
    options.max_mem = 1 << 24  # with less, the longest phrases are looked for in a slower way
    return re2.compile(phrase, options)


@cache
def rules() -> Rules:
    """Those of the house."""
    return Rules({path.stem: load(path) for path in sorted(FOLDER.glob("*.toml"))})


def load(path: Path) -> Language:
    """The rules of one language's file."""
    rows, code = tomllib.loads(path.read_text()), path.stem
    spaced, words = code not in UNSPACED, {name: "|".join(alternatives) for name, alternatives in rows["words"].items()}

    def phrase(text: str) -> str:
        return compiled(text, words, spaced=spaced)

    return Language(tuple(_rules(rows["rule"], code, phrase)), _scopes(rows.get("scopes", {}), phrase, spaced=spaced))


def _rules(rows: list[dict[str, Any]], language: str, phrase: Callable[[str], str]) -> Iterator[Rule]:
    for row in rows:
        yield Rule(
            f"{language}.{row['id']}", language, Level(row["level"]), Category(row["category"]), phrase(row["phrase"]),
            tuple(row["fires"]), tuple(row["silent"]), frozenset(row.get("ignores", ())),
        )  # fmt: skip


def _scopes(rows: Mapping[str, list[str]], phrase: Callable[[str], str], *, spaced: bool) -> Scopes:
    """``before`` may have up to ``NEAR`` words between itself and what it negates; ``after`` follows at once."""
    found = {name: phrase("|".join(alternatives)) for name, alternatives in rows.items()}
    if "before" in found:
        found["before"] = f"{found['before']}{_gap(spaced=spaced)}$"
    if "after" in found:
        found["after"] = f"^{found['after']}"
    return Scopes(**{name: pattern_of(text) for name, text in found.items()})


def pattern_before(alternatives: Sequence[str], *, spaced: bool) -> Pattern:
    """Of what stands before something else, or near it."""
    return pattern_of(f"{compiled('|'.join(alternatives), {}, spaced=spaced)}{_gap(spaced=spaced)}$")


def _gap(*, spaced: bool) -> str:
    return rf"(?:\S+ ){{0,{NEAR}}}" if spaced else rf"[^\n,]{{0,{NEAR}}}"


def compiled(phrase: str, words: Mapping[str, str], *, spaced: bool) -> str:
    """A phrase as RE2 takes it, in the spelling of folded text. Raises ``ValueError`` for what folding would break."""
    if CLASSES.search(phrase):
        raise ValueError(f"classes such as \\S are lost in lower case: {phrase}")
    while NAMED.search(phrase):
        phrase = NAMED.sub(lambda found: f"(?:{words[found[1]]})", phrase)
    phrase = doubled(letters(phrase.replace('"', QUOTE))).replace(QUOTE, '"')
    phrase = phrase.replace(" ... ", r" (?:\S+ ){0,3}" if spaced else r"[^\n,]{0,8}").replace("~", r"[^ \n]*")
    return f" (?:{phrase}) " if spaced else f"(?:{phrase})"
