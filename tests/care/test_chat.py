"""A person in danger who writes to the chat is told where help is, and no model is asked."""

from tests.conftest import Caller
from tests.double.client import Double

CRISIS = "I have the pills here and I am going to kill myself tonight"
CONCERN = "Sometimes I wish I was dead"


def say(caller: Caller, text: str, **body: str) -> dict:
    return caller.post("/api/v1/chat/message", json={"message": text, **body}).json


def test_a_crisis_is_answered_without_a_model(owner: Caller, double: Double) -> None:
    said = say(owner, CRISIS)
    assert said["metadata"]["model"] == "care"
    assert said["metadata"]["safety"] == {"level": "crisis", "category": "suicide"}
    assert "112" in said["response"] and double.requests() == []


def test_it_takes_nothing_of_the_rate(owner: Caller) -> None:
    before = say(owner, "Hello")["usageInfo"]["remaining"]
    assert say(owner, CRISIS)["usageInfo"]["remaining"] == before


def test_a_concern_is_answered_after_a_check_in(owner: Caller, double: Double) -> None:
    double.script({"text": ["I hear you."]})
    said = say(owner, CONCERN)
    assert said["response"].startswith("Thank you for saying that.") and said["response"].endswith("I hear you.")
    assert said["metadata"]["safety"]["level"] == "concern"
    assert "<care>" in double.requests()[0]["body"]["messages"][0]["content"]
