"""Goals over their life: made, listed, changed, completed, reopened, deleted."""

from typing import Any

import pytest

from tests.conftest import Caller
from tests.workspace.conftest import GOALS, backdate, day, make_goal, read, set_status, titles

MINIMAL = {"title": "Run a 5K", "category": "health", "target_date": day(30)}


def test_a_new_goal_has_every_field(owner: Caller) -> None:
    answer = owner.post(GOALS, json=MINIMAL)
    expected = {
        "user_id": "olivia", "description": "", "category": "health", "status": "not_started",
        "progress_percentage": 0, "target_date": f"{day(30)}T00:00:00.000Z", "completed_at": None, "is_habit": False,
        "habit_frequency": None, "habit_streak": 0, "habit_completed_dates": [], "milestones": [],
    }  # fmt: skip
    assert answer.status_code == 201
    assert answer.json["id"].startswith("goal_")
    assert {key: answer.json[key] for key in expected} == expected


def test_milestones_come_with_the_goal_in_their_order(owner: Caller) -> None:
    steps = [{"title": "Run 1K", "due_date": None}, {"title": "Run 3K", "due_date": day(9)}, {"title": "Run 5K"}]
    made = make_goal(owner, milestones=steps)["milestones"]
    assert [(step["title"], step["order"]) for step in made] == [("Run 1K", 1), ("Run 3K", 2), ("Run 5K", 3)]
    assert [step["due_date"] for step in made] == [None, f"{day(9)}T00:00:00.000Z", None]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "5K"}, {"title": "x" * 201}, {"title": None}, {"description": "x" * 2001}, {"category": " "},
        {"category": "x" * 101}, {"target_date": day(-1)}, {"target_date": "soon"}, {"target_date": None},
        {"milestones": [{"title": ""}]}, {"milestones": [{"title": "x"}] * 101}, {"milestones": ["x"]},
        {"is_habit": "maybe"}, {"habit_frequency": "hourly"},
    ],
)  # fmt: skip
def test_what_is_not_a_goal_is_refused_in_the_contracts_body(owner: Caller, change: dict[str, Any]) -> None:
    answer = owner.post(GOALS, json=MINIMAL | change)
    assert (answer.status_code, answer.json["statusCode"], answer.json["error"]) == (400, 400, "Bad Request")
    assert next(iter(change)) in answer.json["message"]
    assert owner.get(GOALS).json["goals"] == []


def test_a_goal_may_be_due_today(owner: Caller) -> None:
    assert owner.post(GOALS, json=MINIMAL | {"target_date": day()}).status_code == 201


def test_an_unknown_category_is_kept_as_it_is(owner: Caller) -> None:
    make_goal(owner, category="Bee keeping / honey")
    assert owner.get(f"{GOALS}/category/Bee%20keeping%20%2F%20honey").json["count"] == 1
    assert owner.get(GOALS).json["goals"][0]["category"] == "Bee keeping / honey"


def test_null_counts_as_absent(owner: Caller) -> None:
    answer = owner.post(GOALS, json=MINIMAL | {"description": None, "milestones": None, "is_habit": None})
    assert (answer.status_code, answer.json["description"], answer.json["milestones"]) == (201, "", [])


def test_the_list_shows_the_newest_first_with_counts_of_milestones(owner: Caller) -> None:
    make_goal(owner, "Older", milestones=[{"title": "One"}, {"title": "Two"}])
    make_goal(owner, "Newer")
    listed = owner.get(GOALS).json
    assert titles(listed["goals"]) == ["Newer", "Older"]
    assert (listed["goals"][1]["milestone_count"], listed["goals"][1]["completed_milestones"]) == (2, 0)
    assert (listed["hasMore"], listed["nextCursor"]) == (False, None)


@pytest.mark.parametrize("name", ["cursor", "startAfter"])
def test_pages_do_not_move_when_a_goal_is_added(owner: Caller, name: str) -> None:
    for number in range(4):
        make_goal(owner, f"Goal {number}")
    first = owner.get(f"{GOALS}?limit=2").json
    make_goal(owner, "Goal 4")
    rest = owner.get(f"{GOALS}?limit=2&{name}={first['nextCursor']}").json
    assert titles(first["goals"] + rest["goals"]) == ["Goal 3", "Goal 2", "Goal 1", "Goal 0"]
    assert (first["hasMore"], rest["hasMore"], rest["nextCursor"]) == (True, False, None)


