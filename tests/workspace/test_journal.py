"""The journal: entries with dates of their own, filtered, searched, by day."""

from typing import Any

import pytest

from tests.conftest import Caller
from tests.workspace.conftest import JOURNAL, day, make_entry, titles

TEXT = {"title": "Morning run", "content": "Three kilometres"}


def listed(caller: Caller, query: str = "") -> list[str]:
    return titles(caller.get(f"{JOURNAL}{query}").json["entries"])


def test_a_new_entry_has_every_field(owner: Caller) -> None:
    answer = owner.post(JOURNAL, json=TEXT | {"mood": "happy", "tags": ["run", "health", "run"]})
    expected = TEXT | {"user_id": "olivia", "mood": "happy", "tags": ["run", "health"], "linked_goals": []}
    assert answer.status_code == 201
    assert answer.json["id"].startswith("journal_")
    assert {key: answer.json[key] for key in expected} == expected
    assert answer.json["entry_date"] == answer.json["created_at"] == answer.json["updated_at"]


@pytest.mark.parametrize("name", ["entry_date", "date", "created_at"])
def test_an_entry_may_carry_its_own_date(owner: Caller, name: str) -> None:
    entry = make_entry(owner, **{name: "2024-02-29"})
    assert entry["entry_date"] == "2024-02-29T00:00:00.000Z"
    assert not entry["created_at"].startswith("2024")


def test_a_time_with_a_zone_is_kept_in_utc(owner: Caller) -> None:
    assert make_entry(owner, entry_date="2024-02-29T01:30:00+02:00")["entry_date"] == "2024-02-28T23:30:00.000Z"


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""}, {"title": "x" * 201}, {"content": " "}, {"content": "x" * 50_001}, {"mood": "x" * 51},
        {"tags": ["x"] * 21}, {"tags": ["x" * 51]}, {"tags": "run"}, {"entry_date": "soon"}, {"entry_date": day(3)},
    ],
)  # fmt: skip
def test_what_is_not_an_entry_is_refused(owner: Caller, change: dict[str, Any]) -> None:
    answer = owner.post(JOURNAL, json=TEXT | change)
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")
    assert listed(owner) == []


def test_the_list_follows_the_entries_own_dates(owner: Caller) -> None:
    for title, date in (("Middle", "2024-02-02"), ("Old", "2024-02-01"), ("New", "2024-02-03")):
        make_entry(owner, title, entry_date=date)
    assert listed(owner) == ["New", "Middle", "Old"]
    assert listed(owner, "/recent?limit=2") == ["New", "Middle"]


def test_entries_of_one_moment_come_in_pages_without_loss(owner: Caller) -> None:
    made = {make_entry(owner, f"Entry {n}", entry_date="2024-02-01")["id"] for n in range(5)}
    first = owner.get(f"{JOURNAL}?limit=3").json
    make_entry(owner, "Newer")
    rest = owner.get(f"{JOURNAL}?limit=3&cursor={first['nextCursor']}").json
    assert {row["id"] for row in first["entries"] + rest["entries"]} == made
    assert (first["total"], first["hasMore"], rest["nextCursor"]) == (5, True, None)


def test_a_cursor_that_is_not_of_this_list_is_refused(owner: Caller, teammate: Caller, entry: Any) -> None:
    assert owner.get(f"{JOURNAL}?cursor=journal_unknown").status_code == 400
    assert teammate.get(f"{JOURNAL}?cursor={entry['id']}").status_code == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?mood=HAPPY", ["Old"]), ("?tag=work", ["New"]), ("?from=2024-02-02", ["New"]),
        ("?to=2024-02-01", ["Old"]), ("?from=2024-02-01&to=2024-02-03", ["New", "Old"]), ("?tag=none", []),
    ],
)  # fmt: skip
def test_lists_are_filtered(owner: Caller, query: str, found: list[str]) -> None:
    make_entry(owner, "Old", entry_date="2024-02-01T18:00:00Z", mood="happy")
    make_entry(owner, "New", entry_date="2024-02-03", tags=["work", "life"])
    assert listed(owner, query) == found


def test_a_change_touches_only_what_it_names(owner: Caller, entry: Any) -> None:
    changed = owner.put(f"{JOURNAL}/{entry['id']}", json={"mood": "calm", "entry_date": "2024-02-01"}).json
    assert (changed["mood"], changed["entry_date"][:10]) == ("calm", "2024-02-01")
    assert (changed["title"], changed["created_at"]) == (entry["title"], entry["created_at"])
    assert owner.patch(f"{JOURNAL}/{entry['id']}", json={"mood": None}).json["mood"] is None


def test_a_deleted_entry_is_gone(owner: Caller, entry: Any) -> None:
    assert owner.delete(f"{JOURNAL}/{entry['id']}").json["id"] == entry["id"]
    again = owner.get(f"{JOURNAL}/{entry['id']}")
    assert (again.status_code, again.json["message"]) == (404, "Journal entry not found")


def test_search_finds_parts_of_words_whatever_their_case_and_titles_first(owner: Caller) -> None:
    make_entry(owner, "Dinner", content="We talked about RUNNING shoes")
    make_entry(owner, "Running late", content="Again")
    make_entry(owner, "Work", content="A meeting", tags=["trail-running"])
    found = owner.get(f"{JOURNAL}/search?q=unnin").json
    assert titles(found["entries"]) == ["Running late", "Work", "Dinner"]
    assert [row["relevance_score"] for row in found["entries"]] == [1.0, 0.9, 0.8]
    assert (found["query"], found["total"]) == ("unnin", 3)


def test_search_finds_other_forms_of_a_word(owner: Caller) -> None:
    make_entry(owner, "Saturday", content="We walked through the woods")
    assert titles(owner.get(f"{JOURNAL}/search?q=walking wood").json["entries"]) == ["Saturday"]


@pytest.mark.parametrize(("query", "status"), [("", 400), ("?q=", 400), ("?q=%25", 200), ("?q=" + "x" * 201, 400)])
def test_search_needs_a_question(owner: Caller, entry: Any, query: str, status: int) -> None:
    answer = owner.get(f"{JOURNAL}/search{query}")
    assert answer.status_code == status
    assert answer.json.get("entries", []) == []


def test_entries_are_grouped_by_day(owner: Caller) -> None:
    for title, date in (("Morning", "2024-02-01T08:00"), ("Evening", "2024-02-01T20:00"), ("Next", "2024-02-02")):
        make_entry(owner, title, entry_date=date)
    grouped = owner.get(f"{JOURNAL}/grouped").json
    days = {key: titles(rows) for key, rows in grouped["grouped_entries"].items()}
    assert days == {"2024-02-02": ["Next"], "2024-02-01": ["Evening", "Morning"]}
    assert grouped["groupedEntries"] == grouped["grouped_entries"]
    assert (grouped["total_days"], grouped["total_entries"], grouped["nextCursor"]) == (2, 3, None)
