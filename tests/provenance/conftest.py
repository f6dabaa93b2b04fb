"""Texts that are made from a person's rows, and what is known of them."""

from typing import Any

from sqlalchemy import text

from app.db.session import db as database
from tests.conftest import Caller

WEEKLY, PROMPTS, SUGGEST = "/api/v1/chat/weekly-insights", "/api/v1/chat/prompts", "/api/v1/chat/suggest-goals"
CATEGORIES = ("motivation", "reflection", "planning", "celebration", "challenge")
CANARY = "kumquat"


def generate(caller: Caller, **body: Any) -> Any:
    answer = caller.post(f"{WEEKLY}/generate", json=body)
    assert answer.status_code == 200, answer.json
    return answer.json


def current(caller: Caller) -> Any:
    return caller.get(f"{WEEKLY}/current").json["insight"]


def prompts_that_say(word: str) -> dict[str, Any]:
    return {"json": {"prompts": [{"text": f"What about the {word} of mine?", "category": one} for one in CATEGORIES]}}


def suggestions_that_say(word: str) -> dict[str, Any]:
    goal = {
        "title": f"More {word}", "description": f"You wrote about {word} a lot.", "category": "personal",
        "milestones": [f"One {word}", f"Two {word}"], "reasoning": f"It is {word} again.", "journal_ids": [],
    }  # fmt: skip
    return {"json": {"suggested_goals": [goal] * 3, "patterns": []}}


def stored(word: str) -> list[str]:
    """The tables that have the word somewhere, but for what the person wrote there."""
    found = []
    with database.read() as session:
        for table in session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all():
            query = text(f'SELECT count(*) FROM "{table}" AS t WHERE to_jsonb(t)::text ILIKE :word')
            if session.scalar(query, {"word": f"%{word}%"}):
                found.append(table)
    return sorted(found)
