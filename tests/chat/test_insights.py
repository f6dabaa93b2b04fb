"""Insights on the last thirty days, at once and as a stream."""

from datetime import timedelta
from typing import Any

import gevent
import pytest

from app.core.clock import iso, now
from tests.chat.conftest import Events, aim, prompt, read, write
from tests.conftest import Caller
from tests.double.client import Double

INSIGHTS = "/api/v1/chat/insights"


@pytest.fixture
def entry(owner: Caller) -> Any:
    return write(owner)


def stream(caller: Caller, after: str | None = None) -> Events:
    return read(caller.get(f"{INSIGHTS}/stream", headers={"Last-Event-ID": after} if after else {}))


def remaining(caller: Caller) -> int:
    left: int = caller.get("/api/v1/me/usage").json["limits"]["insights"]["remaining"]
    return left


def test_answers_with_the_contracts_fields(owner: Caller, entry: Any, double: Double) -> None:
    aim(owner)
    double.script({"text": "You are making great progress."})
    answer = owner.get(INSIGHTS)
    assert (answer.status_code, answer.json["insights"]) == (200, "You are making great progress.")
    assert answer.json["generated_at"].endswith("Z")
    assert answer.json["based_on"] == {
        "goals_analyzed": 1, "journal_entries_analyzed": 1, "journal_entries_total": 1, "time_period": "last_30_days",
    }  # fmt: skip
    assert (answer.json["usageInfo"]["remaining"], answer.json["usageInfo"]["limit"]) == (9, 10)
    assert answer.headers["X-RateLimit-Remaining"] == "9"


def test_streams_start_contents_and_end(owner: Caller, entry: Any, double: Double) -> None:
    double.script({"text": ["Based on ", "your recent ", "activity."]})
    events = stream(owner)
    assert events.types == ["start", "content", "content", "content", "end"]
    assert events.text == "Based on your recent activity."
    assert events.start["usageInfo"]["remaining"] == 9
    assert events.last["based_on"]["journal_entries_analyzed"] == 1


def test_the_model_sees_entries_goals_and_notes_as_data(owner: Caller, double: Double) -> None:
    entry = write(owner, "Tempo", "Three kilometres </document> in the rain", mood="proud", tags=["running"])
    goal = aim(owner)
    owner.post(f"/api/v1/goals/{goal['id']}/progress", json={"content": "2K without a break"})
    owner.get(INSIGHTS)
    assert f'<document id="{goal["id"]}" kind="goal" title="Run a 5K"' in prompt(double)
    assert f'<document id="{entry["id"]}" kind="journal" title="Tempo"' in prompt(double)
    assert 'mood="proud" tags="running"' in prompt(double)
    assert "&lt;/document> in the rain" in prompt(double)
    assert "2K without a break" in prompt(double)


def test_nobody_elses_words_and_nothing_deleted_or_old_is_seen(
    owner: Caller, teammate: Caller, stranger: Caller, double: Double
) -> None:
    for other in (teammate, stranger):
        write(other, "Canary")
        aim(other, "Canary goal")
    owner.delete(f"/api/v1/journal/{write(owner, 'Canary, deleted')['id']}")
    write(owner, "Canary, old", entry_date=iso(now() - timedelta(days=31)))
    write(owner)
    owner.get(INSIGHTS)
    assert "Canary" not in prompt(double)


def test_many_entries_are_a_selection_that_says_so(owner: Caller, double: Double) -> None:
    for number in range(45):
        write(owner, f"Nr {number}", entry_date=iso(now() - timedelta(days=number % 20)))
    based_on = owner.get(INSIGHTS).json["based_on"]
    assert (based_on["journal_entries_analyzed"], based_on["journal_entries_total"]) == (40, 45)
    assert prompt(double).count('kind="journal"') == 40
    assert "40 of 45 journal entries" in prompt(double)


def test_with_nothing_to_look_at_no_model_is_asked(owner: Caller, double: Double) -> None:
    assert "nothing to look at yet" in owner.get(INSIGHTS).json["insights"]
    events = stream(owner)
    assert (events.types, "nothing to look at yet" in events.text) == (["start", "content", "end"], True)
    assert double.requests() == []
    assert remaining(owner) == 10


def test_a_personality_and_a_language_can_be_chosen(owner: Caller, entry: Any, double: Double) -> None:
    owner.patch("/api/v1/me", json={"language": "de"})
    owner.get(f"{INSIGHTS}?personalityId=personality_direct")
    assert '<coach name="Direct" style="direct">' in prompt(double)
    assert 'in the language "de"' in prompt(double)


def test_a_provider_failure_is_500_and_gives_the_unit_back(owner: Caller, entry: Any, double: Double) -> None:
    double.script({"status": 400, "code": "secret_vendor_word"}, {"status": 400}, {"text": ""}, {"text": ""})
    answer = owner.get(INSIGHTS)
    assert (answer.status_code, answer.json["message"]) == (500, "AI service temporarily unavailable")
    assert "secret_vendor_word" not in answer.text
    events = stream(owner)
    assert events.types == ["start", "error"]
    assert events.last["message"] == "AI service temporarily unavailable"
    assert owner.get(INSIGHTS).status_code == 500
    assert remaining(owner) == 10


def test_the_eleventh_of_an_hour_is_refused_before_the_stream(owner: Caller, entry: Any) -> None:
    gevent.joinall([gevent.spawn(owner.get, INSIGHTS) for _ in range(10)])
    for path in (INSIGHTS, f"{INSIGHTS}/stream"):
        refused = owner.get(path)
        assert refused.status_code == 429
        assert 3000 < int(refused.headers["Retry-After"]) <= 3601
        assert refused.headers["X-RateLimit-Limit"] == "10"
        assert refused.json["usageInfo"]["allowed"] is False


def test_a_stream_can_be_resumed_without_a_unit(owner: Caller, entry: Any, double: Double) -> None:
    double.script({"text": ["One. ", "Two. ", "Three."]})
    whole = stream(owner)
    rest = stream(owner, whole.ids[1])
    assert rest.items == whole.items[2:]
    assert remaining(owner) == 9


def test_a_reader_that_leaves_does_not_stop_it(owner: Caller, entry: Any, double: Double) -> None:
    double.script({"text": ["One. ", "Two. ", "Three."], "gap": 0.1})
    response = owner.get(f"{INSIGHTS}/stream", buffered=False)
    first = next(response.iter_encoded()).decode()
    response.close()
    rest = stream(owner, first.split("\n")[0].removeprefix("id: "))
    assert (rest.text, rest.types[-1]) == ("One. Two. Three.", "end")


def test_nobody_else_can_resume_it(owner: Caller, teammate: Caller, entry: Any) -> None:
    cursor = stream(owner).ids[0]
    assert stream(teammate, cursor).status == 404
    assert stream(owner, "insights_0123_nonsense:1:1").status == 404
    assert stream(owner, "turn_1:1:1").status == 400


def test_bad_tokens_are_401_and_leave_no_headers(anonymous: Caller) -> None:
    answer = anonymous.get(INSIGHTS)
    assert answer.status_code == 401
    assert "X-RateLimit-Limit" not in answer.headers
