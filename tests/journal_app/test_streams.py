"""The journaling app's streams: its own names, its whole messages, and failures that it can show."""

import json
from typing import Any

import gevent
import pytest

from app.journal_app import streams
from tests.chat.conftest import aim, write
from tests.conftest import Caller
from tests.double.client import Double
from tests.journal_app.conftest import JournalClient
from tests.waiting import until

LONG = "Mein Tag war schön. " * 700 + "Ende."  # more than an event holds
DOWN = {"status": 500}
TRIES = 4


def test_a_message_is_a_session_chunks_and_done(app_client: JournalClient) -> None:
    events = app_client.say("How am I doing?")
    assert events.types == ["session", *["chunk"] * 6, "done"]
    assert events.start["userMessage"]["content"] == "How am I doing?"
    assert events.start["usageInfo"].items() >= {"allowed": True, "remaining": 19, "limit": 20}.items()
    answer = {key: events.last["assistantMessage"][key] for key in ("role", "content")}
    assert (
        answer == {"role": "assistant", "content": "You have taken a first step."} and events.text == answer["content"]
    )
    stored = app_client.get(f"/chat/session/{events.start['sessionId']}")["messages"]
    assert [message["id"] for message in stored] == [
        events.start["userMessage"]["id"], events.last["assistantMessage"]["id"]
    ]  # fmt: skip


def test_each_event_is_one_line_that_begins_with_data(app_client: JournalClient) -> None:
    body = app_client.open("POST", "/chat/message/stream", json={"message": "Hello"}).data.decode()
    lines = [line for block in body.split("\n\n") if block for line in block.split("\n") if not line.startswith("id: ")]
    assert [line[:6] for line in lines] == ["data: "] * len(lines)
    assert json.loads(lines[0][6:])["type"] == "session"


def test_a_second_message_goes_to_the_same_session(app_client: JournalClient) -> None:
    session_id = app_client.say("Hello").start["sessionId"]
    assert app_client.say("And now?", sessionId=session_id).start["sessionId"] == session_id


def test_a_turn_is_told_again_from_its_start_and_from_any_event(app_client: JournalClient) -> None:
    whole = app_client.say("Hello")
    path = f"/chat/session/{whole.start['sessionId']}/stream"
    again = app_client.stream("GET", path)
    assert (again.types[0], again.text, again.last) == ("session", whole.text, whole.last)
    rest = app_client.open("GET", path, headers={"Last-Event-ID": whole.ids[2]}).data.decode()
    assert '"type":"session"' not in rest and '"type":"done"' in rest


def test_an_answer_comes_whole_however_long_it_is(app_client: JournalClient, double: Double) -> None:
    double.script({"text": LONG, "deltas": 40})
    done = app_client.say("Tell me all").last
    assert done["assistantMessage"]["content"] == LONG


def test_a_long_message_is_left_to_the_client_that_wrote_it(app_client: JournalClient) -> None:
    opening = app_client.say("ü" * 9000).start
    assert opening["type"] == "session" and opening["sessionId"] and opening["userMessage"] is None


@pytest.mark.parametrize("path", ["/chat/insights/stream", "/chat/goal-insights/{goal}/stream"])
def test_insights_are_start_chunks_and_done(app_client: JournalClient, owner: Caller, path: str) -> None:
    goal = aim(owner)["id"]
    events = app_client.stream("GET", path.format(goal=goal))
    assert events.types == ["start", *["chunk"] * 6, "done"]
    assert events.start["usageInfo"]["limit"] == 10 and events.text == "You have taken a first step."
    assert "goalId" not in events.start or events.start["goalId"] == goal


def test_insights_from_nothing_are_told_in_the_same_form(app_client: JournalClient) -> None:
    events = app_client.stream("GET", "/chat/insights/stream")
    assert (events.types[0], events.types[-1]) == ("start", "done") and events.text


