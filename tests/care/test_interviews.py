"""Interviews are between two agents: who begins one with words of danger is told who helps, and it runs."""

from typing import Any

from sqlalchemy import select

from app.care.models import CareEvent, FollowUp
from app.db.session import db as database
from tests.conftest import Caller

CRISIS = "I have the pills here and I am going to kill myself tonight"
CONCERN = "Sometimes I wish I was dead"
SARAH = {"name": "Sarah Chen", "role": "Founder", "industry": "SaaS", "background": "Builds tools for teams."}


def start(caller: Caller, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return caller.post("/api/interviews/start", json={"persona": SARAH} | body, headers=headers)


def noted() -> list[CareEvent]:
    with database.read() as session:
        return list(session.scalars(select(CareEvent)))


def test_a_persona_in_a_crisis_is_interviewed_and_help_is_told(anonymous: Caller) -> None:
    answer = start(anonymous, {"Accept-Language": "de-AT"}, persona=SARAH | {"background": CRISIS})
    assert (answer.status_code, answer.json["status"]) == (201, "in-progress")
    assert answer.json["safety"] == {"level": "crisis", "category": "suicide"}
    assert answer.json["resources"][0]["country"] == "AT"


def test_it_is_noted_of_the_interview_and_nobody_is_followed_up(anonymous: Caller) -> None:
    started = start(anonymous, problem=CRISIS).json
    [event] = noted()
    assert (event.tenant_id, event.user_id, event.path) == ("", started["interviewId"], "interview")
    assert (event.level, event.shown) == ("crisis", "resources")
    with database.read() as session:
        assert session.scalars(select(FollowUp)).all() == []


def test_the_same_start_again_is_told_again_and_noted_once(anonymous: Caller) -> None:
    answers = [start(anonymous, {"Idempotency-Key": "once"}, solution=CONCERN).json for _ in range(2)]
    assert answers[0] == answers[1] and answers[0]["safety"]["level"] == "concern"
    assert len(noted()) == 1


def test_others_are_told_nothing(anonymous: Caller) -> None:
    assert sorted(start(anonymous, problem="Deadlines kill me").json) == ["interviewId", "status", "stopToken"]
    assert noted() == []


def test_a_refused_one_tells_who_helps(anonymous: Caller) -> None:
    refused = start(anonymous, persona={"background": CRISIS})
    assert (refused.status_code, refused.json["fields"]) == (400, ["name", "role", "industry"])
    assert refused.json["safety"]["level"] == "crisis" and refused.json["resources"]
    assert [event.shown for event in noted()] == ["refusal"]
