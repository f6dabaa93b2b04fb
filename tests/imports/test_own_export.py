"""Our own export, with rows as the tables have them."""

import json
from typing import Any

from sqlalchemy import text

from app.db.session import db as database
from tests.conftest import Caller
from tests.imports.conftest import Import, entries, zipped
from tests.workspace.conftest import add_milestone, day, make_entry, make_goal

TABLES = ("journal_entries", "goals", "milestones", "progress_updates", "goal_entry_links")


def rows(table: str, caller: Caller) -> list[Any]:
    query = text(f"SELECT to_jsonb(t) FROM {table} t WHERE user_id = :user ORDER BY to_jsonb(t)->>'created_at'")
    with database.begin() as session:
        return list(session.scalars(query, {"user": caller.user}))


def export(caller: Caller, **tables: Any) -> bytes:
    manifest = {"format": "coachhouse-export", "version": 1, "counts": {}}
    data = {f"data/{table}.json": json.dumps(tables.get(table, rows(table, caller))) for table in TABLES}
    return zipped({"manifest.json": json.dumps(manifest), **data, "journal/2026/2026-01-01 T.md": "# T\n"})


def a_life(owner: Caller) -> None:
    goal = make_goal(owner, description="Slowly")
    add_milestone(owner, goal)
    owner.post(f"/api/v1/goals/{goal['id']}/progress", json={"content": "Ran 2K"})
    make_entry(owner, entry_date="2020-02-29", tags=["a"], mood="calm", goal_ids=[goal["id"]])
    make_entry(owner, "Later", entry_date=f"{day(-1)}T08:00:00Z")


def test_it_comes_back_whole_into_an_empty_account(owner: Caller, teammate: Caller, import_file: Import) -> None:
    a_life(owner)
    done = import_file(export(owner), caller=teammate)
    assert (done["status"], done["format"]) == ("completed", "coachhouse")
    assert done["counts"] == {"entries": 2, "goals": 1, "attachments": 0, "duplicates": 0, "skipped": 0}
    for mine, theirs in zip(entries(owner), entries(teammate), strict=True):
        same = ("title", "content", "mood", "tags", "entry_date", "all_day", "created_at", "updated_at", "timezone")
        assert [mine[name] for name in same] == [theirs[name] for name in same]
    assert [goal["title"] for goal in entries(teammate)[0]["linked_goals"]] == ["Run a 5K"]
    (goal,) = teammate.get("/api/v1/goals").json["goals"]
    detail = teammate.get(f"/api/v1/goals/{goal['id']}").json
    assert [step["title"] for step in detail["milestones"]] == ["Run 3K"]
    assert [note["content"] for note in detail["progress_updates"]] == ["Ran 2K"]


def test_in_the_account_that_it_is_from_it_adds_nothing(owner: Caller, import_file: Import) -> None:
    a_life(owner)
    done = import_file(export(owner))
    assert done["counts"] == {"entries": 0, "goals": 0, "attachments": 0, "duplicates": 3, "skipped": 0}


def test_what_was_imported_before_keeps_where_it_is_from(owner: Caller, teammate: Caller, import_file: Import) -> None:
    import_file("date,text\n2020-01-01,Tea\n", "j.csv")
    data = export(owner)
    assert import_file(data, caller=teammate)["counts"]["entries"] == 1
    assert import_file(data, caller=teammate)["counts"]["duplicates"] == 1
    (mine,), (theirs,) = rows("journal_entries", owner), rows("journal_entries", teammate)
    assert (mine["source"], mine["source_id"]) == (theirs["source"], theirs["source_id"])


def test_rows_that_are_not_whole_are_told_of(owner: Caller, import_file: Import) -> None:
    row = {"id": "a", "title": "T", "content": "C", "entry_date": "2020-01-01T00:00:00+00:00", "all_day": True}
    done = import_file(export(owner, journal_entries=[row, {"id": "b", "content": "x"}, {}, 7], goals={"rows": [{}]}))
    assert (done["status"], done["counts"]["entries"], done["counts"]["skipped"]) == ("completed", 1, 4)


def test_an_empty_account_has_an_export_too(import_file: Import, owner: Caller) -> None:
    assert import_file(export(owner))["status"] == "completed"
