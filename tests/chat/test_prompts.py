"""Questions to begin with: made once, kept for an hour, renewed in the background."""

from datetime import timedelta
from typing import Any

import gevent
from flask import Flask
from sqlalchemy import update

from app.core.clock import now
from app.db.session import db as database
from app.insights.models import SuggestedPrompts
from tests.chat.conftest import aim, prompt, write
from tests.conftest import Caller
from tests.double.client import Double
from tests.jobs.test_jobs import burst

PLACE = "/api/v1/chat/prompts"
CATEGORIES = {"motivation", "reflection", "planning", "celebration", "challenge"}


def made(text: str) -> dict[str, Any]:
    prompts = [{"text": f"{text}, {category}?", "category": category} for category in sorted(CATEGORIES)]
    return {"json": {"prompts": prompts}}


def texts(caller: Caller) -> list[str]:
    return [row["text"] for row in caller.get(PLACE).json["prompts"]]


def an_hour_later() -> None:
    with database.begin() as session:
        session.execute(update(SuggestedPrompts).values(made_at=now() - timedelta(minutes=61)))


def test_answers_with_the_contracts_fields(owner: Caller, double: Double) -> None:
    write(owner)
    double.script(made("How can I go on"))
    body = owner.get(PLACE).json
    assert body["total"] == len(body["prompts"]) == 5
    assert {row["category"] for row in body["prompts"]} == CATEGORIES
    assert all(row["id"].startswith("prompt_") and row["text"] for row in body["prompts"])


def test_once_there_are_some_no_request_asks_a_model(owner: Caller, double: Double) -> None:
    write(owner)
    double.script(made("First time"))
    first = texts(owner)
    an_hour_later()
    assert [texts(owner) for _ in range(3)] == [first] * 3
    assert len(double.requests()) == 1


def test_an_old_set_is_renewed_by_one_job(owner: Caller, double: Double, app: Flask) -> None:
    write(owner)
    double.script(made("First time"), made("Second time"))
    texts(owner)
    an_hour_later()
    gevent.joinall([gevent.spawn(texts, owner) for _ in range(5)])
    burst(app)
    assert texts(owner)[0].startswith("Second time")
    assert len(double.requests()) == 2


def test_a_newcomers_prompts_make_way_for_the_first_goal(owner: Caller, double: Double, app: Flask) -> None:
    assert "Help me choose one goal for the next month" in texts(owner)
    aim(owner, "Run a 5K")
    assert any("“Run a 5K”" in text for text in texts(owner))
    double.script(made("How can I go on"))
    burst(app)
    assert all(text.startswith("How can I go on") for text in texts(owner))


def test_those_who_come_at_once_share_one_call(owner: Caller, double: Double) -> None:
    aim(owner)
    double.default(**made("First time"), first=0.2)
    found = [greenlet.get() for greenlet in [gevent.spawn(texts, owner) for _ in range(6)]]
    assert all(found)
    assert len(double.requests()) == 1


def test_somebody_new_gets_questions_without_a_model(owner: Caller, double: Double) -> None:
    body = owner.get(PLACE).json
    assert {row["category"] for row in body["prompts"]} == CATEGORIES
    assert double.requests() == []


def test_while_the_model_is_away_they_come_from_the_rows(owner: Caller, double: Double) -> None:
    aim(owner, "Learn the cello")
    double.default(status=400)
    answer = owner.get(PLACE)
    assert answer.status_code == 200
    assert any("Learn the cello" in row["text"] for row in answer.json["prompts"])


def test_a_deleted_entry_is_in_no_prompt_from_that_moment(owner: Caller, double: Double, app: Flask) -> None:
    aim(owner)
    entry = write(owner, "Secret")
    double.script(made("What of the secret"), made("And now"))
    texts(owner)
    owner.delete(f"/api/v1/journal/{entry['id']}")
    assert not any("secret" in text.lower() for text in texts(owner))
    burst(app)
    assert texts(owner)[0].startswith("And now")
    assert "Secret" not in prompt(double)


def test_everybody_has_their_own(owner: Caller, teammate: Caller, double: Double) -> None:
    write(owner, "Canary")
    write(teammate)
    double.script(made("Mine"), made("Theirs"))
    assert texts(owner) != texts(teammate)
    assert "Canary" not in prompt(double)
