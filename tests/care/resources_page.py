"""`docs/care-resources.md`, made from the rows: `python -m tests.care.resources_page`."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/care-resources.md"
TABLE = ROOT / "app/care/resources.toml"
HEAD = """# Emergency numbers and helplines

What a person in distress is shown (`app/care/resources.toml`), and where each number was found. A date is the page's
own, or, with *read*, the day on which the stored copy of a page without a date was read.

| country | line | numbers | sources | date |
|---|---|---|---|---|
"""
OLDER = """
## Numbers that have changed

Older sources give these for the same lines.

| country | line | now | formerly |
|---|---|---|---|
"""
CONFLICTS = """
## Where sources disagree

| country | line | numbers | taken |
|---|---|---|---|
"""
SOURCES = "\n## Sources\n\n"


def page() -> str:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    sources, rows = table["sources"], table["resources"]
    older = [_cells(_country(row), row["name"], row["phone"], *row["formerly"]) for row in rows if "formerly" in row]
    parts = (HEAD, *(_row(row, sources) for row in rows), OLDER, *older, CONFLICTS, *map(_conflict, table["conflicts"]))
    listed = (f"* {key}: <{source['address']}>\n" for key, source in sources.items())
    return "".join((*parts, SOURCES, *listed))


def _row(row: dict[str, Any], sources: dict[str, Any]) -> str:
    numbers = [row.get("phone"), f"SMS {row['sms']}" if "sms" in row else None]
    dates = (_date(sources[key]) for key in row["sources"])
    return _cells(_country(row), row["name"], _listed(filter(None, numbers)), _listed(row["sources"]), _listed(dates))


def _conflict(row: dict[str, Any]) -> str:
    numbers = "; ".join(f"{number} ({_listed(keys)})" for number, keys in row["numbers"].items())
    return _cells(row["country"], row["line"], numbers, row["taken"])


def _country(row: dict[str, Any]) -> str:
    return str(row.get("country", "all"))


def _date(source: dict[str, str]) -> str:
    return source["date"] + " read" * (source["dated"] == "read")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
