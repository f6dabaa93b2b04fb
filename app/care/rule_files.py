"""The rules of a language, as its file has them.

A file ``rules/<language>.toml`` has ``[words]`` (lists of alternatives, used as ``<name>``), ``[scopes]``,
``[[rule]]`` rows and ``[[sign]]`` rows. A phrase is a regular expression (RE2) over words, or a list of alternatives;
``~`` stands for any letters, ``...`` for up to three words. It begins and ends at a word's edge; in languages written
without spaces, anywhere.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import re2

from app.care.levels import Category, Level, Sign
from app.care.normaliser import NASAL, doubled, letters

FOLDER = Path(__file__).parent / "rules"
UNSPACED = {"zh", "ja"}
NAMED = re.compile(r"<(\w+)>")
NEAR = 3  # words
CLASSES = re.compile(r"\\[A-Z]")
REFERENCE = re.compile(r"\\[1-9]|\(\?P=")
EMPTY = re.compile(r"(?<!\\)(?:\|\||\(\||\|\)|\(\?:\||^\||\|$)")
QUOTE = "\x00"  # letters() would put spaces around one
NASALS = re.compile("\\[[ंँ]+\\]\\??|[ंँ]\\?")  # folding takes these signs away, and would leave the brackets
JOINED = {"ar": "[وفبل]?"}  # what is written together with the word that follows

Pattern = Any  # RE2 has no types


def options(memory: int) -> Any:
    """``memory`` is for a phrase's automaton; past it a slower way is taken."""
    made = re2.Options()
    made.never_capture, made.max_mem = True, memory
    made.log_errors = False  # as it would say each time
    return made


OPTIONS, ROOMY = options(1 << 19), options(1 << 22)  # there are a thousand phrases; few have room


@dataclass(frozen=True, slots=True)
class Rule:
    """``fires`` and ``silent`` are sentences that a test holds it to. ``ignores`` names scopes that don't touch it.

    One with a ``sign`` means nothing by itself: its level is ``none``.
    """

    id: str
    language: str
    level: Level
    category: Category
    phrase: str
    fires: tuple[str, ...]
    silent: tuple[str, ...]
    ignores: frozenset[str] = frozenset()
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Scopes:
    """What takes something away from the rules of a language, as compiled phrases; None where it has none.

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
class Language:
    rules: tuple[Rule, ...]
    scopes: Scopes


@dataclass(frozen=True, slots=True)
class Writing:
    """How phrases of a language are made into patterns."""

    language: str
    words: Mapping[str, str]

    @property
    def spaced(self) -> bool:
        return self.language not in UNSPACED

    def phrase(self, text: str) -> str:
        return compiled(text, self.words, spaced=self.spaced, joined=JOINED.get(self.language, ""))


def load(path: Path) -> Language:
    """The rules of one language's file. Raises ``ValueError`` for a phrase that would fire everywhere, or nowhere."""
    rows, code = tomllib.loads(path.read_text()), path.stem
    writing = Writing(code, {name: "|".join(alternatives) for name, alternatives in rows.get("words", {}).items()})
    found = (*_rules(rows.get("rule", []), writing), *_signs(rows.get("sign", []), writing))
    return Language(found, _scopes(rows.get("scopes", {}), writing))


def _rules(rows: list[dict[str, Any]], writing: Writing) -> Iterator[Rule]:
    for row in rows:
        yield Rule(
            f"{writing.language}.{row['id']}", writing.language, Level(row["level"]), Category(row["category"]),
            writing.phrase(_alternatives(row["phrase"])), tuple(row["fires"]), tuple(row["silent"]),
            frozenset(row.get("ignores", ())),
        )  # fmt: skip


def _signs(rows: list[dict[str, Any]], writing: Writing) -> Iterator[Rule]:
    for row in rows:
        yield Rule(
            f"{writing.language}.sign.{row['sign']}", writing.language, Level.NONE, Category.SUICIDE,
            writing.phrase(_alternatives(row["phrase"])), tuple(row["fires"]), tuple(row["silent"]),
            frozenset(row.get("ignores", ())), Sign(row["sign"]),
        )  # fmt: skip


def _alternatives(phrase: str | list[str]) -> str:
    return phrase if isinstance(phrase, str) else "|".join(phrase)


def _scopes(rows: Mapping[str, list[str]], writing: Writing) -> Scopes:
    """``before`` may have up to ``NEAR`` words between itself and what it negates; ``after`` follows at once."""
    found = {name: writing.phrase("|".join(alternatives)) for name, alternatives in rows.items()}
    if "before" in found:
        words = [word for word in rows["before"] if not word.startswith("[^")]
        found.setdefault("inside", writing.phrase("|".join(words)))
        found["before"] = f"{found['before']}{_gap(spaced=writing.spaced)}$"
    if "after" in found:
        found["after"] = f"^{found['after']}"
    return Scopes(**{name: pattern_of(text) for name, text in found.items()})


def pattern_of(phrase: str) -> Pattern:
    return re2.compile(phrase, OPTIONS)


def pattern_before(alternatives: Sequence[str], *, spaced: bool) -> Pattern:
    """Of what stands before something else, or near it."""
    return pattern_of(f"{compiled('|'.join(alternatives), {}, spaced=spaced)}{_gap(spaced=spaced)}$")


def _gap(*, spaced: bool) -> str:
    return rf"(?:\S+ ){{0,{NEAR}}}" if spaced else rf"[^\n,]{{0,{NEAR}}}"


def compiled(phrase: str, words: Mapping[str, str], *, spaced: bool, joined: str = "") -> str:
    """A phrase as RE2 takes it, in the spelling of folded text. Raises ``ValueError`` for what folding would break."""
    if CLASSES.search(phrase):
        raise ValueError(f"classes such as \\S are lost in lower case: {phrase}")
    while NAMED.search(phrase):
        phrase = NAMED.sub(lambda found: f"(?:{words[found[1]]})", phrase)
    if REFERENCE.search(phrase):
        raise ValueError(f"RE2 knows no references back: {phrase}")
    if EMPTY.search(phrase):
        raise ValueError(f"an empty alternative fires everywhere; write (…)? instead: {EMPTY.search(phrase)}")
    return _folded(phrase, spaced=spaced, joined=joined)


def _folded(phrase: str, *, spaced: bool, joined: str) -> str:
    phrase = doubled(letters(NASALS.sub("", phrase).replace('"', QUOTE)).replace(NASAL, "")).replace(QUOTE, '"')
    phrase = phrase.replace(" ... ", r" (?:\S+ ){0,3}" if spaced else r"[^\n,]{0,8}").replace("~", r"[^ \n]*")
    return f" {joined}(?:{phrase}) " if spaced else f"(?:{phrase})"
