"""The offline coach on a workspace: whatever its rows are, an answer; with facts, one that speaks of them."""

import json
import random
from datetime import date
from typing import Any

import pytest
from app.llm.offline.reading import Reading, read
from app.llm.offline.tenant import RECIPES

from app.llm.interfaces import Caller, Message, Request

NAMES = (
    "goal", "goals", "other_goals", "business_foundation", "business_context", "strategies", "existing_strategies",
    "measures", "measures_summary", "existing_measures", "performance_data", "actions", "tasks", "issue", "issues",
    "people", "current_plan", "current_value", "current_intent", "current", "kind", "stage", "message", "today",
    "alignment_score", "onboarding_niche", "onboarding_ica", "onboarding_products", "core_values", "vision",
)  # fmt: skip
KEYS = (
    "id", "title", "name", "status", "priority", "description", "currentValue", "previous", "unit", "direction",
    "estimatedHours", "dependencies", "core_values", "products", "icas", "proposition", "painPoints", "metrics",
    "keyDifferentiators", "dueDate", "progress", "impact",
)  # fmt: skip
OURS = list(RECIPES)
GOAL = {"id": "g1", "title": "Light ten lobbies", "progress": 40, "status": "active"}


def reading(**data: Any) -> Reading:
    blocks = "\n".join(f'<data name="{name}">{json.dumps(value)}</data>' for name, value in data.items())
    return read(Request(caller=Caller("test", "t", "u"), messages=(Message("user", blocks),), system="Help."))


def anything(dice: random.Random, depth: int = 3) -> Any:
    kind = dice.randrange(8 if depth else 5)
    plain = (None, dice.randrange(-5, 10**9), "", "x" * 300, dice.choice(("open", "high", "We help people with light")))
    if kind < 5:
        return plain[kind]
    if kind == 5:
        return [anything(dice, depth - 1) for _ in range(dice.randrange(4))]
    return {key: anything(dice, depth - 1) for key in dice.sample(KEYS, dice.randrange(8))}


@pytest.mark.parametrize("seed", range(40))
def test_no_data_is_too_strange(seed: int) -> None:
    dice = random.Random(seed)
    found = reading(**{name: anything(dice) for name in dice.sample(NAMES, 14)})
    for name in OURS:
        assert json.dumps(RECIPES[name](found, seed))


@pytest.mark.parametrize("name", OURS)
def test_nothing_is_said_of_a_business_that_nobody_described(name: str) -> None:
    text = json.dumps(RECIPES[name](reading(goal={}, goals=[]), 0), ensure_ascii=False)
    assert "“”" not in text and "None" not in text


def test_a_measure_that_should_fall_is_glad_to() -> None:
    churn = {"name": "Churned Customers", "direction": "down", "currentValue": 1, "previous": 2, "unit": "hotels"}
    found = RECIPES["MeasurePerformanceResponse"](reading(measures=[churn]), 0)
    assert found["strengths"] == ["Churned Customers is at 1 hotel, down from 2"]
    assert (found["weaknesses"], found["effectiveness_score"]) == ([], 90)


def test_a_single_value_is_no_trend() -> None:
    sent = {"period": "Q4 2025", "metrics": [{"name": "Customers", "value": 64}]}
    found = RECIPES["MeasurePerformanceResponse"](reading(performance_data=sent), 0)
    assert found["overall_assessment"] == "For Q4 2025: Customers: a single value is no trend."


def test_gains_add_up_and_stop_at_100() -> None:
    found = RECIPES["AlignmentSuggestionsResponse"](reading(goal=GOAL, alignment_score=65), 0)
    assert found["potential_score"] == 65 + sum(row["expected_improvement"] for row in found["suggestions"])
    assert RECIPES["AlignmentSuggestionsResponse"](reading(goal=GOAL, alignment_score=98), 0)["potential_score"] == 100


def test_a_schedule_keeps_to_dependencies_and_begins_today() -> None:
    tasks = [
        {"id": "b", "title": "Launch", "priority": "critical", "dependencies": ["a"], "estimatedHours": 16},
        {"id": "a", "title": "Write the page", "priority": "low", "estimatedHours": 8},
    ]
    found = RECIPES["SchedulingSuggestionsResponse"](reading(actions=tasks, today="2026-03-02"), 0)["data"]
    days = [(row["actionId"], row["suggestedStartDate"], row["suggestedDueDate"]) for row in found]
    assert days == [("a", "2026-03-02", "2026-03-02"), ("b", "2026-03-03", "2026-03-04")]
    assert all(date.fromisoformat(row["alternativeSchedules"][0]["startDate"]) for row in found)


def test_what_others_wait_for_moves_up() -> None:
    tasks = [{"id": "a", "title": "Page", "priority": "low"}, {"id": "b", "title": "Launch", "dependencies": ["a"]}]
    ranked = RECIPES["PrioritizationSuggestionsResponse"](reading(actions=tasks), 0)["data"]
    assert (ranked[0]["suggestedPriority"], ranked[0]["recommendedAction"]) == ("medium", "escalate")
    assert ranked[1]["recommendedAction"] == "maintain"


def test_a_cause_is_taken_from_the_record() -> None:
    issue = {"title": "Dimmers flicker", "description": "Since the new drivers came, four hotels report it."}
    causes = RECIPES["RootCauseSuggestionsResponse"](reading(issue=issue), 0)["potential_causes"]
    assert (causes[0]["cause"], causes[0]["likelihood"]) == ("What changed: the new drivers came", "high")


@pytest.mark.parametrize(
    "text",
    ["We help small business owners with marketing", "Hotels", "x" * 5000, "We provide great marketing services"],
)
def test_a_review_has_three_wordings_that_differ(text: str) -> None:
    found = RECIPES["OnboardingReviewResponse"](reading(current_value=text), 0)
    assert len({row["text"] for row in found["suggestions"]}) == 3
    assert all(len(row["text"]) < 400 for row in found["suggestions"])