def test_a_cursor_that_is_not_of_this_list_is_refused(owner: Caller, stranger: Caller, goal: Any) -> None:
    assert owner.get(f"{GOALS}?cursor=goal_unknown").status_code == 400
    assert stranger.get(f"{GOALS}?cursor={goal['id']}").status_code == 400


@pytest.mark.parametrize(
    ("limit", "status"), [("abc", 200), ("", 200), ("-1", 400), ("0", 400), ("101", 400), ("12abc", 400)]
)
def test_limits_are_bounded(owner: Caller, limit: str, status: int) -> None:
    assert owner.get(f"{GOALS}?limit={limit}").status_code == status


def test_lists_are_filtered_by_category_and_status(owner: Caller) -> None:
    started = make_goal(owner, "Started")
    set_status(owner, started, "in_progress")
    make_goal(owner, "Other category", category="career")
    assert titles(owner.get(f"{GOALS}?status=in_progress&category=health").json["goals"]) == ["Started"]
    assert owner.get(f"{GOALS}?status=dreaming").json["goals"] == []


def test_counts_tell_the_whole_picture(owner: Caller) -> None:
    late, done = make_goal(owner, "Late"), make_goal(owner, "Done", category="career")
    backdate(late, 3)
    set_status(owner, done, "completed")
    counts = owner.get(f"{GOALS}/counts").json
    assert counts["by_status"] == {"not_started": 1, "in_progress": 0, "completed": 1, "abandoned": 0}
    assert counts["by_category"] == {"health": 1, "career": 1}
    assert [counts[key] for key in ("total", "active", "overdue", "completed", "abandoned")] == [2, 1, 1, 1, 0]


def test_overdue_goals_are_the_open_ones_past_their_day(owner: Caller) -> None:
    late, done = make_goal(owner, "Late"), make_goal(owner, "Done")
    make_goal(owner, "Due today", target_date=day())
    backdate(late, 3)
    backdate(done, 5)
    set_status(owner, done, "completed")
    overdue = owner.get(f"{GOALS}/overdue").json
    assert [(row["title"], row["days_overdue"]) for row in overdue["goals"]] == [("Late", 3)]
    assert overdue["count"] == 1


def test_a_change_touches_only_what_it_names(owner: Caller, goal: Any) -> None:
    changed = owner.put(f"{GOALS}/{goal['id']}", json={"title": "Run a 10K"}).json
    kept = ("description", "category", "target_date", "status", "created_at")
    assert changed["title"] == "Run a 10K"
    assert [changed[key] for key in kept] == [goal[key] for key in kept]
    assert owner.put(f"{GOALS}/{goal['id']}", json={}).json["title"] == "Run a 10K"


def test_patch_does_what_put_does(owner: Caller, goal: Any) -> None:
    assert owner.patch(f"{GOALS}/{goal['id']}", json={"category": "sport"}).json["category"] == "sport"


def test_a_change_of_status_is_sent_to_its_own_route(owner: Caller, goal: Any) -> None:
    answer = owner.put(f"{GOALS}/{goal['id']}", json={"status": "completed"})
    assert answer.status_code == 400
    assert "PATCH /api/v1/goals/{id}/status" in answer.json["message"]


def test_an_overdue_goal_can_be_edited_but_not_moved_to_another_past_day(owner: Caller, goal: Any) -> None:
    backdate(goal, 2)
    path, due = f"{GOALS}/{goal['id']}", read(owner, goal)["target_date"]
    assert owner.put(path, json={"title": "Still running", "target_date": due}).status_code == 200
    assert owner.put(path, json={"target_date": day(-1)}).status_code == 400


def test_completing_completes_the_milestones_at_once(owner: Caller) -> None:
    goal = make_goal(owner, milestones=[{"title": "One"}, {"title": "Two"}])
    done = set_status(owner, goal, "completed").json
    assert (done["status"], done["progress_percentage"]) == ("completed", 100)
    assert done["completed_at"] == done["status_changed_at"]
    assert all(step["completed"] and step["completed_at"] for step in done["milestones"])


def test_reopening_opens_again_what_only_the_completion_had_closed(owner: Caller) -> None:
    goal = make_goal(owner, milestones=[{"title": "One"}, {"title": "Two"}])
    owner.patch(f"{GOALS}/{goal['id']}/milestone/{goal['milestones'][0]['id']}/complete")
    set_status(owner, goal, "completed")
    again = set_status(owner, goal, "in_progress").json
    assert (again["progress_percentage"], again["completed_at"]) == (50, None)
    assert [step["completed"] for step in again["milestones"]] == [True, False]


