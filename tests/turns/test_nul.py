"""PostgreSQL can't hold a NUL: whoever sends one, what is stored goes without."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from tests.chat.conftest import ask, messages, write
from tests.coaching.conftest import begun, closing, read, reply, say
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.interviews.conftest import INSIGHTS
from tests.interviews.conftest import begun as begun_interview
from tests.jobs.test_jobs import burst
from tests.topics.conftest import answer_of

NUL = "\x00"


def with_nul(value: Any) -> Any:
    """The same with a NUL in every text that is no word of a list to choose from."""
    if isinstance(value, str):
        return value.replace(" ", f"{NUL} ")
    if isinstance(value, list):
        return [with_nul(item) for item in value]
    return {name: with_nul(item) for name, item in value.items()} if isinstance(value, dict) else value


def test_a_chat_goes_on(owner: Caller, double: Double) -> None:
    double.script({"text": ["Well", f" done{NUL}.", " Go on."]})
    answer = ask(owner, f"How{NUL} was it?")
    assert answer.status_code == 200
    session_id = answer.json["sessionId"]
    assert [one["content"] for one in messages(owner, session_id)] == ["How was it?", "Well done. Go on."]
    assert ask(owner, "And now?", sessionId=session_id).status_code == 200


def test_a_week_is_reviewed(owner: Caller, double: Double) -> None:
    write(owner, f"A{NUL}", f"Rain{NUL}", tags=[f"a{NUL}b"])
    double.script({"text": f"## Your Week{NUL} in Review"})
    assert owner.post("/api/v1/chat/weekly-insights/generate").json["insight"]["content"] == "## Your Week in Review"


def test_a_coaching_session_ends_with_its_result(owner: Caller, double: Double) -> None:
    session_id = begun(owner, double)
    double.script(reply(f"Why{NUL}?"), with_nul(closing()))
    assert say(owner, session_id).json["turn"] == 2
    assert read(owner, session_id)["messages"][-1]["content"] == "Why?"
    assert say(owner, session_id, "Enough").json["is_final"]
    assert NUL not in str(read(owner, session_id)["result"])


def test_a_context_is_kept(owner: Caller, double: Double) -> None:
    double.script({"json": {"message": "Welcome"}})
    body = {"topic_id": "core_values", "context": {f"a{NUL}": [f"b{NUL}"]}}
    session_id = owner.post("/ai/coaching/start", json=body).json["session_id"]
    assert read(owner, session_id)["context"] == {"a": ["b"]}


def test_a_conversation_goes_on(owner: Caller, double: Double) -> None:
    double.script({"json": {"response": f"I hear{NUL} you", "suggestions": [f"Call{NUL}"], "relatedInsights": []}})
    body = {"topic": f"x{NUL}", "initialMessage": f"Help{NUL}", "context": {"deep": {f"k{NUL}": f"v{NUL}"}}}
    answer = owner.post("/conversations/initiate", json=body)
    assert answer.status_code == 200
    assert NUL not in str(answer.json)


def test_a_run_is_stored(app: Flask, owner: Caller, double: Double) -> None:
    double.script({"json": with_nul(answer_of("niche_review"))})
    body = {"topic_id": "niche_review", "parameters": {"current_value": f"Lamps{NUL} for hotels"}}
    job = owner.post("/ai/execute-async", json=body).json["data"]["jobId"]
    burst(app)
    found = owner.get(f"/ai/jobs/{job}").json["data"]
    assert (found["status"], NUL in str(found["result"])) == ("completed", False)


def test_an_interview_is_made(make_app: Callable[..., Flask], clean: None, double: Double) -> None:
    quick = make_app(INTERVIEW_DELAY="0")
    owner = sign_in(quick, "olivia", "acme")
    double.default(text=f"I{NUL} tried that twice last week.")
    interview_id = begun_interview(owner)
    burst(quick)
    double.default(json=with_nul(INSIGHTS))
    burst(quick)
    assert owner.get(f"/api/interviews/{interview_id}/status").json["status"] == "completed"
