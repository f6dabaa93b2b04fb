"""Interviews over HTTP and in the worker: begun, talked through, understood, tried again."""

from collections.abc import Callable
from typing import Any

import gevent
import pytest
from flask import Flask

from app.extensions import db as database
from app.interviews import findings
from app.interviews.models import Interview
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.interviews.conftest import INSIGHTS, SARAH, begun, events, script, start, status

Work = Callable[[], None]


def test_an_interview_begins_at_once(visitor: Caller) -> None:
    answer = start(visitor)
    assert (answer.status_code, answer.json["status"], len(answer.json["interviewId"])) == (201, "in-progress", 36)
    state = status(visitor, answer.json["interviewId"])
    expected = {"status": "in-progress", "messageCount": 0, "isComplete": False, "completedAt": None}
    assert {key: state[key] for key in expected} == expected and state["createdAt"].endswith("Z")


def test_it_runs_to_its_end_and_is_understood(visitor: Caller, double: Double, work_off: Work) -> None:
    script(double, 11)
    interview = begun(visitor)
    work_off()
    state = status(visitor, interview)
    assert (state["status"], state["messageCount"], state["isComplete"]) == ("completed", 11, True)
    found = visitor.get(f"/api/interviews/{interview}/insights").json
    assert set(found) == set(INSIGHTS)
    assert found["themes"][0]["quotes"][0] == "Answer 2"
    said = {f"Answer {number}" for number in range(1, 12)}
    assert set(found["themes"][0]["quotes"]) | set(found["keyQuotes"]) <= said
    assert "unheard of" not in found["topicCloud"] and "answer" in found["topicCloud"]
    assert len(double.requests()) == 12
    assert visitor.get(f"/api/interviews/{interview}/insights").json == found
    assert len(double.requests()) == 12


def test_the_two_agents_take_turns_with_memories_of_their_own(visitor: Caller, double: Double, work_off: Work) -> None:
    script(double, 11)
    interview = begun(visitor)
    work_off()
    *messages, last = events(visitor.get(f"/api/interviews/{interview}/stream"))
    agents = [data["payload"]["agent"] for _, _, data in messages]
    assert agents == ["interviewer", "customer"] * 5 + ["interviewer"] and last[1] == "complete"
    first, second, third = (request["body"]["messages"] for request in double.requests()[:3])
    assert "researcher" in first[0]["content"] and "Building a project" not in first[0]["content"]
    assert "Building a project" in second[0]["content"]
    assert [message["role"] for message in third] == ["system", "user", "assistant", "user"]


@pytest.mark.parametrize(
    ("persona", "named"),
    [
        ({}, ["name", "role", "industry", "background"]), (SARAH | {"role": " "}, ["role"]),
        (SARAH | {"name": 7}, ["name"]),
        (None, ["name", "role", "industry", "background"]), ("Sarah", ["name", "role", "industry", "background"]),
    ],
)  # fmt: skip
def test_a_persona_that_is_not_whole(visitor: Caller, persona: Any, named: list[str]) -> None:
    answer = visitor.post("/api/interviews/start", json={"persona": persona})
    assert (answer.status_code, answer.json["error"]) == (400, "Invalid persona data")
    assert answer.json["message"] == "All persona fields (name, role, industry, background) are required"
    assert answer.json["fields"] == named


def test_what_is_too_long(visitor: Caller) -> None:
    answer = start(visitor, persona=SARAH | {"background": "x" * 2001})
    assert (answer.status_code, "background" in answer.json["message"]) == (400, True)
    assert visitor.post("/api/interviews/start", json={"persona": SARAH, "x": "y" * 17_000}).status_code == 413
    assert visitor.post("/api/interviews/start", data="{", content_type="application/json").status_code == 400


def test_ready_made_personas(visitor: Caller) -> None:
    personas = visitor.get("/api/interviews/personas").json["personas"]
    assert {"early_stage_startup_founder", "fitness_seeker_it_engineer"} <= {persona["id"] for persona in personas}
    assert all(
        set(persona) == {"id", "name", "role", "industry", "background", "avatar", "tags"} for persona in personas
    )
    assert start(visitor, persona_id="fitness_seeker_it_engineer", problem="p", solution="s").status_code == 201
    assert start(visitor, persona_id="nobody").status_code == 400


@pytest.mark.parametrize("path", ["status", "insights", "stream"])
def test_an_interview_that_never_was(visitor: Caller, path: str) -> None:
    gone = "550e8400-e29b-41d4-a716-446655440000"
    answer = visitor.get(f"/api/interviews/{gone}/{path}")
    assert (answer.status_code, answer.json) == (
        404, {"error": "Interview not found", "message": f"No interview found with ID: {gone}"},
    )  # fmt: skip


def test_insights_come_after_the_end_only(visitor: Caller) -> None:
    answer = visitor.get(f"/api/interviews/{begun(visitor)}/insights")
    assert (answer.status_code, answer.json) == (
        400,
        {
            "error": "Interview not completed",
            "message": "Insights are only available after the interview is completed",
        },
    )


