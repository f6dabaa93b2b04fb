"""Without any model key the insights are real all the same: drawn from the demo person's goals and journal."""

from typing import Any

import pytest
from flask import Flask

from app.cli import demo
from app.console.demo_person import TENANT, USER
from app.workspace import demo as workspace
from tests.chat.conftest import read
from tests.conftest import Caller, sign_in

SECTIONS = ["Your Week in Review", "Patterns", "Wins", "Challenges", "Recommendations"]


@pytest.fixture
def person(offline_app: Flask, clean: None) -> Caller:
    with offline_app.app_context():
        demo.seed()
    return sign_in(offline_app, USER, TENANT)


def titles() -> set[str]:
    demo_person = workspace.read()
    return {facts.title for facts in (*demo_person.entries.values(), *demo_person.goals.values())}


def named(text: str) -> set[str]:
    """The goals and entries that a text names."""
    return {title for title in titles() if f"“{title}”" in text}


def test_a_weekly_review_has_every_section_and_real_entries(person: Caller) -> None:
    """The demo person's own entries may all be of last week, when this one has just begun."""
    assert (
        person.post("/api/v1/journal", json={"title": "2K!", "content": "Ran it again, and slept well."}).status_code
        == 201
    )
    events = read(person.get("/api/v1/chat/weekly-insights/stream"))
    content = events.last["insight"]["content"]
    assert [line[3:] for line in content.splitlines() if line.startswith("## ")] == SECTIONS
    assert named(content)
    assert content == events.text


def test_insights_name_goals_and_entries(person: Caller) -> None:
    answer = person.get("/api/v1/chat/insights").json
    assert len(named(answer["insights"])) >= 3
    assert "“" in answer["insights"]


def test_prompts_are_in_the_persons_voice_and_about_their_things(person: Caller) -> None:
    prompts = person.get("/api/v1/chat/prompts").json["prompts"]
    assert [row["category"] for row in prompts] == [
        "motivation", "reflection", "planning", "celebration", "challenge",
    ]  # fmt: skip
    assert all(row["text"].startswith(("How can I", "What", "Help me")) for row in prompts)
    assert named(" ".join(row["text"] for row in prompts))


def test_suggested_goals_rest_on_entries_that_exist(person: Caller) -> None:
    answer = person.post("/api/v1/chat/suggest-goals").json
    written = {row["id"] for row in person.get("/api/v1/journal?limit=100").json["entries"]}
    goals: list[Any] = answer["suggested_goals"]
    assert 3 <= answer["total"] <= 5
    assert answer["based_on"]["patterns_identified"] >= 3
    for goal in goals:
        assert set(goal["journal_entry_ids"]) <= written
        assert f"Mentioned in {len(goal['journal_entry_ids'])} recent" in goal["reasoning"]
    assert not {goal["title"] for goal in goals} & {facts.title for facts in workspace.read().goals.values()}


def test_goal_insights_advise_on_that_goal(person: Caller) -> None:
    goal = next(row for row in person.get("/api/v1/goals").json["goals"] if row["title"] == "Run a 5K")
    answer = person.get(f"/api/v1/chat/goal-insights/{goal['id']}").json
    assert "“Run a 5K” is at 60% with 3 of 5 milestones done" in answer["insights"]
    assert 2 <= len(answer["recommendations"]) <= 5
    assert "Run 3K without a break" in " ".join(answer["recommendations"])
