"""What a coach makes of a journal that tells of pain or danger: with care's word, never as a win or a plan."""

from typing import Any

import pytest
from flask import Flask

from app.weekly import jobs
from tests.care.test_journal import CONCERN, CRISIS, change, write
from tests.chat.conftest import aim, prompt, read
from tests.conftest import Caller, sign_in
from tests.double.client import Double

CHAT = "/api/v1/chat"
WEEKLY = f"{CHAT}/weekly-insights"
ASKED = "Before we go on:"
ADVICE = {"insights": "It goes on, one step after the other, as it can.", "recommendations": ["Rest a while today"] * 2}


def heavy(app: Flask, name: str, text: str = CRISIS) -> Caller:
    """Somebody of their own, so that no test follows up another's."""
    caller = sign_in(app, name, "acme")
    write(caller, text)
    return caller


def goal_suggestions(*ids: str) -> dict[str, Any]:
    goal = {
        "title": "Walk every day", "description": "A short walk, because it is good for you.", "category": "health",
        "milestones": ["First walk", "Second walk"], "reasoning": "You write about walks.", "journal_ids": list(ids),
    }  # fmt: skip
    return {"patterns": [{"pattern": "Evenings", "journal_ids": list(ids)}], "suggested_goals": [goal] * 3}


pytestmark = pytest.mark.usefixtures("clean")


@pytest.mark.parametrize("text", [CRISIS, CONCERN])
def test_insights_are_written_with_care(app: Flask, double: Double, text: str) -> None:
    double.default(text="You wrote about something hard.")
    heavy(app, f"ina-{len(text)}", text).get(f"{CHAT}/insights")
    assert prompt(double).count("<care>") == 1 and text in prompt(double)


def test_insights_on_an_ordinary_journal_are_written_as_ever(app: Flask, double: Double) -> None:
    double.default(text="You ran.")
    heavy(app, "otto", "I ran and felt better").get(f"{CHAT}/insights")
    assert "<care>" not in prompt(double)


def test_insights_of_somebody_who_was_in_danger_open_with_the_question(app: Flask, double: Double) -> None:
    double.default(text="You wrote about something hard.")
    caller = heavy(app, "iris")
    told = [caller.get(f"{CHAT}/insights").json["insights"], read(caller.get(f"{CHAT}/insights/stream")).text]
    assert told[0] == told[1] and told[0].startswith(ASKED) and told[0].endswith("something hard.")


def test_goal_insights_are_written_with_care(app: Flask, double: Double) -> None:
    caller = heavy(app, "gabi")
    goal = aim(caller)
    write(caller, CONCERN, linked_goal_ids=[goal["id"]])
    double.default(json=ADVICE)
    advice = caller.get(f"{CHAT}/goal-insights/{goal['id']}").json["insights"]
    assert CONCERN in prompt(double) and "<care>" in prompt(double)
    assert advice.startswith(ASKED) and advice.endswith(ADVICE["insights"])


def test_no_goal_rests_on_pain_or_danger(app: Flask, double: Double) -> None:
    caller = heavy(app, "susi")
    dark = write(caller, CONCERN)["id"]
    ids = [write(caller, "I went for a walk", title="Out")["id"] for _ in range(2)]
    double.default(json=goal_suggestions(dark, *ids))
    told = caller.post(f"{CHAT}/suggest-goals").json
    assert "<care>" in prompt(double)
    assert told["suggested_goals"][0]["journal_entry_ids"] == ids
    assert told["based_on"]["patterns"][0]["journal_entry_ids"] == ids


def test_openers_in_hard_times_celebrate_nothing(app: Flask, double: Double) -> None:
    texts = {"reflection": "What is hard right now?", "celebration": "What went well this week?"}
    made = [{"text": text, "category": category} for category, text in texts.items()]
    double.default(json={"prompts": [*made, {"text": "Help me get through today", "category": "planning"}]})
    told = heavy(app, "olga").get(f"{CHAT}/prompts").json["prompts"]
    assert [prompt["category"] for prompt in told] == ["reflection", "planning"]
    assert "<care>" in prompt(double)


def test_openers_from_before_are_shown_no_more(app: Flask, double: Double) -> None:
    caller = heavy(app, "otis", "I ran and felt better")
    double.default(json={"prompts": [{"text": "What went well this week?", "category": "celebration"}] * 3})
    assert caller.get(f"{CHAT}/prompts").json["prompts"][0]["category"] == "celebration"
    write(caller, CONCERN)
    told = [caller.get(f"{CHAT}/prompts").json["prompts"] for _ in range(2)]
    assert {prompt["category"] for prompt in told[0]} == {"reflection", "challenge", "planning"}
    assert told[0] == told[1]


def test_a_weekly_review_is_written_with_care_and_holds_only_the_review(app: Flask, double: Double) -> None:
    double.default(text="## Your Week in Review\n\nIt was a hard week.")
    caller = heavy(app, "wilma")
    events = read(caller.get(f"{WEEKLY}/stream"))
    kept = caller.get(f"{WEEKLY}/current").json["insight"]["content"]
    assert events.text == kept == "## Your Week in Review\n\nIt was a hard week."
    assert prompt(double).count("<care>") == 1


def test_a_review_by_night_is_written_with_care(app: Flask, double: Double) -> None:
    double.default(text="## Your Week in Review\n\nIt was a hard week.")
    caller = heavy(app, "wanda", CONCERN)
    week_of = caller.get(f"{WEEKLY}/current").json["weekStart"][:10]
    with app.app_context():
        jobs.write("acme", "wanda", week_of, "UTC")
    assert "<care>" in prompt(double)


def test_what_is_no_more_in_an_entry_counts_no_more(app: Flask, double: Double) -> None:
    caller = sign_in(app, "nora", "acme")
    entry = write(caller, CONCERN)
    change(caller, entry, content="I ran and felt better", title="Out")
    double.default(text="You ran.")
    caller.get(f"{CHAT}/insights")
    assert "<care>" not in prompt(double)
