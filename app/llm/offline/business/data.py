"""What a prompt's data says of a business, however it is spelled."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.llm.offline.reading import Reading, first
from app.llm.offline.words import content, shorten

Row = dict[str, Any]
TITLES = ("title", "intent", "name", "description", "label")
KEYS = {
    "vision": ("vision",),
    "purpose": ("purpose",),
    "values": ("coreValues", "core_values", "values"),
    "target market": ("targetMarket", "target_market", "nicheStatement", "niche_statement", "niche"),
    "value proposition": ("valueProposition", "value_proposition", "uniqueSellingProposition"),
}


def part(reading: Reading, name: str) -> Row:
    value = reading.data.get(name)
    return value if isinstance(value, dict) else {}


def rows(reading: Reading, name: str) -> list[Row]:
    value = reading.data.get(name)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def named(found: list[Row]) -> list[Row]:
    """Those that have an id."""
    return [row for row in found if isinstance(row.get("id"), str) and row["id"]]


def text_of(reading: Reading, name: str) -> str:
    value = reading.data.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def title(row: Row) -> str:
    return first(row, TITLES)


def short(text: str, limit: int = 14) -> str:
    """In quotation marks, a few words of it."""
    return f"“{shorten(' '.join(text.split()).rstrip('.'), limit)}”"


def texts(value: Any) -> list[str]:
    """The lines of a list, of a list of objects, or of plain text."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, dict):
        return [title(value)] if title(value) else []
    return [line for item in value for line in texts(item)] if isinstance(value, list) else []


def foundation(reading: Reading) -> dict[str, list[str]]:
    """The parts of the foundation that are there, in the words of their owner."""
    known = part(reading, "business_foundation")
    inside = [known, *(value for value in known.values() if isinstance(value, dict))]
    found = {
        name: next((lines for row in inside for key in KEYS[name] if (lines := texts(row.get(key)))), [])
        for name in KEYS
    }
    return {name: lines for name, lines in found.items() if lines}


def goal(reading: Reading) -> Row:
    """The goal that it is about: the one given, else the first of all."""
    return part(reading, "goal") or next(iter(rows(reading, "goals")), {})


def share(one: Iterable[str], other: Iterable[str]) -> float:
    """How much of the shorter text the other one speaks of, between 0 and 1."""
    left, right = content(" ".join(one)), content(" ".join(other))
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0


def score(one: Sequence[str], other: Sequence[str], nothing: int = 30) -> int:
    """A percentage that grows with what two texts share; ``nothing`` where one of them is missing."""
    return min(95, 55 + round(40 * share(one, other))) if one and other else nothing


def number(value: Any) -> float | None:
    """Of a figure, or of one in a text like "$50,000"."""
    if isinstance(value, str):
        value = "".join(letter for letter in value if letter.isdigit() or letter == ".")
        try:
            return float(value)
        except ValueError:
            return None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
