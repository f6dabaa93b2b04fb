"""The fixed texts by language, with the numbers of the person's country filled in. Nobody else's words are in them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.care.levels import Category, Level
from app.care.resources import Resource

FOLDER = Path(__file__).parent / "texts"
FALLBACK = "en"
SHOWN = 4  # lines of help in a text; an answer's ``resources`` has all
ANYWHERE = "112"  # leads to the emergency services of most countries, from any mobile phone


@dataclass(frozen=True, slots=True)
class Texts:
    """What is said in one language."""

    language: str
    crisis: dict[Category, str]
    concern: dict[Category, str]
    follow_up: str
    disclosure: str
    cut: str
    safe: tuple[str, ...]
    output: dict[str, tuple[str, ...]]
    reported: tuple[str, ...]

    def fixed(self, level: Level, category: Category, resources: Sequence[Resource]) -> str:
        """What is said to somebody in a crisis, or before the coach's answer."""
        return filled((self.crisis if level is Level.CRISIS else self.concern)[category], resources)


def filled(text: str, resources: Sequence[Resource]) -> str:
    emergency = next((row.phone for row in resources if row.kind == "emergency" and row.phone), ANYWHERE)
    lines = [_line(row) for row in resources if row.kind != "emergency"][:SHOWN]
    return text.replace("{emergency}", emergency).replace("{resources}", "\n".join(lines)).strip()


def _line(row: Resource) -> str:
    return f"{row.name}: {row.phone or row.sms or row.url}"


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
        crisis=_by_category(rows["crisis"]),
        concern=_by_category(rows["concern"]),
        follow_up=rows["follow_up"],
        disclosure=rows["disclosure"],
        cut=rows["cut"],
        safe=tuple(rows["safe"]),
        output={name: tuple(phrases) for name, phrases in rows["output"].items()},
        reported=tuple(rows["reported"]),
    )


def _by_category(rows: dict[str, str]) -> dict[Category, str]:
    return {Category(name): text.strip() for name, text in rows.items()}
