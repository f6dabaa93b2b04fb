"""A person in danger in a conversation about the business."""

from typing import Any

import pytest

from tests.conftest import Caller
from tests.double.client import Double

CRISIS = "I have the pills here and I am going to kill myself tonight"
CONCERN = "Sometimes I wish I was dead"
REPLY = {"json": {"response": "Which customers left?", "suggestions": ["Call them"], "relatedInsights": []}}


@pytest.fixture
def conversation(owner: Caller) -> Any:
    return owner.post("/conversations/initiate", json={"topic": "retention"}).json["data"]


def say(caller: Caller, conversation: Any, text: str) -> Any:
    return caller.post(f"/conversations/{conversation['id']}/message", json={"message": text}).json["data"]


def test_a_crisis_is_answered_without_a_model(owner: Caller, double: Double, conversation: Any) -> None:
    said = say(owner, conversation, CRISIS)
    assert "112" in said["response"] and said["metadata"]["model"] == "care"
    assert said["metadata"]["safety"] == {"level": "crisis", "category": "suicide"} and double.requests() == []


def test_no_model_sees_what_was_said_in_a_crisis(owner: Caller, double: Double, conversation: Any) -> None:
    double.default(**REPLY)
    say(owner, conversation, CRISIS)
    after = say(owner, conversation, "How do we keep customers?")
    assert after["metadata"]["safety"]["follow_up"] is True and after["response"].endswith("Which customers left?")
    assert "pills" not in str(double.requests())


def test_a_concern_is_answered_after_a_check_in(owner: Caller, double: Double, conversation: Any) -> None:
    double.default(**REPLY)
    said = say(owner, conversation, CONCERN)
    assert said["response"].startswith("Thank you for saying that.") and said["metadata"]["resources"]


def test_it_may_begin_with_one(owner: Caller, double: Double) -> None:
    begun = owner.post("/conversations/initiate", json={"topic": "retention", "initialMessage": CRISIS}).json["data"]
    assert begun["metadata"]["model"] == "care" and begun["disclosure"] and double.requests() == []


def test_what_it_is_about_is_not_shown_either(owner: Caller, double: Double) -> None:
    double.default(**REPLY)
    about = {"topic": CRISIS, "context": {"why": CRISIS}, "initialMessage": "How do we keep customers?"}
    owner.post("/conversations/initiate", json=about)
    assert double.requests() and "pills" not in str(double.requests())
