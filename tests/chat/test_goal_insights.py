"""Insights on one goal; the summary of its progress is counted from the rows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.core.clock import now
from app.db.session import db as database
from app.workspace.models import ProgressUpdate
from tests.chat.conftest import aim, prompt, read, write
from tests.conftest import Caller
from tests.double.client import Double

ANSWER = {
    "insights": "You are making excellent progress. You have completed no milestone yet, but you write steadily.",
    "recommendations": ["Schedule training runs three times per week", "Set a specific race date"],
}
STEPS = [{"title": "1K"}, {"title": "2K"}, {"title": "3K"}]


@pytest.fixture
def goal(owner: Caller) -> Any:
    return aim(owner, milestones=STEPS)


def insights(caller: Caller, goal_id: str) -> Any:
    return caller.get(f"/api/v1/chat/goal-insights/{goal_id}")


def test_answers_with_the_contracts_fields(owner: Caller, goal: Any, double: Double) -> None:
    double.script({"json": ANSWER})
    answer = insights(owner, goal["id"])
    assert answer.status_code == 200
    assert (answer.json["goal_id"], answer.json["goal_title"]) == (goal["id"], "Run a 5K")
    assert {name: answer.json[name] for name in ANSWER} == ANSWER
    assert answer.json["progress_summary"] == {
        "milestones_completed": 0, "milestones_total": 3, "days_until_target": 37,
        "recent_activity": "No progress recorded yet",
    }  # fmt: skip


def test_the_summary_is_counted_whatever_the_model_says(owner: Caller, goal: Any, double: Double) -> None:
    place = f"/api/v1/goals/{goal['id']}"
    owner.patch(f"{place}/milestone/{goal['milestones'][0]['id']}/complete")
    owner.post(f"{place}/progress", json={"content": "Ran 2.4K"})
    double.script({"json": ANSWER}, {"json": ANSWER})
    summary = insights(owner, goal["id"]).json["progress_summary"]
    assert (summary["milestones_completed"], summary["recent_activity"]) == (1, "Last progress update today")
    with database.begin() as session:
        session.execute(update(ProgressUpdate).values(created_at=now() - timedelta(days=2)))
    owner.patch(f"{place}/milestone/{goal['milestones'][0]['id']}/complete")
    summary = insights(owner, goal["id"]).json["progress_summary"]
    assert (summary["milestones_completed"], summary["recent_activity"]) == (0, "Last progress update 2 days ago")


def test_streams_with_the_goals_id(owner: Caller, goal: Any, double: Double) -> None:
    double.script({"text": ["You're making", " excellent progress."]})
    events = read(owner.get(f"/api/v1/chat/goal-insights/{goal['id']}/stream"))
    assert events.types == ["start", "content", "content", "end"]
    assert (events.start["goalId"], events.start["usageInfo"]["remaining"]) == (goal["id"], 9)
    assert events.last["progress_summary"]["milestones_total"] == 3


def test_the_model_sees_linked_and_fitting_entries_only(
    owner: Caller, teammate: Caller, goal: Any, double: Double
) -> None:
    linked = write(owner, "Shoes", "Bought them at last", goal_ids=[goal["id"]])
    fitting = write(owner, "Lake", "I want to run the whole 5K")
    write(owner, "Canary", "Tomatoes in the garden")
    write(teammate, "Canary", "I run a 5K too")
    aim(owner, "Canary goal")
    double.script({"json": ANSWER})
    insights(owner, goal["id"])
    assert linked["id"] in prompt(double)
    assert fitting["id"] in prompt(double)
    assert "Canary" not in prompt(double)


def test_unknown_and_foreign_goals_are_404_and_cost_nothing(owner: Caller, teammate: Caller, goal: Any) -> None:
    for place in ("", "/stream"):
        answer = teammate.get(f"/api/v1/chat/goal-insights/{goal['id']}{place}")
        assert (answer.status_code, answer.json["message"]) == (404, "Goal not found")
        assert answer.headers["X-RateLimit-Remaining"] == "10"
    assert insights(owner, "stream").status_code == 404


def test_an_answer_that_stays_broken_costs_two_calls_and_no_unit(owner: Caller, goal: Any, double: Double) -> None:
    double.script({"json": {"insights": "short"}}, {"json": {"insights": "short"}})
    answer = insights(owner, goal["id"])
    assert (answer.status_code, len(double.requests())) == (500, 2)
    assert answer.headers["X-RateLimit-Remaining"] == "10"
