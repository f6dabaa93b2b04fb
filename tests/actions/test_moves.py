"""Confirmed, declined, undone: once, whoever asks how often, and not when what it is about has changed."""

from datetime import timedelta
from typing import Any

import gevent
import pytest
from flask import Flask

from tests.actions.conftest import GOAL, aim, answered, calls, confirmed, later, move, proposed, rows
from tests.chat.conftest import messages
from tests.conftest import Caller, sign_in
from tests.double.client import Double

DAY = timedelta(hours=25)


def goals(caller: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get("/api/v1/goals").json["goals"]
    return found


def test_confirming_does_it_and_gives_the_row(owner: Caller, double: Double) -> None:
    shown = proposed(owner, double, "goal_create", GOAL)
    answer = move(owner, shown, "confirm").json
    assert answer == {"id": shown["id"], "state": "done", "result": answer["result"]}
    assert owner.get(f"/api/v1/goals/{answer['result']['id']}").json["title"] == "Run a marathon"


def test_twice_is_once(owner: Caller, double: Double) -> None:
    shown = proposed(owner, double, "goal_create", GOAL)
    answers = [gevent.spawn(move, owner, shown, "confirm") for _ in range(5)]
    bodies = [answer.get().json for answer in answers]
    assert all(body == bodies[0] for body in bodies) and len(goals(owner)) == 1


def test_declining_does_nothing(owner: Caller, double: Double) -> None:
    shown = proposed(owner, double, "goal_create", GOAL)
    assert [move(owner, shown, "decline").json["state"] for _ in range(2)] == ["declined", "declined"]
    assert move(owner, shown, "confirm").status_code == 409 and goals(owner) == []


def test_it_is_its_persons_alone(owner: Caller, teammate: Caller, stranger: Caller, double: Double) -> None:
    shown = proposed(owner, double, "goal_create", GOAL)
    for other in (teammate, stranger):
        assert {move(other, shown, verb).status_code for verb in ("confirm", "decline", "undo")} == {404}
        assert other.get("/api/v1/actions").json["actions"] == []


def _arguments(owner: Caller) -> dict[str, dict[str, Any]]:
    """For each kind of action one that can be done."""
    goal = aim(owner, milestones=[{"title": "Run 3K"}, {"title": "Run 4K"}])["id"]
    habit = aim(owner, "Stretch", is_habit=True)["id"]
    owner.post("/api/v1/routines", json={"title": "Morning", "steps": [{"title": "Water"}]})
    owner.post(f"/api/v1/goals/{goal}/progress", json={"content": "Two rounds"})
    return {
        "goal_create": GOAL | {"milestones": [{"title": "Half of it", "due_date": "2099-01-31"}]},
        "goal_update": {"goal_id": goal, "title": "Run a 10K", "description": "With Tom"},
        "goal_complete": {"goal_id": "run a 5k"},
        "milestone_create": {"goal_id": goal, "title": "Run 5K"},
        "milestone_complete": {"goal_id": goal, "milestone_id": "Run 3K"},
        "progress_add": {"goal_id": goal, "content": "Four kilometres today"},
        "journal_create": {"title": "A start", "content": "Today I decided.", "mood": "proud", "goal_ids": [goal]},
        "habit_log": {"goal_id": habit},
        "habit_log routine": {"routine_id": "Morning"},
        "check_in_create": {"text": "How did the run go?", "rrule": "FREQ=WEEKLY;BYDAY=TH", "at": "2099-01-01"},
        "reminder_create": {"text": "Go for a run", "at": "2099-01-07T18:00:00", "goal_id": "Run a 5K"},
        "action_create": {"title": "Call ten customers", "dueDate": "2099-01-31"},
        "issue_create": {"title": "Deliveries arrive late", "priority": "high"},
    }


@pytest.mark.parametrize(
    "tool",
    [
        "goal_create", "goal_update", "goal_complete", "milestone_create", "milestone_complete", "progress_add",
        "journal_create", "habit_log", "habit_log routine", "check_in_create", "reminder_create",
        "action_create", "issue_create",
    ],
)  # fmt: skip
def test_every_kind_is_done_and_undone_to_the_last_column(tool: str, owner: Caller, double: Double) -> None:
    given = _arguments(owner)[tool]
    before = rows()
    shown = proposed(owner, double, tool.split(maxsplit=1)[0], given)
    assert rows() == before
    confirmed(owner, shown)
    assert rows() != before
    assert move(owner, shown, "undo").json == {"id": shown["id"], "state": "undone"}
    assert rows() == before


def test_undoing_twice_is_once(owner: Caller, double: Double) -> None:
    shown = proposed(owner, double, "goal_create", GOAL)
    confirmed(owner, shown)
    assert [move(owner, shown, "undo").status_code for _ in range(2)] == [200, 200]
    assert move(owner, shown, "confirm").status_code == 409 and goals(owner) == []


def test_what_has_changed_is_shown_again(owner: Caller, double: Double) -> None:
    goal = aim(owner)["id"]
    shown = proposed(owner, double, "goal_update", {"goal_id": goal, "title": "Run a 10K"})
    owner.patch(f"/api/v1/goals/{goal}", json={"title": "Swim"})
    refused = [move(owner, shown, "confirm") for _ in range(2)]
    assert {(one.status_code, one.json["code"]) for one in refused} == {(409, "ACTION_CONFLICT")}
    fresh = refused[0].json["proposal"]
    assert fresh == refused[1].json["proposal"] and fresh["before"]["title"] == "Swim"
    assert confirmed(owner, fresh)["title"] == "Run a 10K"


def test_a_note_on_the_way_is_no_conflict(owner: Caller, double: Double) -> None:
    goal = aim(owner)["id"]
    shown = proposed(owner, double, "goal_update", {"goal_id": goal, "title": "Run a 10K"})
    owner.post(f"/api/v1/goals/{goal}/progress", json={"content": "Two rounds"})
    assert confirmed(owner, shown)["title"] == "Run a 10K"


def test_what_is_gone_is_no_proposal_any_more(owner: Caller, double: Double) -> None:
    goal = aim(owner)["id"]
    shown = proposed(owner, double, "goal_update", {"goal_id": goal, "title": "Run a 10K"})
    owner.delete(f"/api/v1/goals/{goal}")
    refused = move(owner, shown, "confirm")
    assert (refused.status_code, refused.json["code"], refused.json["proposal"]) == (409, "ACTION_CONFLICT", None)


def test_what_was_built_on_since_is_not_undone(owner: Caller, double: Double) -> None:
    shown = proposed(owner, double, "goal_create", GOAL)
    goal = confirmed(owner, shown)["id"]
    owner.post(f"/api/v1/goals/{goal}/progress", json={"content": "Two rounds"})
    refused = move(owner, shown, "undo")
    assert (refused.status_code, refused.json["code"]) == (409, "ACTION_CONFLICT") and len(goals(owner)) == 1


def test_after_a_day_it_is_too_late(owner: Caller, double: Double) -> None:
    first, second = (proposed(owner, double, "goal_create", GOAL, message) for message in ("Please", "Again"))
    confirmed(owner, first)
    later(expires_at=DAY, done_at=DAY)
    assert [move(owner, first, "undo").status_code, move(owner, second, "confirm").status_code] == [410, 410]


def test_a_role_that_was_taken_away_is_not_obeyed(app: Flask, owner: Caller, double: Double) -> None:
    shown = proposed(owner, double, "action_create", {"title": "Call ten customers"})
    demoted = sign_in(app, owner.user, owner.tenant, "viewer")
    assert move(demoted, shown, "confirm").status_code == 403


def test_the_ledger_says_who_when_and_what(owner: Caller, double: Double) -> None:
    double.script(calls(("goal_create", GOAL)))
    events = answered(owner)
    shown = events.last["proposals"][0]
    confirmed(owner, shown)
    move(owner, shown, "undo")
    row = owner.get(f"/api/v1/actions/{shown['id']}").json
    assert (row["proposed_by"], row["state"]) == ("coach-1", "undone")
    assert (row["message_id"], row["answer_id"]) == (events.start["userMessage"]["id"], events.last["messageId"])
    assert all(row[name] for name in ("created_at", "shown_at", "confirmed_at", "done_at", "undone_at"))
    assert [one["id"] for one in owner.get("/api/v1/actions?state=undone").json["actions"]] == [shown["id"]]


def test_what_was_read_back_knows_how_it_stands(owner: Caller, double: Double) -> None:
    double.script(calls(("goal_create", GOAL)))
    events = answered(owner)
    confirmed(owner, events.last["proposals"][0])
    assert messages(owner, events.start["sessionId"])[-1]["proposals"][0]["state"] == "done"


def test_a_deleted_conversation_takes_what_was_only_proposed_along(owner: Caller, double: Double) -> None:
    double.script(calls(("goal_create", GOAL)))
    session = answered(owner).start["sessionId"]
    owner.delete(f"/api/v1/chat/session/{session}")
    assert owner.get("/api/v1/actions").json["actions"] == []
