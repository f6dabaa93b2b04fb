"""Suggested goals; the entries that speak for them are counted here, not by the model."""

from typing import Any

import gevent

from tests.chat.conftest import aim, prompt, write
from tests.conftest import Caller
from tests.double.client import Double

PLACE = "/api/v1/chat/suggest-goals"


def goal(ids: list[str], **fields: Any) -> dict[str, Any]:
    return {
        "title": "Establish Morning Routine", "description": "You wrote that you want to wake up earlier.",
        "category": "personal", "milestones": ["Alarm at seven", "Two weeks in a row"],
        "reasoning": "Mornings keep coming up.", "journal_ids": ids,
    } | fields  # fmt: skip


def answer(goals: list[Any], patterns: list[Any] | None = None) -> dict[str, Any]:
    return {"json": {"suggested_goals": goals, "patterns": patterns or []}}


def test_answers_with_the_contracts_fields(owner: Caller, double: Double) -> None:
    ids = [write(owner)["id"] for _ in range(3)]
    pattern = {"pattern": "Mornings", "journal_ids": ids}
    double.script(answer([goal(ids), goal(ids[:1]), goal([])], [pattern]))
    body = owner.post(PLACE).json
    assert (body["total"], len(body["suggested_goals"])) == (3, 3)
    assert set(body["suggested_goals"][0]) >= {"title", "description", "category", "reasoning"}
    assert body["based_on"]["journal_entries_analyzed"] == 3
    assert body["based_on"]["patterns_identified"] == 1
    assert body["suggestions"] == body["suggested_goals"]


def test_the_reasoning_counts_real_entries_once(owner: Caller, teammate: Caller, double: Double) -> None:
    first, second = write(owner)["id"], write(owner)["id"]
    foreign = write(teammate)["id"]
    named = [first, second, second, foreign, "journal_made_up"]
    double.script(answer([goal(named), goal([first]), goal(["journal_made_up"])]))
    found = owner.post(PLACE).json["suggested_goals"]
    assert "Mentioned in 2 recent journal entries (" in found[0]["reasoning"]
    assert "Mentioned in 1 recent journal entry (" in found[1]["reasoning"]
    assert found[2]["reasoning"] == "Mornings keep coming up."
    assert found[0]["journal_entry_ids"] == [first, second]


def test_what_was_written_once_is_no_pattern(owner: Caller, double: Double) -> None:
    first, second = write(owner)["id"], write(owner)["id"]
    patterns = [
        {"pattern": "Often", "journal_ids": [first, second]},
        {"pattern": "Once", "journal_ids": [first, first]},
        {"pattern": "Never", "journal_ids": ["journal_made_up"]},
    ]
    double.script(answer([goal([])] * 3, patterns))
    based_on = owner.post(PLACE).json["based_on"]
    assert based_on["patterns_identified"] == 1
    assert [row["pattern"] for row in based_on["patterns"]] == ["Often"]


def test_what_is_nearly_right_needs_no_second_call(owner: Caller, double: Double) -> None:
    entry = write(owner)["id"]
    for count, total in ((2, 2), (6, 5)):
        double.script(answer([goal([])] * count))
        assert owner.post(PLACE).json["total"] == total
    ids = [f"{entry.upper()} (Monday)", "journal_" + "x" * 80]
    said = goal(ids, category="Personal growth", reasoning="Why? " * 90)
    double.script(answer([said, goal([], category="gardening"), {"title": "Half a goal"}]))
    first, second = owner.post(PLACE).json["suggested_goals"]
    assert (first["journal_entry_ids"], first["category"], second["category"]) == ([entry], "personal", "other")
    assert first["reasoning"].startswith("Why? Why?") and "Mentioned in 1 recent" in first["reasoning"]
    assert len(double.requests()) == 3


def test_no_goal_at_all_is_asked_for_again_and_then_an_error(owner: Caller, double: Double) -> None:
    write(owner)
    double.script(answer([]), answer([{"title": "Half a goal"}]))
    assert owner.post(PLACE).status_code == 500
    assert len(double.requests()) == 2


def test_the_schema_is_closed_for_strict_vendors(owner: Caller, double: Double) -> None:
    write(owner)
    double.script(answer([goal([])] * 3))
    owner.post(PLACE)
    form = double.requests()[-1]["body"]["response_format"]["json_schema"]
    assert form["strict"] is True
    assert form["schema"]["additionalProperties"] is False


def test_only_the_persons_own_words_are_read(owner: Caller, teammate: Caller, double: Double) -> None:
    write(teammate, "Canary")
    aim(teammate, "Canary goal")
    write(owner)
    double.script(answer([goal([])] * 3))
    owner.post(PLACE)
    assert "Canary" not in prompt(double)


def test_with_nothing_written_nothing_is_suggested(owner: Caller, double: Double) -> None:
    answered = owner.post(PLACE)
    assert (answered.json["suggested_goals"], answered.json["total"]) == ([], 0)
    assert answered.json["based_on"]["patterns_identified"] == 0
    assert answered.json["message"]
    assert (double.requests(), answered.headers["X-RateLimit-Remaining"]) == ([], "10")


def test_the_same_key_asks_the_model_once(owner: Caller, double: Double) -> None:
    write(owner)
    double.default(**answer([goal([])] * 3), gap=0.05)
    key = {"Idempotency-Key": "once"}
    asked = [gevent.spawn(owner.post, PLACE, headers=key) for _ in range(8)]
    bodies = [greenlet.get().json for greenlet in asked]
    assert all(body == bodies[0] for body in bodies)
    assert len(double.requests()) == 1
    assert owner.get("/api/v1/me/usage").json["limits"]["insights"]["remaining"] == 9
    other = owner.post(PLACE, headers=key, json={"personalityId": "personality_direct"})
    assert other.status_code == 422


def test_a_failure_gives_the_unit_and_the_key_back(owner: Caller, double: Double) -> None:
    write(owner)
    key = {"Idempotency-Key": "again"}
    double.script({"status": 400}, answer([goal([])] * 3))
    assert owner.post(PLACE, headers=key).status_code == 500
    assert owner.post(PLACE, headers=key).headers["X-RateLimit-Remaining"] == "9"
