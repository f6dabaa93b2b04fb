"""The rules of a language, as its file has them. What a process reads is made of these files (``app/care/book.py``).

A file ``rules/<language>.toml`` has ``[words]`` (lists of alternatives, used as ``<name>``), ``[scopes]``,
``[[rule]]`` rows and ``[[sign]]`` rows. A phrase is a regular expression (RE2) over words, or a list of alternatives;
``~`` stands for any letters, ``...`` for up to three words. It begins and ends at a word's edge; in languages written
without spaces, anywhere.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import re2

from app.care.levels import Category, Level, Sign
from app.care.normaliser import NASAL, doubled, letters
from app.care.scopes import Pattern, Rule

FOLDER = Path(__file__).parent / "rules"
UNSPACED = {"zh", "ja"}
NAMED = re.compile(r"<(\w+)>")
NEAR = 3  # words
CLASSES = re.compile(r"\\[A-Z]")
REFERENCE = re.compile(r"\\[1-9]|\(\?P=")
TOKENS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]")  # a class of letters is one
EMPTY = re.compile(r"(?<!\\)(?:\|\||\(\||\|\)|\(\?:\||^\||\|$)")
QUOTE = "\x00"  # letters() would put spaces around one
NASALS = re.compile("\\[[ंँ]+\\]\\??|[ंँ]\\?")  # folding takes these signs away, and would leave the brackets
JOINED = {"ar": "[وفبل]?"}  # what is written together with the word that follows

OPTIONS = re2.Options()
OPTIONS.never_capture = True
OPTIONS.max_mem = 1 << 20  # bytes, for a pattern's automaton: past them a slower way is taken
OPTIONS.log_errors = False  # as it would say each time


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern: one of the alternatives in ``inner``, between two others."""

    before: str
    inner: str
    after: str

    def __str__(self) -> str:
        return f"{self.before}(?:{self.inner}){self.after}"

    @property
    def alternatives(self) -> tuple[str, ...]:
        """In the order in which they are tried."""
        return tuple(_alternatives_of(self.inner))


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """``fires`` and ``silent`` are sentences that a test holds it to."""

    rule: Rule
    phrase: Phrase
    fires: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """``scopes`` by their names."""

    rules: tuple[WrittenRule, ...]
    scopes: Mapping[str, Phrase]


@dataclass(frozen=True, slots=True)
class Writing:
    """How phrases of a language are made into patterns."""

    language: str
    words: Mapping[str, str]

    @property
    def spaced(self) -> bool:
        return self.language not in UNSPACED

    def phrase(self, text: str) -> Phrase:
        return phrase_of(text, self.words, spaced=self.spaced, joined=JOINED.get(self.language, ""))


def load(path: Path) -> Language:
    """The rules of one language's file. Raises ``ValueError`` for a phrase that would fire everywhere, or nowhere."""
    rows, code = tomllib.loads(path.read_text()), path.stem
    writing = Writing(code, {name: "|".join(alternatives) for name, alternatives in rows.get("words", {}).items()})
    found = (*_rules(rows.get("rule", []), writing), *_signs(rows.get("sign", []), writing))
    return Language(found, _scopes(rows.get("scopes", {}), writing))


def _rules(rows: list[dict[str, Any]], writing: Writing) -> Iterator[WrittenRule]:
    for row in rows:
        rule = Rule(
            f"{writing.language}.{row['id']}", writing.language, Level(row["level"]), Category(row["category"]),
            frozenset(row.get("ignores", ())),
        )  # fmt: skip
        yield _written(row, rule, writing)


def _signs(rows: list[dict[str, Any]], writing: Writing) -> Iterator[WrittenRule]:
    for row in rows:
        rule = Rule(
            f"{writing.language}.sign.{row['sign']}", writing.language, Level.NONE, Category.SUICIDE,
            frozenset(row.get("ignores", ())), Sign(row["sign"]),
        )  # fmt: skip
        yield _written(row, rule, writing)


def _written(row: dict[str, Any], rule: Rule, writing: Writing) -> WrittenRule:
    phrase: str | list[str] = row["phrase"]
    text = phrase if isinstance(phrase, str) else "|".join(phrase)
    return WrittenRule(rule, writing.phrase(text), tuple(row["fires"]), tuple(row["silent"]))


def _scopes(rows: Mapping[str, list[str]], writing: Writing) -> dict[str, Phrase]:
    """``before`` may have up to ``NEAR`` words between itself and what it negates; ``after`` follows at once."""
    found = {name: writing.phrase("|".join(alternatives)) for name, alternatives in rows.items()}
    if "before" in found:
        words = [word for word in rows["before"] if not word.startswith("[^")]
        found.setdefault("inside", writing.phrase("|".join(words)))
        found["before"] = replace(found["before"], after=f"{found['before'].after}{_gap(spaced=writing.spaced)}$")
    if "after" in found:
        found["after"] = replace(found["after"], before=f"^{found['after'].before}")
    return found


def pattern_of(phrase: str) -> Pattern:
    return re2.compile(phrase, OPTIONS)


def pattern_before(alternatives: Sequence[str], *, spaced: bool) -> Pattern:
    """Of what stands before something else, or near it."""
    return pattern_of(f"{compiled('|'.join(alternatives), {}, spaced=spaced)}{_gap(spaced=spaced)}$")


def _gap(*, spaced: bool) -> str:
    return rf"(?:\S+ ){{0,{NEAR}}}" if spaced else rf"[^\n,]{{0,{NEAR}}}"


def compiled(phrase: str, words: Mapping[str, str], *, spaced: bool) -> str:
    """A phrase as RE2 takes it, in the spelling of folded text. Raises ``ValueError`` for what folding would break."""
    return str(phrase_of(phrase, words, spaced=spaced))


def phrase_of(phrase: str, words: Mapping[str, str], *, spaced: bool, joined: str = "") -> Phrase:
    if CLASSES.search(phrase):
        raise ValueError(f"classes such as \\S are lost in lower case: {phrase}")
    while NAMED.search(phrase):
        phrase = NAMED.sub(lambda found: f"(?:{words[found[1]]})", phrase)
    if REFERENCE.search(phrase):
        raise ValueError(f"RE2 knows no references back: {phrase}")
    if EMPTY.search(phrase):
        raise ValueError(f"an empty alternative fires everywhere; write (…)? instead: {EMPTY.search(phrase)}")
    inner = _folded(phrase, spaced=spaced)
    return Phrase(f" {joined}", inner, " ") if spaced else Phrase("", inner, "")


def _folded(phrase: str, *, spaced: bool) -> str:
    phrase = doubled(letters(NASALS.sub("", phrase).replace('"', QUOTE)).replace(NASAL, "")).replace(QUOTE, '"')
    return phrase.replace(" ... ", r" (?:\S+ ){0,3}" if spaced else r"[^\n,]{0,8}").replace("~", r"[^ \n]*")


def _alternatives_of(inner: str) -> Iterator[str]:
    begins = depth = 0
    for token in TOKENS.finditer(inner):
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        if token.group() == "|" and not depth:
            yield inner[begins : token.start()]
            begins = token.end()
    yield inner[begins:]
