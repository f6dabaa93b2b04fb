"""Interviews over HTTP and in the worker: begun, talked through, understood, tried again."""

from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
from flask import Flask

from app.auth import api_keys
from app.db.session import db as database
from app.interviews import insights
from app.interviews.models import Interview
from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
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
    assert all("\nToday is " in told[0]["content"] for told in (first, second))
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
    assert visitor.post("/api/interviews/start", json={"persona": SARAH, "x": "y" * 300_000}).status_code == 413
    answer = start(visitor, persona=SARAH, problem="x" * 2001)
    assert (answer.status_code, answer.json["fields"]) == (400, ["problem"])


@pytest.mark.parametrize(
    ("field", "limit"), [("name", 255), ("role", 255), ("industry", 255), ("background", 2000), ("problem", 2000)]
)
@pytest.mark.parametrize("letter", ["x", "é", "💡"])
def test_the_message_names_the_field_and_its_limit(visitor: Caller, field: str, limit: int, letter: str) -> None:
    def body(length: int) -> Any:
        text = {field: letter * length}
        return {"persona": SARAH} | text if field == "problem" else {"persona": SARAH | text}

    for length in (limit + 1, limit * 9):
        answer = start(visitor, **body(length))
        told = f"{field} must be at most {limit} characters"
        assert (answer.status_code, answer.json["message"], answer.json["fields"]) == (400, told, [field])
    assert start(visitor, **body(limit)).status_code == 201


@pytest.mark.parametrize("field", ["problem", "solution", "persona_id"])
@pytest.mark.parametrize("value", [5, True, ["x"], {"x": "y"}])
def test_what_is_no_text(visitor: Caller, field: str, value: Any) -> None:
    for body in ({field: value}, {"persona": SARAH, field: value}):
        answer = start(visitor, **body)
        if field == "persona_id" and "persona" in body:
            assert answer.status_code == 201
        else:
            assert (answer.status_code, answer.json["message"]) == (400, f"{field} must be a string")


@pytest.mark.parametrize("data", ["{", "", '{"persona": "\\ud800"}'])
def test_what_is_no_json(visitor: Caller, data: str) -> None:
    answer = visitor.post("/api/interviews/start", data=data, content_type="application/json")
    assert (answer.status_code, answer.json["error"]) == (400, "Invalid persona data")


def test_nothing_at_all_and_another_content_type(visitor: Caller) -> None:
    answer = visitor.post("/api/interviews/start")
    assert (answer.status_code, answer.json["error"]) == (400, "Invalid persona data")
    answer = visitor.post("/api/interviews/start", data="{}", content_type="text/plain")
    assert (answer.status_code, answer.json["error"]) == (415, "Unsupported media type")


