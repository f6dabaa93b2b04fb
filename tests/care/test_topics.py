"""Texts of topics are looked at: no result is made of a crisis, neither at once nor in the background."""

from app.topics.catalog import TOPICS
from tests.conftest import Caller
from tests.double.client import Double

EXAMPLE = dict(TOPICS["niche_review"].example)
CRISIS = "I have the pills here and I am going to kill myself tonight"
CONCERN = "Sometimes I wish I was dead"


def ask(text: str) -> dict[str, object]:
    return {"topic_id": "niche_review", "parameters": {"current_value": text}}


def test_a_crisis_has_no_result(owner: Caller, double: Double) -> None:
    told = owner.post("/ai/execute", json=ask(CRISIS), headers={"Accept-Language": "en-GB"})
    assert (told.status_code, told.json["success"], told.json["code"]) == (422, False, "CARE")
    assert told.json["safety"] == {"level": "crisis", "category": "suicide"}
    assert "999" in told.json["detail"] and told.json["resources"][0]["country"] == "GB"
    assert double.requests() == []


def test_a_concern_has_its_result_and_where_help_is(owner: Caller, double: Double) -> None:
    double.default(json=EXAMPLE)
    metadata = owner.post("/ai/execute", json=ask(CONCERN)).json["metadata"]
    assert metadata["safety"]["level"] == "concern" and metadata["resources"]


def test_others_are_told_that_nothing_was_found(owner: Caller, double: Double) -> None:
    double.default(json=EXAMPLE)
    metadata = owner.post("/ai/execute", json=ask("Coaching for nurses")).json["metadata"]
    assert metadata["safety"] == {"level": "none", "category": None} and "resources" not in metadata


def test_the_onboarding_coach_says_it(owner: Caller, double: Double) -> None:
    said = owner.post("/coaching/onboarding", json={"topic": "purpose", "message": CRISIS}).json
    assert "112" in said["data"]["response"] and said["metadata"]["model"] == "care"
    assert double.requests() == []
