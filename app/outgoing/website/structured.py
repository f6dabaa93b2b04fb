"""JSON-LD: what a page declares for machines, cut down to a size that a prompt can hold."""

import json
from collections.abc import Iterable, Mapping

import msgspec

from app.core.json import JSONObject, JSONValue, as_object, objects_of
from app.outgoing.website import plain

SOURCE_LIMIT = 200_000  # characters of one script
TOTAL_LIMIT = 20_000  # characters of all that is kept, as JSON
MOST_OBJECTS = 20
MOST_ITEMS = 40
DEPTH = 6
TEXT_LIMIT = 1_000
LARGEST = 2**63  # of numbers; none that is not finite is smaller


def objects(scripts: Iterable[str]) -> list[JSONObject]:
    """The objects of a page's scripts, a list's members and an ``@graph``'s one by one, while they fit."""
    kept: list[JSONObject] = []
    size = 0
    for found in (as_object(bounded(item)) for script in scripts for item in _parsed(script)):
        size += len(msgspec.json.encode(found))
        if size > TOTAL_LIMIT or len(kept) == MOST_OBJECTS:
            break
        kept.append(found)
    return kept


def bounded(value: JSONValue, depth: int = DEPTH) -> JSONValue:
    """A copy without what is too deep, too long, too large or not JSON."""
    if isinstance(value, str):
        return plain.line(value, TEXT_LIMIT)
    if isinstance(value, int | float):
        return value if abs(value) < LARGEST else None
    if value is None or depth == 0:
        return None
    if isinstance(value, Mapping):
        items = list(value.items())[:MOST_ITEMS]
        return {plain.line(name, 100): bounded(item, depth - 1) for name, item in items}
    return [bounded(item, depth - 1) for item in value[:MOST_ITEMS]]


def _parsed(script: str) -> list[JSONObject]:
    if len(script) > SOURCE_LIMIT:
        return []
    try:
        value = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return []
    graph = value.get("@graph") if isinstance(value, dict) else value
    return objects_of((graph if isinstance(graph, list) else [value])[:MOST_OBJECTS])
