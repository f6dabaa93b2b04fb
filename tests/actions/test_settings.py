"""Kinds that may happen at once, and proposals without being asked for."""

import pytest

from app.care import claims
from tests.actions.conftest import GOAL, aim, answered, calls, confirmed, move, proposed
from tests.chat.conftest import stream
from tests.conftest import Caller
from tests.double.client import Double

SETTINGS = "/api/v1/actions/settings"
CORRECTION = claims.languages()["en"].correction


def test_nothing_happens_at_once_unless_it_is_allowed_to(owner: Caller) -> None:
    assert owner.get(SETTINGS).json == {"allowed": [], "enabled": False}
    owner.put(SETTINGS, json={"allowed": ["progress.add"]})
    owner.put(SETTINGS, json={"enabled": True})
    assert owner.get(SETTINGS).json == {"allowed": ["progress.add"], "enabled": True}


@pytest.mark.parametrize("kind", ["goal.delete", "action.create", ""])
def test_only_harmless_kinds_can_be_allowed(kind: str, owner: Caller) -> None:
    assert owner.put(SETTINGS, json={"allowed": [kind]}).status_code == 400


def test_an_allowed_kind_happens_and_can_be_undone(owner: Caller, double: Double) -> None:
    owner.put(SETTINGS, json={"allowed": ["goal.create"]})
    double.script(calls(("goal_create", GOAL), text="I've saved your goal. What comes first?"))
    events = answered(owner)
    assert events.text.startswith("I've saved your goal. What comes first?\n\nCreate the goal “Run a marathon”")
    assert events.last["proposals"][0]["state"] == "done"
    assert [goal["title"] for goal in owner.get("/api/v1/goals").json["goals"]] == ["Run a marathon"]
    move(owner, events.last["proposals"][0], "undo")
    assert owner.get("/api/v1/goals").json["goals"] == []


def test_each_kind_by_itself_and_revocably(owner: Caller, double: Double) -> None:
    owner.put(SETTINGS, json={"allowed": ["progress.add"]})
    assert proposed(owner, double, "goal_create", GOAL)["state"] == "proposed"
    owner.put(SETTINGS, json={"allowed": []})
    goal = aim(owner)["id"]
    assert proposed(owner, double, "progress_add", {"goal_id": goal, "content": "Ran"})["state"] == "proposed"


def test_who_has_allowed_it_is_not_lied_to_either(owner: Caller, double: Double) -> None:
    owner.put(SETTINGS, json={"allowed": ["goal.create"]})
    double.script({"text": "I've saved your goal."})
    assert answered(owner).text == CORRECTION


def test_what_was_confirmed_may_be_said_and_nothing_else(owner: Caller, double: Double) -> None:
    double.script(calls(("goal_create", GOAL), text="I've saved your goal."))
    events = answered(owner)
    assert events.text == CORRECTION
    confirmed(owner, events.last["proposals"][0])
    double.script({"text": "Yes, I've saved your goal. I've emailed your boss."})
    assert answered(owner, sessionId=events.start["sessionId"]).text == f"Yes, I've saved your goal. {CORRECTION}"


def test_a_reminder_that_was_set_may_be_spoken_of(owner: Caller, double: Double) -> None:
    double.script(calls(("reminder_create", {"text": "Run", "at": "2099-01-08T18:00:00"}), text="I've set a reminder."))
    events = answered(owner)
    assert events.text == CORRECTION
    confirmed(owner, events.last["proposals"][0])
    double.script({"text": "Good, I've set a reminder."})
    assert answered(owner, sessionId=events.start["sessionId"]).text == "Good, I've set a reminder."


def test_a_person_may_have_proposals_always(owner: Caller, double: Double) -> None:
    owner.put(SETTINGS, json={"enabled": True})
    double.script(calls(("goal_create", GOAL)))
    assert stream(owner).types == ["start", "content", "proposal", "end"]
    assert "proposals" not in stream(owner, actions=False).last
