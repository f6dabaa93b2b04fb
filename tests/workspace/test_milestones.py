"""Milestones and progress notes: what they do to their goal."""

from typing import Any

import pytest

from tests.conftest import Caller
from tests.workspace.conftest import GOALS, add_milestone, day, make_goal, read, set_status, titles


def path(goal: Any, *parts: str) -> str:
    return "/".join([GOALS, goal["id"], *parts])


def test_a_milestone_is_added_at_the_end(owner: Caller, goal: Any) -> None:
    add_milestone(owner, goal, "First")
    answer = owner.post(path(goal, "milestone"), json={"title": "Second", "due_date": day(5)})
    assert answer.status_code == 201
    assert (answer.json["goal_id"], answer.json["order"], answer.json["completed"]) == (goal["id"], 2, False)


def test_milestones_are_listed_in_order_and_counted(owner: Caller, goal: Any) -> None:
    first = add_milestone(owner, goal, "First")
    add_milestone(owner, goal, "Second")
    owner.patch(path(goal, "milestone", first["id"], "complete"))
    listed = owner.get(path(goal, "milestone")).json
    assert (titles(listed["milestones"]), listed["total"], listed["completed"]) == (["First", "Second"], 2, 1)


def test_completing_a_milestone_moves_the_goal_and_doing_it_again_moves_it_back(owner: Caller) -> None:
    goal = make_goal(owner, milestones=[{"title": f"Step {n}"} for n in range(3)])
    complete = path(goal, "milestone", goal["milestones"][0]["id"], "complete")
    assert owner.patch(complete).json["completed_at"]
    moved = read(owner, goal)
    assert (moved["progress_percentage"], moved["last_activity"] > goal["last_activity"]) == (33, True)
    assert owner.patch(complete).json["completed_at"] is None
    assert read(owner, goal)["progress_percentage"] == 0


def test_halves_are_rounded_up(owner: Caller) -> None:
    goal = make_goal(owner, milestones=[{"title": f"Step {n}"} for n in range(8)])
    owner.patch(path(goal, "milestone", goal["milestones"][0]["id"], "complete"))
    assert read(owner, goal)["progress_percentage"] == 13


def test_a_completed_goal_stays_complete_when_a_milestone_is_added(owner: Caller, goal: Any) -> None:
    set_status(owner, goal, "completed")
    add_milestone(owner, goal)
    assert read(owner, goal)["progress_percentage"] == 100


def test_a_milestone_changes_in_what_is_named(owner: Caller, goal: Any) -> None:
    step = owner.post(path(goal, "milestone"), json={"title": "Run 3K", "due_date": day(5)}).json
    renamed = owner.put(path(goal, "milestone", step["id"]), json={"title": "Run 4K"}).json
    assert (renamed["title"], renamed["due_date"]) == ("Run 4K", step["due_date"])
    assert owner.put(path(goal, "milestone", step["id"]), json={"due_date": None}).json["due_date"] is None


def test_deleting_a_milestone_closes_the_gap(owner: Caller) -> None:
    goal = make_goal(owner, milestones=[{"title": "One"}, {"title": "Two"}, {"title": "Three"}])
    answer = owner.delete(path(goal, "milestone", goal["milestones"][1]["id"]))
    assert answer.json["success"] is True
    left = owner.get(path(goal, "milestone")).json["milestones"]
    assert [(step["title"], step["order"]) for step in left] == [("One", 1), ("Three", 2)]


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": "x" * 201}, {"title": "x", "due_date": "soon"}])
def test_what_is_not_a_milestone_is_refused(owner: Caller, goal: Any, body: dict[str, Any]) -> None:
    assert owner.post(path(goal, "milestone"), json=body).status_code == 400


def test_a_goal_has_at_most_a_hundred_milestones(owner: Caller) -> None:
    goal = make_goal(owner, milestones=[{"title": f"Step {n}"} for n in range(100)])
    assert owner.post(path(goal, "milestone"), json={"title": "One more"}).status_code == 400


def test_a_milestone_of_another_goal_is_not_there(owner: Caller, goal: Any) -> None:
    step = add_milestone(owner, make_goal(owner, "Another goal"))
    answer = owner.patch(path(goal, "milestone", step["id"], "complete"))
    assert (answer.status_code, answer.json["message"]) == (404, "Milestone not found")


def test_progress_is_noted_and_listed_newest_first(owner: Caller, goal: Any) -> None:
    answers = [owner.post(path(goal, "progress"), json={"content": text}) for text in ("Slow", "Faster")]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert sorted(answers[0].json) == ["content", "created_at", "goal_id", "id"]
    listed = owner.get(path(goal, "progress")).json
    assert ([note["content"] for note in listed["progress_updates"]], listed["total"]) == (["Faster", "Slow"], 2)
    assert read(owner, goal)["last_activity"] > goal["last_activity"]


@pytest.mark.parametrize("body", [{}, {"content": " "}, {"content": "x" * 2001}])
def test_what_is_not_a_note_is_refused(owner: Caller, goal: Any, body: dict[str, Any]) -> None:
    assert owner.post(path(goal, "progress"), json=body).status_code == 400


def test_a_note_can_be_deleted_once(owner: Caller, goal: Any) -> None:
    note = owner.post(path(goal, "progress"), json={"content": "Slow"}).json
    assert owner.delete(path(goal, "progress", note["id"])).json["id"] == note["id"]
    again = owner.delete(path(goal, "progress", note["id"]))
    assert (again.status_code, again.json["message"]) == (404, "Progress update not found")


def test_one_goal_shows_all_that_hangs_on_it(owner: Caller) -> None:
    goal = make_goal(owner, milestones=[{"title": "One"}])
    owner.post(path(goal, "progress"), json={"content": "A start"})
    shown = read(owner, goal)
    assert titles(shown["milestones"]) == ["One"]
    assert [note["content"] for note in shown["progress_updates"]] == ["A start"]
    assert (shown["linked_journal_entries"], shown["milestone_count"]) == ([], 1)