@pytest.mark.parametrize(("method", "path"), [("GET", "stream"), ("POST", "regenerate")])
def test_a_weeks_insight_comes_whole(
    app_client: JournalClient, owner: Caller, double: Double, method: str, path: str
) -> None:
    write(owner)
    double.script({"text": LONG, "deltas": 40})
    events = app_client.stream(method, f"/chat/weekly-insights/{path}")
    assert (events.types[0], events.types[-1]) == ("start", "done")
    assert events.last["insight"]["content"] == events.text == LONG


def test_a_model_that_thinks_does_not_keep_the_session_back(
    app_client: JournalClient, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PATIENCE", 0.1)
    double.script({"hold": 0})
    pieces = app_client.open("POST", "/chat/message/stream", json={"message": "Hello"}).response
    assert b'"type":"session"' in next(pieces)
    double.release()
    assert b'"type":"done"' in b"".join(pieces)


STREAMS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/chat/message/stream", {"message": "Hello"}), ("GET", "/chat/insights/stream", {}),
    ("GET", "/chat/goal-insights/{goal}/stream", {}), ("GET", "/chat/weekly-insights/stream", {}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), STREAMS)
def test_a_failure_before_the_first_word_is_a_failed_request(
    app_client: JournalClient, owner: Caller, double: Double, method: str, path: str, body: Any
) -> None:
    write(owner)
    goal = aim(owner)["id"]
    double.script(*[DOWN] * TRIES)
    answer = app_client.open(method, path.format(goal=goal), **({"json": body} if body else {}))
    assert (answer.status_code, answer.mimetype) == (500, "application/json")
    assert answer.json["error"] == "Internal Server Error" and answer.json["message"]


@pytest.mark.parametrize(("method", "path", "body"), STREAMS)
def test_what_a_vendor_declines_is_told_apart(
    app_client: JournalClient, owner: Caller, double: Double, method: str, path: str, body: Any
) -> None:
    write(owner)
    goal = aim(owner)["id"]
    double.script({"finish": "filtered"})
    answer = app_client.open(method, path.format(goal=goal), **({"json": body} if body else {}))
    assert (answer.status_code, answer.json["message"]) == (422, "The AI service declined to answer this")


@pytest.mark.parametrize(("method", "path", "body"), STREAMS)
def test_a_failure_after_it_is_said_before_the_stream_ends(
    app_client: JournalClient, owner: Caller, double: Double, method: str, path: str, body: Any
) -> None:
    write(owner)
    goal = aim(owner)["id"]
    double.script({"text": ["You ", "have "], "cut": 2})
    events = app_client.stream(method, path.format(goal=goal), **body)
    assert events.types[-2:] == ["chunk", "error"]
    assert events.text == f"You have \n\n---\n{events.last['message']}"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/chat/message/stream", 400), ("GET", "/chat/goal-insights/none/stream", 404),
        ("GET", "/chat/session/none/stream", 404),
    ],
)  # fmt: skip
def test_what_can_be_refused_at_once_is_a_failed_request(
    app_client: JournalClient, method: str, path: str, status: int
) -> None:
    answer = app_client.open(method, path, **({"json": {"message": ""}} if method == "POST" else {}))
    assert (answer.status_code, answer.json["statusCode"]) == (status, status) and answer.json["message"]


def test_a_used_up_limit_is_a_failed_request_with_its_usage(app_client: JournalClient) -> None:
    for _ in range(20):
        app_client.say("Hello")
    answer = app_client.open("POST", "/chat/message/stream", json={"message": "Hello"})
    assert (answer.status_code, answer.json["error"]) == (429, "Too Many Requests")
    assert answer.json["usageInfo"]["remaining"] == 0 and int(answer.headers["Retry-After"]) >= 1


def test_a_stopped_answer_is_a_message_too(app_client: JournalClient, double: Double) -> None:
    double.script({"hold": 0})
    saying = gevent.spawn(app_client.say, "Hello")
    until(lambda: double.holds() == 1)
    session_id = app_client.get("/chat/sessions")[0]["id"]
    app_client.send("POST", f"/chat/session/{session_id}/cancel")
    done = saying.get().last
    assert (done["type"], done["assistantMessage"]["role"], done["assistantMessage"]["content"]) == (
        "done", "assistant", "",
    )  # fmt: skip