def test_an_interview_that_can_not_start(visitor: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.interviews.service.LENGTHS", ())
    answer = start(visitor)
    assert (answer.status_code, answer.json) == (
        500, {"error": "Failed to start interview", "message": "Internal server error"},
    )  # fmt: skip


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
    state = status(visitor, interview)
    assert (state["status"], state["completedAt"], state["isComplete"]) == ("failed", None, False)
    *messages, last = events(visitor.get(f"/api/interviews/{interview}/stream"))
    assert len(messages) == 2
    assert last[1:] == (
        "error", {"type": "error", "error": "AI service unavailable", "message": "Failed to generate next response"},
    )  # fmt: skip
    double.reset()
    script(double, 9)
    retry = {"path": f"/api/interviews/{interview}/retry", "headers": {"Idempotency-Key": "again"}}
    expected = {"interviewId": interview, "status": "in-progress"}
    assert [visitor.post(**retry).json for _ in "ab"] == [expected, expected]
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
    assert events(visitor.get(path, headers={"Last-Event-ID": "99"})) == whole[-1:]
    assert events(visitor.get(path, headers={"Last-Event-ID": "nonsense"})) == whole


def test_stage_directions_and_labels_are_taken_away(visitor: Caller, double: Double, work_off: Work) -> None:
    double.script({"text": "Interviewer: *smiles* Hello [pause] there"}, {"text": "Sarah Chen: (sighs) Hi."})
    script(double, 9)
    interview = begun(visitor)
    work_off()
    texts = [data["payload"]["message"] for _, kind, data in events(visitor.get(f"/api/interviews/{interview}/stream"))
             if kind == "message"]  # fmt: skip
    assert texts[:2] == ["Hello there", "Hi."]


def test_a_key_makes_one_interview(visitor: Caller, double: Double, work_off: Work) -> None:
    script(double, 11)
    headers = {"Idempotency-Key": "once"}
    first = visitor.post("/api/interviews/start", json={"persona": SARAH}, headers=headers)
    work_off()
    again = visitor.post("/api/interviews/start", json={"persona": SARAH}, headers=headers)
    assert (again.status_code, again.json) == (201, first.json)
    other = visitor.post("/api/interviews/start", json={"persona_id": "bakery_owner"}, headers=headers)
    assert other.status_code == 422


def test_starts_are_counted_per_address(make_app: Any, clean: None) -> None:
    caller = sign_in(make_app(RATE_LIMIT_INTERVIEWS="2 per hour"), "", "")
    assert [start(caller).status_code for _ in range(3)] == [201, 201, 429]


@pytest.fixture
def small_app(make_app: Callable[..., Flask], clean: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Eight connections for changes, and no patience."""
    monkeypatch.setattr(database, "patience", 0.05)
    yield make_app(DATABASE_POOL="24", RATE_LIMIT_INTERVIEWS="off")
    monkeypatch.undo()
    make_app()


def test_a_rush_of_starts_waits_its_turn(small_app: Flask) -> None:
    calls = [gevent.spawn(start, sign_in(small_app, "", "")) for _ in range(80)]
    assert {call.get().status_code for call in calls} == {201}


def test_operators_list_and_delete(visitor: Caller, quick_app: Flask, owner: Caller) -> None:
    interview = begun(visitor)
    operator = sign_in(quick_app, "opal", "house", "operator")
    assert [row["interviewId"] for row in operator.get("/api/interviews").json["interviews"]] == [interview]
    assert owner.get("/api/interviews").status_code == 403
    assert operator.get(f"/api/interviews?offset={10**25}").json == {"total": 1, "interviews": []}
    assert operator.delete(f"/api/interviews/{interview}").status_code == 204
    assert visitor.get(f"/api/interviews/{interview}/status").status_code == 404


def test_a_key_may_be_asked_for(make_app: Any, clean: None) -> None:
    app = make_app(INTERVIEWS_REQUIRE_KEY="yes")
    caller = sign_in(app, "", "")
    assert start(caller).status_code == 401
    with database.begin() as session:
        key = api_keys.create(session, "acme", "console", [])
    assert caller.get("/api/interviews/personas", headers={"X-API-Key": key}).status_code == 200
    assert caller.get(f"/api/interviews/personas?api_key={key}").status_code == 200
    assert sign_in(app, "opal", "house", "operator").get("/api/interviews").status_code == 200


def test_browsers_may_ask_first_without_a_key(make_app: Any, clean: None) -> None:
    origin = "https://app.example"
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    caller = sign_in(make_app(INTERVIEWS_REQUIRE_KEY="yes", CORS_ORIGINS=origin), "", "")
    answer = caller.open("OPTIONS", "/api/interviews/start", headers=asked)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, origin)
    stranger = caller.open("OPTIONS", "/api/interviews/start", headers=asked | {"Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in stranger.headers


def test_a_job_that_runs_twice_says_nothing_twice(visitor: Caller, double: Double, work_off: Work) -> None:
    script(double, 30)
    interview = begun(visitor)
    calls = [gevent.spawn(work_off), gevent.spawn(work_off)]
    gevent.joinall(calls)
    positions = [
        cursor for cursor, kind, _ in events(visitor.get(f"/api/interviews/{interview}/stream")) if kind == "message"
    ]
    assert positions == [str(n) for n in range(1, 12)]


def test_the_offline_coach_holds_an_interview(make_app: Any, clean: None, work_off: Work) -> None:
    app = make_app(LLM_MODELS="offline:coach", INTERVIEW_DELAY="0")
    caller = sign_in(app, "", "")
    interview = begun(caller)
    work(app, redis_store.blocking_client(signals.url), 50, burst=True)
    *messages, last = events(caller.get(f"/api/interviews/{interview}/stream"))
    texts = [data["payload"]["message"] for _, _, data in messages]
    assert last[1] == "complete" and len(set(texts)) == len(texts)
    assert "?" in texts[0]
    with database.read() as session:
        row = session.get_one(Interview, interview)
    assert set(row.insights or {}) == set(INSIGHTS)
    answers = " ".join(texts[1::2])
    assert all(quote in answers for theme in row.insights["themes"] for quote in theme["quotes"])  # type: ignore[index]


def test_quotes_that_were_not_said_become_the_nearest_that_were() -> None:
    said = ["I lost a whole day to that. My wife was angry."]
    sentences = ["I lost a whole day to that.", "My wife was angry."]
    assert insights.quotes(["A whole day was lost", "“My wife was angry.”"], said, sentences) == sentences


def test_topics_are_words_that_were_said() -> None:
    found = insights.topics(["Art", "the morning", "offic"], ["I start in the  morning at the office."])
    assert "art" not in found and "offic" not in found
    assert insights.topics(["x"], ["Ja. So."]) == ["ja.", "so."]
    assert insights.topics(["面包"], ["我每天早上做面包。"])[0] == "面包"
