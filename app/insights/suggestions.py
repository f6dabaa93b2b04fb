"""Goals that a person might set, each with the entries that speak for it, counted here."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from app.auth.principals import Principal
from app.core.errors import Unprocessable
from app.db.session import db
from app.insights import material
from app.insights.material import Material
from app.insights.service import Generator
from app.limits.permits import Permit
from app.llm.structured import OutputSchema
from app.turns.idempotency import claim_of
from app.turns.once import once

MOST_TOKENS = 2500
LEAST_OF_PATTERN = 2  # entries; what was written once is no pattern
ASK = "Please suggest goals that follow from what I have written."
NOTHING = "Write a few journal entries or a first goal, and suggestions can follow from them."


class Category(StrEnum):
    CAREER = "career"
    HEALTH = "health"
    PERSONAL = "personal"
    FINANCIAL = "financial"
    RELATIONSHIPS = "relationships"
    LEARNING = "learning"
    OTHER = "other"


IDS = {
    "type": "array", "maxItems": 12, "items": {"type": "string", "maxLength": 64},
    "description": "The ids of the journal documents that show it, copied exactly",
}  # fmt: skip
GOAL = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 3, "maxLength": 120},
        "description": {"type": "string", "minLength": 20, "maxLength": 800},
        "category": {"type": "string", "enum": [*Category]},
        "milestones": {
            "type": "array", "minItems": 2, "maxItems": 4,
            "items": {"type": "string", "minLength": 3, "maxLength": 200},
        },
        "reasoning": {"type": "string", "minLength": 10, "maxLength": 400},
        "journal_ids": IDS,
    },
    "required": ["title", "description", "category", "milestones", "reasoning", "journal_ids"],
    "additionalProperties": False,
}  # fmt: skip
PATTERN = {
    "type": "object",
    "properties": {"pattern": {"type": "string", "minLength": 3, "maxLength": 200}, "journal_ids": IDS},
    "required": ["pattern", "journal_ids"],
    "additionalProperties": False,
}
OUTPUT_SCHEMA = OutputSchema({
    "type": "object",
    "properties": {
        "patterns": {"type": "array", "maxItems": 6, "items": PATTERN},
        "suggested_goals": {"type": "array", "minItems": 3, "maxItems": 5, "items": GOAL},
    },
    "required": ["patterns", "suggested_goals"],
    "additionalProperties": False,
})  # fmt: skip

Body = dict[str, Any]


def suggest(
    generator: Generator, principal: Principal, personality_id: str | None, key: str | None, permit: Permit
) -> Body:
    """The same key asks the model once."""
    claim = claim_of(principal.key, key, "chat.suggest-goals", {"personalityId": personality_id})
    return once(db, claim, lambda: _suggested(generator, principal, personality_id, permit), reused=Unprocessable)


def _suggested(generator: Generator, principal: Principal, personality_id: str | None, permit: Permit) -> Body:
    with db.read() as session:
        found = material.gather(session, principal, personality_id)
    if found.is_empty:
        return _body([], [], found, permit) | {"message": NOTHING}
    permit.acquire()
    request = material.request(principal, found, "suggest_goals", ASK, MOST_TOKENS, "goal_suggestions")
    value = generator.data(request, OUTPUT_SCHEMA)
    patterns = [_pattern(item, found) for item in value["patterns"]]
    return _body([_goal(item, found) for item in value["suggested_goals"]], _real(patterns), found, permit)


def _body(goals: list[Body], patterns: list[Body], found: Material, permit: Permit) -> Body:
    return {
        "suggested_goals": goals,
        "suggestions": goals,
        "total": len(goals),
        "based_on": {
            "journal_entries_analyzed": len(found.entries.documents),
            "journal_entries_total": found.entries.total,
            "goals_analyzed": len(found.goals),
            "patterns_identified": len(patterns),
            "patterns": patterns,
        },
        "usageInfo": permit.usage_info,
    }


def _goal(item: Body, found: Material) -> Body:
    shown = {name: item[name] for name in ("title", "description", "category", "milestones")}
    ids = _known(item["journal_ids"], found)
    return shown | {"reasoning": _counted(item["reasoning"], ids, found), "journal_entry_ids": ids}


def _pattern(item: Body, found: Material) -> Body:
    return {"pattern": item["pattern"], "journal_entry_ids": _known(item["journal_ids"], found)}


def _real(patterns: Sequence[Body]) -> list[Body]:
    return [pattern for pattern in patterns if len(pattern["journal_entry_ids"]) >= LEAST_OF_PATTERN]


def _known(ids: Sequence[str], found: Material) -> list[str]:
    """A model may name an entry twice, or one that it made up."""
    return [entry_id for entry_id in dict.fromkeys(ids) if entry_id in found.entry_ids]


def _counted(reasoning: str, ids: Sequence[str], found: Material) -> str:
    """The reason with the number and the days of the entries that it rests on."""
    if not ids:
        return reasoning
    days = sorted({document.dated_at.date() for document in found.entries.documents if document.source_id in ids})
    told = f"Mentioned in {len(ids)} recent journal {'entry' if len(ids) == 1 else 'entries'}"
    return f"{reasoning.rstrip()} {told} ({', '.join(map(_day, days))})."


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
