"""A person in danger within a coaching session: told where help is, not coached, and not counted."""

from typing import Any

import pytest

from tests.conftest import Caller
from tests.double.client import Double

CRISIS = "I have the pills here and I am going to kill myself tonight"
CONCERN = "Sometimes I wish I was dead"
GO_ON = {"json": {"message": "Go on", "is_final": False, "result": None}}


@pytest.fixture
def session_id(owner: Caller, double: Double) -> str:
    double.script({"text": ["Welcome"]})
    started = owner.post("/ai/coaching/start", json={"topic_id": "core_values"}).json
    assert started["disclosure"] == started["metadata"]["disclosure"]
    return str(started["session_id"])


def say(caller: Caller, session_id: str, text: str) -> Any:
    return caller.post("/ai/coaching/message", json={"session_id": session_id, "message": text}).json


def test_a_crisis_is_answered_without_a_model_and_is_no_turn(owner: Caller, double: Double, session_id: str) -> None:
    asked = len(double.requests())
    said = say(owner, session_id, CRISIS)
    assert said["metadata"]["model"] == "care" and said["data"]["metadata"]["safety"]["level"] == "crisis"
    assert (said["turn"], said["message_count"]) == (1, 3)
    assert "112" in said["coach_message"] and len(double.requests()) == asked


def test_it_is_answered_when_no_turn_is_left(owner: Caller, double: Double, session_id: str) -> None:
    double.default(**GO_ON)
    for number in range(10):
        say(owner, session_id, f"My value number {number}")
    assert say(owner, session_id, "One more")["code"] == "MAX_TURNS_REACHED"
    assert say(owner, session_id, CRISIS)["metadata"]["model"] == "care"


def test_no_model_sees_what_was_said_in_a_crisis(owner: Caller, double: Double, session_id: str) -> None:
    double.default(**GO_ON)
    say(owner, session_id, CRISIS)
    after = say(owner, session_id, "What should I do next?")
    assert after["metadata"]["safety"] == {"level": "none", "category": None, "follow_up": True}
    assert after["coach_message"].endswith("Go on") and not after["coach_message"].startswith("Go on")
    assert "pills" not in str(double.requests())


def test_a_concern_is_answered_after_a_check_in(owner: Caller, double: Double, session_id: str) -> None:
    double.default(**GO_ON)
    said = say(owner, session_id, CONCERN)
    assert said["coach_message"].startswith("Thank you for saying that.") and said["turn"] == 2


def test_a_refusal_tells_of_help(owner: Caller, session_id: str) -> None:
    refused = say(owner, session_id, f"{CRISIS} {'x ' * 4000}")
    assert refused["code"] == "VALIDATION_ERROR" and refused["safety"]["level"] == "crisis" and refused["resources"]


def test_what_a_session_begins_with_is_looked_at(owner: Caller, double: Double) -> None:
    started = owner.post("/ai/coaching/start", json={"topic_id": "core_values", "context": {"why": CRISIS}}).json
    assert started["metadata"]["model"] == "care" and double.requests() == []
