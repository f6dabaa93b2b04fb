"""What leaves as an export comes back by an import: the same rows, the same pages, but for ids and times of the run."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db as database
from tests.conftest import Caller, sign_in
from tests.imports.conftest import burst, send, status
from tests.privacy.conftest import Zip, export, sent

# what says where a row is from is the ids' map, and whose rows the ids are of
MAPPED = {"id", "goal_id", "journal_entry_id", "import_id", "source", "source_id"}
TABLES = ("journal_entries", "goals", "milestones", "progress_updates", "goal_entry_links")
PAGES = ("journal/", "goals/")


@pytest.fixture
def olivia(app: Flask, clean: None) -> Caller:
    return sign_in(app, "olivia", "acme")


@pytest.fixture
def heir(app: Flask, clean: None) -> Caller:
    """An empty account, elsewhere."""
    return sign_in(app, "hanna", "elsewhere")


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


def exported(app: Flask, caller: Caller) -> Zip:
    return export(caller, lambda: burst(app))


def brought(app: Flask, caller: Caller, data: bytes) -> Any:
    begun = sent(send(caller, data))
    burst(app)
    return status(caller, begun["id"])


def test_it_is_the_same_in_another_account(app: Flask, olivia: Caller, heir: Caller) -> None:
    a_life(olivia)
    sent(heir.patch("/api/v1/me", json={"timezone": "Pacific/Auckland"}))
    first = exported(app, olivia)
    done = brought(app, heir, first.data)
    assert (done["counts"]["entries"], done["counts"]["goals"], done["error"]) == (8, 2, None)
    second = exported(app, heir)
    for table in TABLES:
        assert mapped(second, table) == mapped(first, table), table
        assert second.manifest["counts"][table] == first.manifest["counts"][table]
    assert pages(second) == pages(first)


def test_the_second_time_it_adds_nothing(app: Flask, olivia: Caller, heir: Caller) -> None:
    a_life(olivia)
    data = exported(app, olivia).data
    for caller in (heir, olivia):
        brought(app, caller, data)
    before = counted()
    for caller in (heir, olivia):
        counts = brought(app, caller, data)["counts"]
        assert (counts["entries"], counts["goals"], counts["duplicates"]) == (0, 0, 10)
    assert counted() == before


def test_generations_later_it_is_still_the_same(app: Flask, olivia: Caller, heir: Caller) -> None:
    a_life(olivia)
    brought(app, heir, exported(app, olivia).data)
    other = sign_in(app, "ida", "third")
    for caller in (heir, other):
        sent(caller.patch("/api/v1/me", json={"timezone": "Pacific/Auckland"}))
    brought(app, other, exported(app, heir).data)
    assert pages(exported(app, other)) == pages(exported(app, olivia))


def counted() -> list[int]:
    with database.read() as session:
        tables = (*TABLES, "document_chunks")
        return [session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables]
