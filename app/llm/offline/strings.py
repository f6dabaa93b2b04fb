"""Strings that must have a form: a format, a regular expression, a length."""

import re
import uuid
from importlib import import_module
from typing import Any

from app.llm.offline.words import clip

TRIED = (0, 1, 2, 4, 8, 16, 32, 64, 128)  # times that an open repeat is repeated
MOST = 10_000
CATEGORIES = {"CATEGORY_DIGIT": "4", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " ", "CATEGORY_NOT_WORD": "-"}
FORMATS = {
    "date": "{day}", "date-time": "{day}T09:00:00Z", "time": "09:00:00Z", "uuid": "{id}", "ipv4": "192.0.2.{place}",
    "ipv6": "2001:db8::{place}", "email": "nobody{place}@example.com", "uri": "https://example.com/{place}",
}  # fmt: skip
NO_MORE = "Nothing more is recorded about this yet."


def in_form(schema: dict[str, Any], day: str, place: int) -> str | None:
    """A string for a format or a pattern, None when the schema asks for neither or no string was found."""
    if (form := str(schema.get("format", ""))) in FORMATS:
        return FORMATS[form].format(day=day, place=place % 250 + 1, id=uuid.uuid5(uuid.NAMESPACE_OID, f"{day}{place}"))
    if "pattern" not in schema:
        return None
    tried = (day, *_written(str(schema["pattern"]), place), *map(str, schema.get("examples", ())))
    return next((text for text in tried if suits(text, schema)), None)


def suits(text: str, schema: dict[str, Any]) -> bool:
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        return False
    try:
        return re.search(str(schema.get("pattern", "")), text) is not None
    except re.error:
        return True  # of another dialect


def _written(pattern: str, place: int) -> list[str]:
    try:
        tree = import_module("re._parser").parse(pattern[:MOST])
        return [_of(tree, repeats, place) for repeats in TRIED]
    except (re.error, RecursionError, OverflowError):
        return []


def _of(tree: Any, repeats: int, place: int) -> str:
    text = ""
    for kind, value in tree:
        name = str(kind)
        if name == "LITERAL":
            text += chr(value)
        elif name == "IN":
            text += _member(value, place)
        elif name.endswith("_REPEAT"):
            text += _of(value[2], repeats, place) * min(int(value[1]), max(int(value[0]), repeats), MOST)
        elif name in ("SUBPATTERN", "BRANCH", "ATOMIC_GROUP"):
            text += _of(value[1][place % len(value[1])] if name == "BRANCH" else value[-1], repeats, place)
        elif name in ("ANY", "NOT_LITERAL"):
            text += "b" if value == ord("a") else "a"
    return text


def _member(items: Any, place: int) -> str:
    """A character of a class; of a range the middle, for it looks least odd."""
    if str(items[0][0]) == "NEGATE":
        known = {_member([item], at) for item in items[1:] for at in range(26)}
        return next((char for char in "a5-X_ ~" if char not in known), "§")
    kind, value = items[place % len(items)]
    if str(kind) == "RANGE":
        return chr(value[0] + ((value[1] - value[0]) // 2 + place) % (value[1] - value[0] + 1))
    return chr(value) if str(kind) == "LITERAL" else CATEGORIES.get(str(value), "a")


def fitted(text: str, more: list[str], least: int, most: int) -> str:
    """The text within its bounds: cut at a word, or followed by more that is known, at last by a plain remark."""
    text = clip(text, most)
    for sentence in (*more, NO_MORE):
        if len(text) >= least:
            break
        if sentence and sentence not in text:
            text = clip(f"{text.rstrip('.')}. {sentence}" if text else sentence, most)
    return text + "." * max(0, least - len(text))