def test_the_same_status_again_changes_nothing(owner: Caller, goal: Any) -> None:
    first = set_status(owner, goal, "in_progress").json
    assert set_status(owner, goal, "in_progress").json == first
    assert set_status(owner, goal, "dreaming").status_code == 400


def test_a_habit_counts_days_in_a_row(owner: Caller) -> None:
    path = f"{GOALS}/{make_goal(owner, is_habit=True)['id']}/habit-toggle"
    for offset in (-3, -1):
        owner.patch(path, json={"date": day(offset)})
    today = owner.patch(path).json
    assert (today["habit_frequency"], today["habit_streak"]) == ("daily", 2)
    assert today["habit_completed_dates"] == [day(-3), day(-1), day()]
    assert owner.patch(path, json={"date": day(-1)}).json["habit_streak"] == 1


def test_only_habits_have_days(owner: Caller, goal: Any) -> None:
    assert owner.patch(f"{GOALS}/{goal['id']}/habit-toggle").status_code == 400


def test_before_a_deletion_the_owner_hears_what_goes(owner: Caller) -> None:
    goal = make_goal(owner, milestones=[{"title": "One"}])
    owner.post(f"{GOALS}/{goal['id']}/progress", json={"content": "A start"})
    info = owner.get(f"{GOALS}/{goal['id']}/deletion-info").json
    assert [info[key] for key in ("milestonesCount", "progressUpdatesCount", "linkedJournalEntriesCount")] == [1, 1, 0]
    assert [info[key] for key in ("milestones_count", "progress_updates_count")] == [1, 1]
    assert info["warning"]


def test_a_deleted_goal_is_gone(owner: Caller, goal: Any) -> None:
    expected = {"success": True, "message": "Goal deleted successfully", "id": goal["id"]}
    assert owner.delete(f"{GOALS}/{goal['id']}").json == expected
    again = owner.delete(f"{GOALS}/{goal['id']}")
    assert (again.status_code, again.json["message"]) == (404, "Goal not found")


@pytest.mark.parametrize("wrap", [lambda items: {"goals": items}, lambda items: items])
def test_many_goals_are_made_at_once(owner: Caller, wrap: Any) -> None:
    items = [MINIMAL | {"title": "First", "milestones": [{"title": "One"}]}, MINIMAL | {"title": "Second"}]
    answer = owner.post(f"{GOALS}/batch", json=wrap(items))
    assert (answer.status_code, answer.json["created"]) == (201, 2)
    assert titles(answer.json["goals"]) == ["First", "Second"]
    assert answer.json["goals"][0]["milestone_count"] == 1


def test_one_bad_goal_of_many_stops_them_all(owner: Caller) -> None:
    answer = owner.post(f"{GOALS}/batch", json={"goals": [MINIMAL, MINIMAL | {"title": "x"}]})
    assert (answer.status_code, "goals.1.title" in answer.json["message"]) == (400, True)
    assert owner.post(f"{GOALS}/batch", json=[MINIMAL] * 51).status_code == 400
    assert owner.get(GOALS).json["goals"] == []


def test_many_goals_are_changed_all_or_none(owner: Caller) -> None:
    first, second = make_goal(owner, "First"), make_goal(owner, "Second")
    good = [{"goalId": goal["id"], "data": {"category": "career"}} for goal in (first, second)]
    missing = {"goalId": "goal_unknown", "data": {"title": "Never"}}
    assert owner.put(f"{GOALS}/batch", json=[*good, missing]).status_code == 404
    assert read(owner, first)["category"] == "health"
    assert owner.put(f"{GOALS}/batch", json=good).json["updated"] == 2
    assert read(owner, second)["category"] == "career"


def test_the_singular_path_is_the_same_place(owner: Caller, goal: Any) -> None:
    assert owner.get(f"/api/v1/goal/{goal['id']}").json == read(owner, goal)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"milestones": "run"}, "milestones must be a list"),
        ({"milestones": ["run"]}, "milestones.0 must be an object"),
        ({"is_habit": "maybe"}, "is_habit must be true or false"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(owner: Caller, change: dict[str, Any], told: str) -> None:
    assert owner.post(GOALS, json=MINIMAL | change).json["message"] == told
