"""Receipts over HTTP: beside what is said of a person, live, stored and read again."""

from typing import Any

import pytest

from tests.chat.conftest import aim, ask, messages, prompt, read, resume, stream, write
from tests.conftest import Caller
from tests.double.client import Double

PLACE = "/api/v1/chat"
LIE, TRUTH = "You ran 42 km and wrote “I hate running”.", "You ran 5 km and “felt much better”."


@pytest.fixture
def entry(owner: Caller) -> str:
    made: str = write(owner, "A run", "Ran 5 km before work and felt much better")["id"]
    return made


def quoted(entry: str) -> list[dict[str, str]]:
    return [
        {"value": "5", "type": "journal", "id": entry},
        {"quote": "felt much better", "type": "journal", "id": entry},
    ]


def test_a_review_is_stored_without_what_is_not_there(owner: Caller, entry: str, double: Double) -> None:
    double.script({"text": [f"## Your Week\n\n- {TRUTH}\n- You ran", " 42 km.\n- You wrote 9 entries this week."]})
    insight = owner.post(f"{PLACE}/weekly-insights/generate").json["insight"]
    assert insight["content"].strip() == f"## Your Week\n\n- {TRUTH}"
    assert insight["receipts"] == quoted(entry)
    assert owner.get(f"{PLACE}/weekly-insights/{insight['id']}").json == insight


def test_a_count_is_put_right(owner: Caller, entry: str, double: Double) -> None:
    write(owner, "Again", "Rest")
    double.script({"text": "You wrote seven entries this week."})
    insight = owner.post(f"{PLACE}/weekly-insights/generate").json["insight"]
    assert insight["content"] == "You wrote 2 entries this week."
    assert insight["receipts"] == [{"value": "2", "type": "figure", "id": "entries_in_the_week"}]


def test_the_stream_of_a_review_tells_what_is_stored(owner: Caller, entry: str, double: Double) -> None:
    double.script({"text": [TRUTH, " ", LIE]})
    events = read(owner.get(f"{PLACE}/weekly-insights/stream"))
    assert events.text.strip() == TRUTH
    assert events.last["insight"]["receipts"] == quoted(entry)


def test_the_receipts_of_a_review_go_with_its_words(owner: Caller, entry: str, double: Double) -> None:
    double.script({"text": TRUTH})
    made = owner.post(f"{PLACE}/weekly-insights/generate").json["insight"]
    owner.delete(f"/api/v1/journal/{entry}")
    assert owner.get(f"{PLACE}/weekly-insights/{made['id']}").json["receipts"] == []


@pytest.mark.parametrize("way", ["insights", "insights/stream"])
def test_insights_have_receipts(owner: Caller, entry: str, double: Double, way: str) -> None:
    double.script({"text": f"{TRUTH} {LIE}"})
    answer = owner.get(f"{PLACE}/{way}")
    events = read(answer)
    text, told = (answer.json["insights"], answer.json) if not events.items else (events.text, events.last)
    assert (text.strip(), told["receipts"]) == (TRUTH, quoted(entry))


def test_insights_on_a_goal_have_receipts(owner: Caller, entry: str, double: Double) -> None:
    goal = aim(owner, "Ran 5 km")
    steps = ["Walk 10 minutes", "You slept 3 hours, so rest", "Run 8 km on Sunday"]
    double.script({"json": {"insights": f"{TRUTH} {LIE}", "recommendations": steps}})
    answer: Any = owner.get(f"{PLACE}/goal-insights/{goal['id']}").json
    assert (answer["insights"], answer["recommendations"]) == (TRUTH, [steps[0], steps[2]])
    assert {"quote": "felt much better", "type": "journal", "id": entry} in answer["receipts"]


def test_an_answer_in_a_conversation_has_receipts(owner: Caller, entry: str, double: Double) -> None:
    double.script({"text": [TRUTH, " That ", "counts."]})
    answer = ask(owner, "How was the run?").json
    assert answer["response"] == f"{TRUTH} That counts."
    assert answer["metadata"]["receipts"] == quoted(entry)


def test_a_streamed_answer_is_put_right_before_it_leaves(owner: Caller, entry: str, double: Double) -> None:
    double.script({"text": ["Good. ", "You ", "ran ", "4", "2 km. ", "What ", "next?"]})
    events = stream(owner, "How was the run?")
    assert "42" not in events.text and events.text.startswith("Good. You ran … ") and events.text.endswith("What next?")
    assert messages(owner, events.start["sessionId"])[-1]["content"] == events.text
    assert resume(owner, events.start["sessionId"]).last == events.last


def test_what_was_said_in_the_conversation_is_a_source(owner: Caller, entry: str, double: Double) -> None:
    double.script({"text": "You slept 4 hours."})
    answer = ask(owner, "I slept 4 hours").json
    assert answer["response"] == "You slept 4 hours."
    assert answer["metadata"]["receipts"] == [{"value": "4", "type": "message", "id": answer["sessionId"]}]


def test_somebody_elses_entries_are_no_source(owner: Caller, teammate: Caller, entry: str, double: Double) -> None:
    write(teammate, "Mine", "Nothing much")
    double.script({"text": TRUTH})
    assert "5 km" not in ask(teammate, "How was the run?").json["response"]


def test_figures_are_given_to_the_model(owner: Caller, entry: str, double: Double) -> None:
    ask(owner)
    assert '"days_written_in_a_row": 1' in prompt(double) or '"days_written_in_a_row":1' in prompt(double)


def test_what_is_left_out_is_counted(owner: Caller, entry: str, double: Double) -> None:
    double.script({"text": LIE})
    ask(owner)
    assert 'coachhouse_claims_left_out_total{kind="number",path="chat"}' in owner.client.get("/metrics").text
