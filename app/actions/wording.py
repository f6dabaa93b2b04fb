"""What a person reads of actions, in the languages that claims are checked in; English elsewhere."""

import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.core.json import JSONObject
from app.core.shortening import shortened
from app.core.weeks import local

FILE = Path(__file__).with_name("wording.toml")
FALLBACK = "en"
LONGEST = 100  # characters of a person's words in a summary
DATES = ("target_date", "dueDate", "due_date", "date")


def summary(language: str, kind: str, shown: JSONObject, goal: str, day: str) -> str:
    """What the action would do. ``shown`` is its row, ``goal`` the title of the goal that it is about."""
    told = _of(language)
    date = day or next((str(shown[name])[:10] for name in DATES if shown.get(name)), "")
    words = {
        "title": _short(shown.get("title")), "goal": _short(goal), "content": _short(shown.get("content")),
        "date": date, "until": told["until"].format(date=date) if date else "", "text": _short(shown.get("text")),
        "when": _when(shown), "again": _again(told["again"], str(shown.get("rrule") or "")),
    }  # fmt: skip
    text: str = told["summary"][kind].format(**words)
    return text[:1].upper() + text[1:]


def sentence(language: str, which: str, summaries: Sequence[str] = (), reason: str = "") -> str:
    """``proposed`` or ``done`` with what; ``lost`` with the reason why nothing came of it."""
    inner = [text[:1].lower() + text[1:] for text in summaries[1:]]
    text: str = _of(language)[which].format(summaries="; ".join([*summaries[:1], *inner]), reason=reason.rstrip("."))
    return text


def _when(shown: JSONObject) -> str:
    """On the clocks of the row's own zone."""
    if not shown.get("next_at"):
        return ""
    return local(datetime.fromisoformat(str(shown["next_at"])), str(shown["timezone"])).strftime("%Y-%m-%d %H:%M")


def _again(told: dict[str, str], rule: str) -> str:
    frequency = next((word for word in told if f"FREQ={word}" in rule), "")
    return f", {told[frequency]}" if frequency and "INTERVAL" not in rule else f", {rule}" if rule else ""


def _short(value: object) -> str:
    return shortened(str(value or ""), LONGEST)


@cache
def _known() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _of(language: str) -> dict[str, Any]:
    return _known().get(language[:2].lower()) or _known()[FALLBACK]
