"""Goals that a person might set, each with the entries that speak for it, counted here."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from functools import partial

from marshmallow import fields, validate

from app.auth.principals import Principal
from app.core.errors import Unprocessable
from app.core.json import JSONObject, objects_of, texts_of
from app.db.session import db
from app.insights import material, proving
from app.insights.material import Material
from app.insights.service import Generator
from app.limits.permits import Permit
from app.llm.choices import known_id
from app.llm.structured import OutputSchema
from app.provenance import answers
from app.topics.result import Result, among, many, model_schema, prose
from app.turns.idempotency import RUNNING, claim_of
from app.turns.once import once
from app.web.schemas import Schema

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


def journal_ids() -> fields.List[str]:
    told = {"description": "The ids of the journal documents that show it, copied exactly"}
    return fields.List(prose(64, 0), required=True, validate=validate.Length(0, 12), metadata=told)


class Suggestion(Schema):
    title = prose(120, 3)
    description = prose(800, 20)
    category = among(*Category)
    milestones = fields.List(prose(200, 3), required=True, validate=validate.Length(2, 4))
    reasoning = prose(400, 10)
    journal_ids = journal_ids()


class Pattern(Schema):
    pattern = prose(200, 3)
    journal_ids = journal_ids()


class Suggestions(Result):
    patterns = many(Pattern, 6, 0)
    suggested_goals = many(Suggestion, 5, 3)


OUTPUT_SCHEMA = OutputSchema(model_schema(Suggestions))


def suggest(
    generator: Generator, principal: Principal, personality_id: str | None, key: str | None, permit: Permit,
    is_waiting: Callable[[], bool],
) -> dict[str, object]:  # fmt: skip
    """The same key asks the model once."""
    claim = claim_of(principal.key, key, "chat.suggest-goals", {"personalityId": personality_id}, RUNNING)
    work = partial(_suggested, generator, principal, personality_id, permit)
    keep = partial(answers.keep, principal, claim) if claim else None
    answer = once(db, claim, work, reused=Unprocessable, is_waiting=is_waiting, keep=keep)
    return {**answer, **answers.about(db, principal, claim)}


def _suggested(
    generator: Generator, principal: Principal, personality_id: str | None, permit: Permit
) -> dict[str, object]:
    found = material.read(principal, personality_id)
    if found.is_empty:
        return _body([], [], found, permit) | {"message": NOTHING, "receipts": []}
    permit.acquire()
    request = material.request(principal, found, "suggest_goals", ASK, MOST_TOKENS, "goal_suggestions")
    value = generator.data(request, OUTPUT_SCHEMA)
    items, told = proving.fields(found, objects_of(value["suggested_goals"]), ("reasoning",), ("description",))
    patterns, of_patterns = proving.fields(found, objects_of(value["patterns"]), ("pattern",))
    goals, receipts = [_goal(item, found) for item in items], [*told, *of_patterns]
    return _body(goals, _patterns(patterns, found), found, permit) | {"receipts": receipts}


def _body(
    goals: Sequence[JSONObject], patterns: Sequence[JSONObject], found: Material, permit: Permit
) -> dict[str, object]:
    return {
        "suggested_goals": goals,
        "suggestions": goals,
        "total": len(goals),
        answers.MADE_OF: answers.noted(found.sources),
        "based_on": found.based_on | {"patterns_identified": len(patterns), "patterns": patterns},
        "usageInfo": permit.usage_info,
    }


def _goal(item: JSONObject, found: Material) -> JSONObject:
    shown = {name: item[name] for name in ("title", "description", "category", "milestones")}
    ids = _known(item, found)
    return {**shown, "reasoning": _counted(str(item["reasoning"]), ids, found), "journal_entry_ids": ids}


def _patterns(items: Sequence[JSONObject], found: Material) -> list[JSONObject]:
    """Those that are none are left out."""
    known = [(item["pattern"], _known(item, found)) for item in items]
    return [{"pattern": text, "journal_entry_ids": ids} for text, ids in known if text and len(ids) >= LEAST_OF_PATTERN]


def _known(item: JSONObject, found: Material) -> list[str]:
    """A model may name an entry twice, with a word beside it, or one that it made up."""
    named = (known_id(text, found.entry_ids) for text in texts_of(item["journal_ids"]))
    return [entry_id for entry_id in dict.fromkeys(named) if entry_id]


def _counted(reasoning: str, ids: Sequence[str], found: Material) -> str:
    """The reason with the number and the days of the entries that it rests on."""
    if not ids:
        return reasoning
    days = sorted({document.dated_at.date() for document in found.entries.documents if document.source_id in ids})
    told = f"Mentioned in {len(ids)} recent journal {'entry' if len(ids) == 1 else 'entries'}"
    return f"{reasoning.rstrip()} {told} ({', '.join(map(_day, days))}).".lstrip()


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
