"""Weekly insights, as the contract prints them."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.core.clock import iso, now
from app.core.weeks import Week
from app.db.session import db as database
from app.weekly.models import WeeklyInsight
from tests.chat.conftest import Events, aim, prompt, read, write
from tests.conftest import Caller
from tests.double.client import Double

PLACE = "/api/v1/chat/weekly-insights"
REVIEW = "## Your Week in Review\n\nThis week showed…"


@pytest.fixture
def entry(owner: Caller) -> Any:
    return write(owner)


def generate(caller: Caller, **body: Any) -> Any:
    return caller.post(f"{PLACE}/generate", json=body)


def stream(caller: Caller, after: str | None = None) -> Events:
    return read(caller.get(f"{PLACE}/stream", headers={"Last-Event-ID": after} if after else {}))


def regenerate(caller: Caller, headers: Any = None) -> Events:
    return read(caller.post(f"{PLACE}/regenerate", headers=headers))


def bounds() -> dict[str, str]:
    week = Week.containing(now())
    return {"weekStart": iso(week.start), "weekEnd": iso(week.end)}


def remaining(caller: Caller) -> int:
    left: int = caller.get("/api/v1/me/usage").json["limits"]["insights"]["remaining"]
    return left


def test_without_an_insight_the_week_is_told(owner: Caller) -> None:
    assert owner.get(f"{PLACE}/current").json == {"insight": None} | bounds()


def test_generate_writes_it_with_the_contracts_fields(owner: Caller, entry: Any, double: Double) -> None:
    double.script({"text": REVIEW})
    answer = generate(owner, forceRegenerate=False)
    insight = answer.json["insight"]
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in bounds()} == bounds()
    assert (answer.json["isExisting"], answer.json["entryCount"]) == (False, 1)
    assert (insight["content"], insight["entry_count"], insight["user_id"]) == (REVIEW, 1, "olivia")
    assert (insight["week_start"], insight["week_end"]) == tuple(bounds().values())
    assert insight["id"].startswith("insight_")
    assert owner.get(f"{PLACE}/current").json == {"insight": insight} | bounds()
    assert owner.get(f"{PLACE}/{insight['id']}").json == insight
    assert owner.get(f"{PLACE}/history").json == [insight]


def test_an_existing_one_is_returned_without_a_model(owner: Caller, entry: Any, double: Double) -> None:
    first = generate(owner).json["insight"]
    again = owner.post(f"{PLACE}/generate")
    assert (again.json["isExisting"], again.json["insight"], again.json["entryCount"]) == (True, first, 1)
    assert len(double.requests()) == 1
    assert again.headers["X-RateLimit-Remaining"] == "9"


def test_without_entries_nothing_is_written(owner: Caller, double: Double) -> None:
    answer = generate(owner)
    assert answer.json.pop("usageInfo")["remaining"] == 10
    assert answer.json["insight"] is None
    assert answer.json["message"] == "No journal entries found for the current week"
    assert answer.json["entryCount"] == 0
    events = stream(owner)
    assert events.types == ["start", "chunk", "done"]
    assert (events.start["entryCount"], events.start["isExisting"]) == (0, False)
    told = events.last["insight"]
    assert (told["id"], told["content"], told["entry_count"]) == (None, events.text, 0)
    assert (told["week_start"], told["week_end"]) == (events.start["weekStart"], events.start["weekEnd"])
    assert (double.requests(), remaining(owner)) == ([], 10)


def test_streams_start_chunks_and_done(owner: Caller, entry: Any, double: Double) -> None:
    double.script({"text": ["## Your Week", " in Review\n\n", "This week showed…"]})
    events = stream(owner)
    assert events.types == ["start", "chunk", "chunk", "done"]
    assert events.text == REVIEW
    start = events.start
    assert (start["entryCount"], start["isExisting"]) == (1, False)
    assert {name: start["usageInfo"][name] for name in ("allowed", "remaining", "limit")} == {
        "allowed": True, "remaining": 9, "limit": 10,
    }  # fmt: skip
    assert events.last["insight"] == owner.get(f"{PLACE}/current").json["insight"]


def test_an_existing_one_streams_in_pieces(owner: Caller, entry: Any, double: Double) -> None:
    double.script({"text": "A review. " * 100})
    insight = generate(owner).json["insight"]
    events = stream(owner)
    assert events.types[0] == "start"
    assert events.types.count("chunk") > 2
    assert (events.start["isExisting"], events.start["insightId"]) == (True, insight["id"])
    assert (events.text, events.last["insight"]) == (insight["content"], insight)
    assert remaining(owner) == 9


def test_regenerate_keeps_the_id(owner: Caller, entry: Any, double: Double) -> None:
    double.script({"text": "First"}, {"text": "Second"}, {"text": "Third"})
    first = generate(owner).json["insight"]
    write(owner)
    second = regenerate(owner).last["insight"]
    assert (second["id"], second["created_at"]) == (first["id"], first["created_at"])
    assert (second["content"], second["entry_count"]) == ("Second", 2)
    assert second["updated_at"] > first["updated_at"]
    assert generate(owner, forceRegenerate=True).json["insight"]["content"] == "Third"
    assert len(owner.get(f"{PLACE}/history").json) == 1


def test_delete_is_honoured_at_once(owner: Caller, entry: Any) -> None:
    insight_id = generate(owner).json["insight"]["id"]
    gone = owner.delete(f"{PLACE}/{insight_id}")
    assert gone.json == {"success": True, "message": "Weekly insight deleted successfully"}
    assert owner.get(f"{PLACE}/current").json["insight"] is None
    assert owner.get(f"{PLACE}/history").json == []
    for answer in (owner.get(f"{PLACE}/{insight_id}"), owner.delete(f"{PLACE}/{insight_id}")):
        assert (answer.status_code, answer.json["message"]) == (404, "Weekly insight not found")


def test_others_do_not_see_it(owner: Caller, teammate: Caller, stranger: Caller, entry: Any) -> None:
    insight_id = generate(owner).json["insight"]["id"]
    for other in (teammate, stranger):
        assert other.get(f"{PLACE}/{insight_id}").status_code == 404
        assert other.delete(f"{PLACE}/{insight_id}").status_code == 404
        assert other.get(f"{PLACE}/history").json == []
        assert other.get(f"{PLACE}/current").json["insight"] is None


def test_the_model_reads_this_weeks_entries_with_their_dates(owner: Caller, teammate: Caller, double: Double) -> None:
    week = Week.containing(now())
    mine = write(owner, "Mine", "I ran", mood="proud")
    write(owner, "Canary, last week", entry_date=iso(week.before.end))
    write(teammate, "Canary, theirs")
    owner.delete(f"/api/v1/journal/{write(owner, 'Canary, deleted')['id']}")
    aim(owner)
    generate(owner)
    today = f'{now():date="%Y-%m-%d" weekday="%A"}'
    assert f'<document id="{mine["id"]}" kind="journal" title="Mine" {today} mood="proud"' in prompt(double)
    assert 'title="Run a 5K"' in prompt(double)
    assert '"proud": 1' in prompt(double)
    assert "Canary" not in prompt(double)


def test_the_prompt_asks_for_every_section_of_a_review(owner: Caller, entry: Any, double: Double) -> None:
    generate(owner, personalityId="personality_analytical")
    for section in ("Your Week in Review", "Patterns", "Wins", "Challenges", "Recommendations"):
        assert f"\n## {section}\n" in prompt(double)
    assert 'style="analytical"' in prompt(double)


def test_fixed_paths_are_never_ids(owner: Caller) -> None:
    assert owner.get(f"{PLACE}/stream").mimetype == "text/event-stream"
    assert owner.get(f"{PLACE}/current").status_code == 200
    assert owner.get(f"{PLACE}/history").json == []
    assert owner.get(f"{PLACE}/generate").status_code == 404


def test_bodies_are_optional_and_checked(owner: Caller, entry: Any) -> None:
    assert generate(owner, forceRegenerate=None, unknown=1).status_code == 200
    assert generate(owner, forceRegenerate="perhaps").status_code == 400


def test_the_history_comes_in_pages(owner: Caller) -> None:
    saturday = date(2026, 1, 3)
    with database.begin() as session:
        for number in range(60):
            week = Week(saturday + timedelta(weeks=number), "UTC")
            session.add(WeeklyInsight(
                tenant_id="acme", user_id="olivia", id=f"insight_{number}", week_of=week.of, week_start=week.start,
                week_end=week.end, content="A week", run_id="x",
            ))  # fmt: skip
    page = owner.get(f"{PLACE}/history").json
    rest = owner.get(f"{PLACE}/history?limit=20&cursor={page[-1]['id']}").json
    assert [row["id"] for row in page + rest] == [f"insight_{number}" for number in range(59, -1, -1)]
    assert (len(page), owner.get(f"{PLACE}/history?limit=53").status_code) == (52, 400)