def test_a_failing_model_ends_it_and_retry_goes_on(visitor: Caller, double: Double, work_off: Work) -> None:
    double.script({"text": "Answer 1"}, {"text": "Answer 2"})
    double.default(status=401)
    interview = begun(visitor)
    work_off()
    assert status(visitor, interview)["status"] == "failed"
    *messages, last = events(visitor.get(f"/api/interviews/{interview}/stream"))
    assert len(messages) == 2
    assert last[1:] == (
        "error", {"type": "error", "error": "AI service unavailable", "message": "Failed to generate next response"},
    )  # fmt: skip
    double.reset()
    script(double, 9)
    assert visitor.post(f"/api/interviews/{interview}/retry").json["status"] == "in-progress"
    work_off()
    state = status(visitor, interview)
    assert (state["status"], state["messageCount"]) == ("completed", 11)
    assert visitor.post(f"/api/interviews/{interview}/retry").status_code == 400


def test_a_turn_is_tried_again(visitor: Caller, double: Double, work_off: Work) -> None:
    double.script({"status": 500}, {"status": 500}, {"status": 500}, {"text": "Answer 1"})
    script(double, 10)
    interview = begun(visitor)
    work_off()
    assert status(visitor, interview)["status"] == "completed"


def test_a_stream_goes_on_after_its_cursor(visitor: Caller, double: Double, work_off: Work) -> None:
    script(double, 11)
    interview = begun(visitor)
    work_off()
    path = f"/api/interviews/{interview}/stream"
    whole = events(visitor.get(path))
    assert [cursor for cursor, *_ in whole] == [str(n) for n in range(1, 12)] + ["11"]
    assert events(visitor.get(path, headers={"Last-Event-ID": "7"})) == whole[7:]
    assert events(visitor.get(path, headers={"Last-Event-ID": "11"})) == whole[-1:]


def test_stage_directions_and_labels_are_taken_away(visitor: Caller, double: Double, work_off: Work) -> None:
    double.script({"text": "Interviewer: *smiles* Hello [pause] there"}, {"text": "Sarah Chen: (sighs) Hi."})
    script(double, 9)
    interview = begun(visitor)
    work_off()
    texts = [data["payload"]["message"] for _, kind, data in events(visitor.get(f"/api/interviews/{interview}/stream"))
             if kind == "message"]  # fmt: skip
    assert texts[:2] == ["Hello there", "Hi."]


def test_a_key_makes_one_interview(visitor: Caller) -> None:
    headers = {"Idempotency-Key": "once"}
    made = {
        visitor.post("/api/interviews/start", json={"persona": SARAH}, headers=headers).json["interviewId"]
        for _ in "ab"
    }
    assert len(made) == 1


def test_starts_are_counted_per_address(make_app: Any, clean: None) -> None:
    caller = sign_in(make_app(RATE_LIMIT_INTERVIEWS="2 per hour"), "", "")
    assert [start(caller).status_code for _ in range(3)] == [201, 201, 429]


def test_operators_list_and_delete(visitor: Caller, quick_app: Flask, owner: Caller) -> None:
    interview = begun(visitor)
    operator = sign_in(quick_app, "opal", "house", "operator")
    assert [row["interviewId"] for row in operator.get("/api/interviews").json["interviews"]] == [interview]
    assert owner.get("/api/interviews").status_code == 403
    assert operator.delete(f"/api/interviews/{interview}").status_code == 204
    assert visitor.get(f"/api/interviews/{interview}/status").status_code == 404


def test_a_key_may_be_asked_for(make_app: Any, clean: None) -> None:
    caller = sign_in(make_app(INTERVIEWS_REQUIRE_KEY="yes"), "", "")
    assert start(caller).status_code == 401


def test_a_job_that_runs_twice_says_nothing_twice(visitor: Caller, double: Double, work_off: Work) -> None:
    script(double, 30)
    interview = begun(visitor)
    calls = [gevent.spawn(work_off), gevent.spawn(work_off)]
    gevent.joinall(calls)
    places = [
        cursor for cursor, kind, _ in events(visitor.get(f"/api/interviews/{interview}/stream")) if kind == "message"
    ]
    assert places == [str(n) for n in range(1, 12)]


def test_the_offline_coach_holds_an_interview(make_app: Any, clean: None, work_off: Work) -> None:
    from app.events import store
    from app.extensions import broker
    from app.jobs.worker import work

    app = make_app(LLM_MODELS="offline:coach", INTERVIEW_DELAY="0")
    caller = sign_in(app, "", "")
    interview = begun(caller)
    work(app, store.listener(broker._url), 50, burst=True)
    *messages, last = events(caller.get(f"/api/interviews/{interview}/stream"))
    texts = [data["payload"]["message"] for _, _, data in messages]
    assert last[1] == "complete" and len(set(texts)) == len(texts)
    assert "?" in texts[0]
    with database.read() as session:
        row = session.get_one(Interview, interview)
    assert set(row.insights or {}) == set(INSIGHTS)
    spoken = " ".join(texts[1::2])
    assert all(quote in spoken for theme in row.insights["themes"] for quote in theme["quotes"])  # type: ignore[index]


def test_quotes_that_were_not_said_become_the_nearest_that_were() -> None:
    said = ["I lost a whole day to that. My wife was angry."]
    sentences = ["I lost a whole day to that.", "My wife was angry."]
    assert findings.quotes(["A whole day was lost", "“My wife was angry.”"], said, sentences) == sentences
