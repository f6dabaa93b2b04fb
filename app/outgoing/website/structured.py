"""JSON-LD: what a page declares for machines, cut down to a size that a prompt can hold."""

import json
import math
from collections.abc import Iterable
from typing import Any

from app.outgoing.website import plain

SOURCE_LIMIT = 200_000  # characters of one script
TOTAL_LIMIT = 20_000  # characters of all that is kept, as JSON
MOST_OBJECTS = 20
MOST_ITEMS = 40
DEPTH = 6
TEXT_LIMIT = 1_000


def objects(scripts: Iterable[str]) -> list[dict[str, Any]]:
    """The objects of a page's scripts, a list's members and an ``@graph``'s one by one, while they fit."""
    kept: list[dict[str, Any]] = []
    size = 0
    for found in (bounded(item) for script in scripts for item in _parsed(script)):
        size += len(json.dumps(found))
        if size > TOTAL_LIMIT or len(kept) == MOST_OBJECTS:
            break
        kept.append(found)
    return kept


def bounded(value: Any, depth: int = DEPTH) -> Any:
    """A copy without what is too deep, too long or not JSON."""
    if isinstance(value, str):
        return plain.line(value, TEXT_LIMIT)
    if isinstance(value, dict | list) and depth == 0:
        return None
    if isinstance(value, dict):
        items = list(value.items())[:MOST_ITEMS]
        return {plain.line(name, 100): bounded(item, depth - 1) for name, item in items}
    if isinstance(value, list):
        return [bounded(item, depth - 1) for item in value[:MOST_ITEMS]]
    return value if not isinstance(value, float) or math.isfinite(value) else None


def _parsed(script: str) -> list[dict[str, Any]]:
    if len(script) > SOURCE_LIMIT:
        return []
    try:
        value = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return []
    graph = value.get("@graph") if isinstance(value, dict) else value
    members = graph if isinstance(graph, list) else [value]
    return [member for member in members[:MOST_OBJECTS] if isinstance(member, dict)]
