"""The fixed texts by language, with the numbers of the person's country filled in. Nobody else's words are in them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.care.levels import Category, Level
from app.care.resources import ALWAYS, Resource

FOLDER = Path(__file__).parent / "texts"
FALLBACK = "en"
SHOWN = 4  # lines of help in a text; an answer's ``resources`` has all
LEFTWARD = {"ar"}  # written from right to left: the groups of a number would be turned round
ISOLATED = "\u2066{}\u2069"


@dataclass(frozen=True, slots=True)
class Texts:
    """What is said in one language. ``anywhere`` stands in place of an emergency number where the country is unknown.

    ``safe`` are ways to say that one is safe now, ``unless`` what turns them into something else: a wish, a doubt.
    """

    language: str
    anywhere: str
    crisis: dict[Category, str]
    concern: dict[Category, str]
    follow_up: str
    disclosure: str
    cut: str
    safe: tuple[str, ...]
    unless: tuple[str, ...]
    output: dict[str, tuple[str, ...]]
    reported: tuple[str, ...]

    def fixed(self, level: Level, category: Category, resources: Sequence[Resource]) -> str:
        """What is said to somebody in a crisis, or before the coach's answer."""
        return self.filled((self.crisis if level is Level.CRISIS else self.concern)[category], resources)

    def filled(self, text: str, resources: Sequence[Resource]) -> str:
        """A text with its numbers, ``SHOWN`` lines of help at most."""
        help_lines = [f"{name}: {numbers}" for name, numbers in self._numbers(resources).items()][:SHOWN]
        return (
            text.replace("{emergency}", self._emergency(resources))
            .replace("{resources}", "\n".join(help_lines))
            .strip()
        )

    def _emergency(self, resources: Sequence[Resource]) -> str:
        row = next((row for row in resources if row.kind == "emergency" and row.phone), None)
        return self._number(row.phone) if row and row.phone and row.country else self.anywhere

    def _numbers(self, resources: Sequence[Resource]) -> dict[str, str]:
        """Of each helpline by its name: one that has two rows is one line."""
        found: dict[str, str] = {}
        for row in resources:
            if row.kind != "emergency":
                found[row.name] = " / ".join(filter(None, (found.get(row.name), self._contact(row))))
        return found

    def _contact(self, row: Resource) -> str:
        ways = [self._number(row.phone) if row.phone else "", f"SMS {self._number(row.sms)}" if row.sms else ""]
        hours = f" ({self._number(row.hours)})" if row.hours and row.hours != ALWAYS else ""
        return (" / ".join(filter(None, ways)) or row.url) + hours

    def _number(self, number: str) -> str:
        return ISOLATED.format(number) if self.language in LEFTWARD else number


def of_language(language: str) -> Texts:
    """Those of a language tag such as ``de-AT``; English where there are none."""
    known = languages()
    return known.get(language.lower().partition("-")[0]) or known[FALLBACK]


@cache
def languages() -> dict[str, Texts]:
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def _read(path: Path) -> Texts:
    rows: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return Texts(
        language=path.stem,
        anywhere=rows["anywhere"],
        crisis=_by_category(rows["crisis"]),
        concern=_by_category(rows["concern"]),
        follow_up=rows["follow_up"],
        disclosure=rows["disclosure"],
        cut=rows["cut"],
        safe=tuple(rows["safe"]),
        unless=tuple(rows["unless"]),
        output={name: tuple(phrases) for name, phrases in rows["output"].items()},
        reported=tuple(rows["reported"]),
    )


def _by_category(rows: dict[str, str]) -> dict[Category, str]:
    return {Category(name): text.strip() for name, text in rows.items()}
