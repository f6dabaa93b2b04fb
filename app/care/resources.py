"""Emergency numbers and helplines by country. The rows and where they were found are in `resources.toml`."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

ALWAYS = "24/7"
Kind = Literal["emergency", "line", "directory"]
KINDS: tuple[Kind, ...] = ("emergency", "line", "directory")  # in the order in which a person is shown them


@dataclass(frozen=True, slots=True)
class Source:
    address: str
    date: str
    dated: Literal["page", "read"]  # whose date: the page's own, or the day on which it was read


@dataclass(frozen=True, slots=True)
class Resource:
    name: str
    kind: Kind
    url: str
    country: str | None  # ISO 3166-1 alpha-2; None: for every country
    languages: tuple[str, ...]
    categories: tuple[str, ...]  # what it is best at comes first
    sources: tuple[Source, ...]
    phone: str | None = None
    sms: str | None = None
    hours: str | None = None
    audience: Literal["youth"] | None = None
    formerly: tuple[str, ...] = ()  # numbers that older sources give for it

    def wire(self) -> dict[str, Any]:
        """As clients are given it: `phone` and `sms` only where there is one."""
        numbers = {"phone": self.phone, "sms": self.sms}
        return {
            "name": self.name,
            **{key: number for key, number in numbers.items() if number},
            "url": self.url,
            "country": self.country,
            "languages": list(self.languages),
            "hours": self.hours,
        }


@cache
def built_in() -> tuple[Resource, ...]:
    """Those of the house."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    sources = {key: Source(**source) for key, source in table["sources"].items()}
    return tuple(_resource(row, sources) for row in table["resources"])


def _resource(row: dict[str, Any], sources: dict[str, Source]) -> Resource:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    fields["sources"] = tuple(sources[key] for key in row["sources"])
    return Resource(**{"country": None, **fields})


def resources_for(
    country: str | None, language: str, category: str | None = None, rows: Sequence[Resource] | None = None
) -> list[Resource]:
    """The emergency number first, then lines for the category, those that speak the language before others.

    Where no line for everyone speaks it, the directories of all countries come too; an unknown country gets the rows
    for all countries. Lines for the young come last: nobody's age is known.
    """
    fitting = [row for row in (built_in() if rows is None else rows) if category is None or category in row.categories]
    found = [row for row in fitting if row.country and country and row.country == country.upper()]
    everywhere = [row for row in fitting if row.country is None]
    spoken = language.partition("-")[0].lower()
    if not any(row.kind == "emergency" for row in found):
        found += everywhere
    elif not any(row.kind == "line" and not row.audience and spoken in row.languages for row in found):
        found += [row for row in everywhere if row.kind == "directory"]
    return sorted(found, key=lambda row: _place(row, spoken, category))


def _place(row: Resource, language: str, category: str | None) -> tuple[bool, int, bool, int]:
    aptness = row.categories.index(category) if category else 0
    return row.audience is not None, KINDS.index(row.kind), language not in row.languages, aptness
