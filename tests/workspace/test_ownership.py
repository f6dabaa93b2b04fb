"""Goals and journal are their owner's. For anybody else they do not exist."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import Caller
from tests.workspace.conftest import GOALS, JOURNAL, add_milestone, make_entry, make_goal

ROUTES = [
    ("GET", "{goal}", None), ("PUT", "{goal}", {"title": "Mine now"}), ("PATCH", "{goal}", {"title": "Mine now"}),
    ("DELETE", "{goal}", None), ("PATCH", "{goal}/status", {"status": "completed"}),
    ("PATCH", "{goal}/habit-toggle", {}), ("GET", "{goal}/deletion-info", None),
    ("POST", "{goal}/milestone", {"title": "Mine"}), ("GET", "{goal}/milestone", None),
    ("PUT", "{goal}/milestone/{milestone}", {"title": "Mine"}), ("DELETE", "{goal}/milestone/{milestone}", None),
    ("PATCH", "{goal}/milestone/{milestone}/complete", None), ("POST", "{goal}/progress", {"content": "Mine"}),
    ("GET", "{goal}/progress", None), ("DELETE", "{goal}/progress/{progress}", None),
    ("POST", "{goal}/link-journal", {"journal_entry_id": "x"}), ("DELETE", "{goal}/link-journal/{entry}", None),
    ("GET", "{goal}/linked-journals", None), ("GET", "{journal}", None), ("PUT", "{journal}", {"title": "Mine"}),
    ("PATCH", "{journal}", {"title": "Mine"}), ("DELETE", "{journal}", None), ("GET", "{journal}/goals", None),
]  # fmt: skip


@dataclass
class Owned:
    """What the owner has, and how it looked before anybody else came."""

    goal: str
    journal: str
    milestone: str
    progress: str
    entry: str
    before: list[Any]


def look(owner: Caller, goal: str, journal: str) -> list[Any]:
    return [owner.get(goal).json, owner.get(journal).json]


@pytest.fixture
def owned(owner: Caller) -> Owned:
    goal = make_goal(owner, is_habit=True)
    path, entry = f"{GOALS}/{goal['id']}", make_entry(owner, goal_ids=[goal["id"]])["id"]
    milestone = add_milestone(owner, goal)["id"]
    progress = owner.post(f"{path}/progress", json={"content": "A start"}).json["id"]
    journal = f"{JOURNAL}/{entry}"
    return Owned(path, journal, milestone, progress, entry, look(owner, path, journal))


@pytest.mark.parametrize("who", ["teammate", "stranger"])
@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_nobody_else_sees_or_changes_anything(
    owner: Caller, owned: Owned, who: str, method: str, path: str, body: Any, request: pytest.FixtureRequest
) -> None:
    caller = request.getfixturevalue(who)
    answer = caller.open(method, path.format(**vars(owned)), **({} if body is None else {"json": body}))
    expected = "Goal not found" if path.startswith("{goal}") else "Journal entry not found"
    assert (answer.status_code, answer.json["message"]) == (404, expected)
    assert look(owner, owned.goal, owned.journal) == owned.before


@pytest.mark.parametrize("who", ["teammate", "stranger"])
def test_lists_of_others_are_empty(owned: Owned, who: str, request: pytest.FixtureRequest) -> None:
    caller = request.getfixturevalue(who)
    assert caller.get(GOALS).json["goals"] == caller.get(JOURNAL).json["entries"] == []
    assert caller.get(f"{GOALS}/counts").json["total"] == caller.get(f"{GOALS}/overdue").json["count"] == 0
    assert caller.get(f"{JOURNAL}/search?q=kilometres").json["entries"] == []
    assert caller.get(f"{JOURNAL}/grouped").json["total_entries"] == 0


def test_nobody_links_across_people(owned: Owned, teammate: Caller) -> None:
    mine, my_entry = make_goal(teammate), make_entry(teammate)
    theirs = {"journal_entry_id": owned.entry}
    assert teammate.post(f"{GOALS}/{mine['id']}/link-journal", json=theirs).status_code == 404
    body = {"goal_ids": [owned.goal.rsplit("/", 1)[1]]}
    assert teammate.put(f"{JOURNAL}/{my_entry['id']}", json=body).status_code == 404


def test_a_batch_with_somebody_elses_goal_changes_nothing(owned: Owned, teammate: Caller) -> None:
    mine = make_goal(teammate, "Mine")
    ids = [mine["id"], owned.goal.rsplit("/", 1)[1]]
    items = [{"goalId": goal_id, "data": {"title": "Changed"}} for goal_id in ids]
    assert teammate.put(f"{GOALS}/batch", json=items).status_code == 404
    assert teammate.get(f"{GOALS}/{mine['id']}").json["title"] == "Mine"


@pytest.mark.parametrize(("method", "path"), [("GET", GOALS), ("POST", GOALS), ("GET", JOURNAL), ("POST", JOURNAL)])
def test_without_a_token_there_is_nothing(anonymous: Caller, method: str, path: str) -> None:
    answer = anonymous.open(method, path)
    assert (answer.status_code, answer.json["statusCode"]) == (401, 401)
