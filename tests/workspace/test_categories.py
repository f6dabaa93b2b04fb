"""Categories of goals: the default ones, a person's own, and what becomes of their goals."""

from typing import Any

import pytest

from tests.conftest import Caller
from tests.workspace.conftest import GOALS, make_goal, read

CATEGORIES = "/api/v1/categories"
DEFAULTS = ["career", "health", "personal", "financial", "relationships", "learning", "other"]


def make_category(caller: Caller, name: str = "Travel", **fields: Any) -> Any:
    return caller.post(CATEGORIES, json={"name": name} | fields).json


def names(caller: Caller) -> list[str]:
    return [row["name"] for row in caller.get(CATEGORIES).json]


def test_everybody_has_the_default_categories(owner: Caller) -> None:
    rows = owner.get(CATEGORIES).json
    assert [(row["id"], row["name"], row["is_default"]) for row in rows] == [(name, name, True) for name in DEFAULTS]


def test_own_categories_follow_by_name(owner: Caller) -> None:
    made = owner.post(CATEGORIES, json={"name": " Travel ", "color": "#3B82F6", "icon": "✈️"})
    make_category(owner, "art")
    assert made.status_code == 201
    expected = {"user_id": "olivia", "name": "Travel", "color": "#3B82F6", "icon": "✈️", "is_default": False}
    assert {key: made.json[key] for key in expected} == expected
    assert names(owner) == [*DEFAULTS, "art", "Travel"]
    assert owner.get(f"{CATEGORIES}/{made.json['id']}").json == made.json


@pytest.mark.parametrize(
    "body",
    [
        {}, {"name": " "}, {"name": "x" * 51}, {"name": 5}, {"name": "Art", "color": "blue"},
        {"name": "Art", "color": "#12345"}, {"name": "Art", "color": "#1234567"}, {"name": "Art", "icon": "x" * 51},
    ],
)  # fmt: skip
def test_what_is_no_category_is_refused(owner: Caller, body: Any) -> None:
    answer = owner.post(CATEGORIES, json=body)
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")
    assert names(owner) == DEFAULTS


@pytest.mark.parametrize("name", ["Travel", "TRAVEL", "health", "Health"])
def test_a_name_is_given_once_whatever_its_case(owner: Caller, teammate: Caller, name: str) -> None:
    art = make_category(owner, "Art")
    make_category(owner, "Travel")
    taken = "A category with this name already exists"
    assert owner.post(CATEGORIES, json={"name": name}).json["message"] == taken
    assert owner.put(f"{CATEGORIES}/{art['id']}", json={"name": name}).json["message"] == taken
    assert names(owner) == [*DEFAULTS, "Art", "Travel"]
    assert teammate.post(CATEGORIES, json={"name": "Travel"}).status_code == 201


def test_a_change_keeps_what_it_does_not_name(owner: Caller) -> None:
    made = make_category(owner, color="#3B82F6", icon="✈️")
    changed = owner.put(f"{CATEGORIES}/{made['id']}", json={"name": "travel", "icon": None}).json
    assert (changed["name"], changed["color"], changed["icon"]) == ("travel", "#3B82F6", None)


def test_goals_are_put_into_a_category_by_its_id_its_name_or_itself(owner: Caller) -> None:
    made = make_category(owner)
    goals = [make_goal(owner, category=given) for given in (made["id"], "Travel", made)]
    assert [goal["category"] for goal in goals] == ["Travel"] * 3
    moved = owner.put(f"{GOALS}/{make_goal(owner)['id']}", json={"category": made})
    assert (moved.status_code, moved.json["category"]) == (200, "Travel")
    assert owner.get(f"{GOALS}/category/{made['id']}").json["count"] == 4
    assert len(owner.get(f"{GOALS}?category={made['id']}").json["goals"]) == 4


def test_the_goals_of_a_renamed_category_stay_in_it(owner: Caller) -> None:
    made = make_category(owner)
    goal = make_goal(owner, category=made["id"])
    owner.put(f"{CATEGORIES}/{made['id']}", json={"name": "Journeys"})
    assert read(owner, goal)["category"] == "Journeys"


def test_the_goals_of_a_deleted_category_go_to_the_default_one(owner: Caller, teammate: Caller) -> None:
    made = make_category(owner)
    goal, other = make_goal(owner, category=made["id"]), make_goal(teammate, category="Travel")
    answer = owner.delete(f"{CATEGORIES}/{made['id']}")
    expected = {"success": True, "message": "Category deleted successfully", "goalsAffected": 1}
    assert (answer.status_code, answer.json) == (200, expected)
    assert (read(owner, goal)["category"], read(teammate, other)["category"]) == ("other", "Travel")
    assert make_goal(owner, category=made["id"])["category"] == "other"
    assert owner.delete(f"{CATEGORIES}/{made['id']}").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_default_categories_stay_as_they_are(owner: Caller, method: str) -> None:
    assert owner.open(method, f"{CATEGORIES}/health", json={"name": "Fitness"}).status_code == 400
    assert names(owner) == DEFAULTS


@pytest.mark.parametrize("who", ["teammate", "stranger"])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_nobody_else_sees_or_changes_a_category(
    owner: Caller, who: str, method: str, request: pytest.FixtureRequest
) -> None:
    made, caller = make_category(owner), request.getfixturevalue(who)
    answer = caller.open(method, f"{CATEGORIES}/{made['id']}", json={"name": "Mine"})
    assert (answer.status_code, answer.json["message"]) == (404, "Category not found")
    assert names(owner) == [*DEFAULTS, "Travel"] and names(caller) == DEFAULTS
    assert make_goal(caller, category=made["id"])["category"] == "other"
