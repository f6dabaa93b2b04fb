"""What leaves as an export comes back by an import: the same rows, the same pages, but for ids and times of the run."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

import app.composition.application  # noqa: F401  # every table that there is
from app.db.session import db as database
from app.imports.restored import tables
from tests.conftest import Caller, sign_in
from tests.imports.conftest import IMPORTS, send, status, zipped
from tests.privacy.conftest import WorkOff, Zip, export, live, sent, work_off

# what says where a row is from is the ids' map, and whose rows the ids are of
MAPPED = {
    "id", "goal_id", "journal_entry_id", "session_id", "conversation_id", "personality_id", "context", "import_id",
    "source", "source_id",
}  # fmt: skip
TABLES = ("journal_entries", "goals", "milestones", "progress_updates", "goal_entry_links", *tables())
OF_THE_ACCOUNT = {
    "account_settings",
    "care_events",
    "care_follow_ups",
    "derived_sources",
    "memory_facts",
    "model_calls",
    "suggested_prompts",
    "topic_runs",
}
PAGES = ("journal/", "goals/", "chats/")


__all__ = ["work_off"]


@pytest.fixture
def olivia(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "olivia", "acme")


@pytest.fixture
def heir(offline_app: Flask, clean: None) -> Caller:
    """An empty account, elsewhere."""
    return sign_in(offline_app, "hanna", "elsewhere")


def a_life(caller: Caller) -> None:
    """With all that text can hold, and dates at both ends of a day."""
    sent(caller.patch("/api/v1/me", json={"timezone": "Pacific/Auckland"}))
    steps = [{"title": "Run  3K", "due_date": "2098-01-01"}, {"title": "#Run 4K"}, {"title": "Run 4.5K "}]
    goal = {"title": "Run  a\t5K", "description": " Slowly,\n\nthen fast ", "target_date": "2099-12-31T23:30:00+13:00"}
    run = sent(caller.post("/api/v1/goals", json=goal | {"milestones": steps, "category": "Health & more"}))["id"]
    first, second, _ = (step["id"] for step in sent(caller.get(f"/api/v1/goals/{run}"))["milestones"])
    sent(caller.patch(f"/api/v1/goals/{run}/milestone/{first}/complete", json={}))
    sent(caller.delete(f"/api/v1/goals/{run}/milestone/{second}"))
    habit = {"title": "Read", "target_date": "2099-01-01", "is_habit": True, "habit_frequency": "weekly"}
    read = sent(caller.post("/api/v1/goals", json=habit))["id"]
    for note in ("Two rounds", "  Three,\nand tea  "):
        sent(caller.post(f"/api/v1/goals/{run}/progress", json={"content": note}))
    for number, fields in enumerate(_entries(run, read)):
        sent(caller.post("/api/v1/journal", json={"title": "A day", "content": f"Walked {number}"} | fields))


def _entries(run: str, read: str) -> Iterator[dict[str, Any]]:
    yield {"title": "A  day: “two  spaces” #1", "content": "# Not a title\n\n  indented\n\n\ttabs  ", "mood": "#calm"}
    yield {"entry_date": "2024-02-29", "tags": ["#run", "a  b", "ü"], "goal_ids": [run, read]}
    yield {"entry_date": "2024-02-29T23:59:59.999+13:00", "goal_ids": [run]}
    yield {"entry_date": "2019-06-14T18:05:11.123456Z", "content": "x" * 50_000}
    yield {"content": "I am going to kill myself tonight"}
    yield from ({"entry_date": "2020-01-01"} for _ in range(3))  # three pages of one name


def mapped(found: Zip, table: str) -> list[str]:
    """Rows without ids, in an order that is not theirs."""
    rows = [{name: value for name, value in row.items() if name not in MAPPED} for row in found.rows(table)]
    return sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)


def pages(found: Zip) -> dict[str, bytes]:
    return {name: found.bytes(name) for name in found.names if name.startswith(PAGES)}


def brought(work_off: WorkOff, caller: Caller, data: bytes) -> Any:
    begun = sent(send(caller, data))
    work_off()
    return status(caller, begun["id"])


def test_it_is_the_same_in_another_account(olivia: Caller, heir: Caller, work_off: WorkOff) -> None:
    live(olivia, "kumquat", work_off)
    a_life(olivia)
    sent(heir.patch("/api/v1/me", json={"timezone": "Pacific/Auckland"}))
    first = export(olivia, work_off)
    done = brought(work_off, heir, first.data)
    assert (done["counts"]["entries"], done["counts"]["goals"]) == (9, 3)
    assert {skip["item"] for skip in done["skipped"]} <= {f"data/{table}.json" for table in OF_THE_ACCOUNT}
    second = export(heir, work_off)
    for table in TABLES:
        assert mapped(second, table) == mapped(first, table), table
        assert second.manifest["counts"][table] == first.manifest["counts"][table]
    assert pages(second) == pages(first)
    assert all(first.manifest["counts"][table] for table in TABLES)


def test_the_second_time_it_adds_nothing(olivia: Caller, heir: Caller, work_off: WorkOff) -> None:
    live(olivia, "kumquat", work_off)
    data = export(olivia, work_off).data
    brought(work_off, heir, data)
    before = counted()
    for caller in (heir, olivia):
        counts = brought(work_off, caller, data)["counts"]
        assert (counts["entries"], counts["goals"], counts["duplicates"]) == (0, 0, 2)
    assert counted() == before


def test_all_that_it_brought_is_taken_back(olivia: Caller, heir: Caller, work_off: WorkOff) -> None:
    live(olivia, "kumquat", work_off)
    before = counted()
    done = brought(work_off, heir, export(olivia, work_off).data)
    assert counted() != before
    sent(heir.delete(f"{IMPORTS}/{done['id']}"))
    work_off()
    assert counted() == before


def test_generations_later_it_is_still_the_same(
    offline_app: Flask, olivia: Caller, heir: Caller, work_off: WorkOff
) -> None:
    a_life(olivia)
    brought(work_off, heir, export(olivia, work_off).data)
    other = sign_in(offline_app, "ida", "third")
    for caller in (heir, other):
        sent(caller.patch("/api/v1/me", json={"timezone": "Pacific/Auckland"}))
    brought(work_off, other, export(heir, work_off).data)
    assert pages(export(other, work_off)) == pages(export(olivia, work_off))


def test_a_conversation_goes_on_where_it_was(olivia: Caller, heir: Caller, work_off: WorkOff) -> None:
    sent(olivia.post("/api/v1/chat/message", json={"message": "How do I go on?"}))
    brought(work_off, heir, export(olivia, work_off).data)
    (row,) = sent(heir.get("/api/v1/chat/sessions"))["sessions"]
    sent(heir.post("/api/v1/chat/message", json={"message": "And then?", "sessionId": row["id"]}))
    found = sent(heir.get(f"/api/v1/chat/session/{row['id']}"))
    assert [one["content"] for one in found["messages"] if one["role"] == "user"] == ["How do I go on?", "And then?"]


def test_a_file_can_neither_hide_a_crisis_nor_speak_in_a_strangers_conversation(
    olivia: Caller, heir: Caller, work_off: WorkOff
) -> None:
    sent(olivia.post("/api/v1/chat/message", json={"message": "How do I go on?"}))
    found = export(olivia, work_off)
    (begun,), said = found.rows("chat_sessions"), found.rows("chat_messages")[0]
    hidden = said | {"id": "msg_a", "content": "I am going to kill myself tonight", "safety": {"level": "none"}}
    strange = said | {"id": "msg_b", "session_id": "session_of_nobody"}
    rows = {"chat_sessions": [begun, {"id": [7]}, {"id": "session_x"}], "chat_messages": [hidden, strange]}
    tables = {f"data/{name}.json": json.dumps(its) for name, its in rows.items()}
    done = brought(work_off, heir, zipped({"manifest.json": json.dumps(found.manifest), **tables}))
    assert (done["status"], done["counts"]["skipped"]) == ("completed", 2)
    with database.read() as session:
        its = "FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id WHERE s.user_id = 'hanna'"
        query = text(f"SELECT content, m.safety->>'level' {its}")
        assert session.execute(query).all() == [("I am going to kill myself tonight", "crisis")]


def counted() -> list[int]:
    with database.read() as session:
        names = (*TABLES, "document_chunks")
        return [session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in names]
