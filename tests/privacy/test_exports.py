"""All of a person as one file: complete, theirs alone, the same each time, readable."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import text

from app.db.session import db as database
from app.privacy.registry import Scope, declarations, exported
from tests.conftest import Caller
from tests.privacy.conftest import WorkOff, Zip, begin, export, live, sent, write

ALONE = ("model_calls", "care_events", "care_follow_ups", "categories", "journal_entries", "chat_sessions", "goals")


def counted(table: str) -> int:
    with database.read() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


@pytest.fixture
def all_of_olivia(olivia: Caller, work_off: WorkOff) -> Zip:
    live(olivia, "kumquat", work_off)
    return export(olivia, work_off)


def test_it_has_as_many_rows_as_the_database(all_of_olivia: Zip) -> None:
    counts = all_of_olivia.manifest["counts"]
    assert set(counts) == {table.name for table, _ in exported(Scope("acme", "olivia"))}
    tables = [table.name for table, said in declarations().items() if table.name in counts]
    assert counts == {name: counted(name) for name in tables}
    assert {name: len(all_of_olivia.rows(name)) for name in tables} == counts
    lived = [name for name, number in counts.items() if number]
    assert {*ALONE, "coaching_messages", "conversation_messages", "chat_messages", "topic_runs"} - {*lived} == {
        "care_events", "care_follow_ups"
    }  # fmt: skip


def test_its_manifest_says_what_it_is(all_of_olivia: Zip) -> None:
    manifest = all_of_olivia.manifest
    told = {name: manifest[name] for name in ("format", "version", "tenant", "user")}
    assert told == {"format": "coachhouse-export", "version": 1, "tenant": "acme", "user": "olivia"}
    listed = {name.removeprefix("data/").removesuffix(".json") for name in all_of_olivia.within("data")}
    assert listed == set(manifest["counts"])


def test_a_table_is_an_array_with_a_row_in_each_line(olivia: Caller, work_off: WorkOff) -> None:
    written = [write(olivia, f"Day {number}") for number in range(3)]
    lines = export(olivia, work_off).text("data/journal_entries.json").splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("[", "]", 5)
    rows = [json.loads(line.rstrip(",")) for line in lines[1:-1]]
    assert [(row["id"], row["title"]) for row in rows] == [(entry["id"], entry["title"]) for entry in written]
    assert "tenant_id" not in rows[0] and "user_id" not in rows[0]


def test_nothing_of_anybody_else_is_in_it(olivia: Caller, theo: Caller, sam: Caller, work_off: WorkOff) -> None:
    for caller, word in ((olivia, "kumquat"), (theo, "rhubarb"), (sam, "damson")):
        live(caller, word, work_off)
    found = export(olivia, work_off)
    assert (found.has("kumquat"), found.has("rhubarb"), found.has("damson")) == (True, False, False)
    assert not found.has("theo") and not found.has("sam@")


def test_whoever_is_alone_takes_the_rows_of_the_team_along(make_solo: Any, olivia: Caller, work_off: WorkOff) -> None:
    solo = make_solo("pat")
    for caller in (solo, olivia):
        sent(caller.post("/workspace/import", json={"issues": [{"title": f"Late, says {caller.user}"}]}))
    assert [row["document"]["title"] for row in export(solo, work_off).rows("workspace_records")] == ["Late, says pat"]
    assert export(olivia, work_off).within("data/workspace_records") == []


def test_the_same_data_are_the_same_bytes(olivia: Caller, work_off: WorkOff) -> None:
    live(olivia, "kumquat", work_off)
    first, second = export(olivia, work_off), export(olivia, work_off)
    assert first.names == second.names
    assert [name for name in first.names if first.bytes(name) != second.bytes(name)] == ["manifest.json"]
    assert {name: value for name, value in first.manifest.items() if name != "exported_at"} == {
        name: value for name, value in second.manifest.items() if name != "exported_at"
    }
    assert [bare(info) for info in first.infos[:-1]] == [bare(info) for info in second.infos[:-1]]
    end = second.infos[-1].header_offset
    assert first.data[:end] == second.data[:end]


def bare(info: Any) -> Any:
    return info.filename, info.date_time, info.CRC, info.compress_size, info.external_attr


def test_an_entry_reads_well(olivia: Caller, work_off: WorkOff) -> None:
    sent(olivia.patch("/api/v1/me", json={"timezone": "Asia/Manila"}))
    goal = sent(olivia.post("/api/v1/goals", json={"title": "Run a 5K", "target_date": "2099-12-31"}))["id"]
    facts = {"mood": "tired", "tags": ["running"], "linked_goal_ids": [goal]}
    write(olivia, "Legs like lead", "Ran anyway.\n\nSlowly.", entry_date="2026-02-20T18:30:00Z", **facts)
    assert export(olivia, work_off).text("journal/2026/2026-02-21 Legs like lead.md") == (
        "# Legs like lead\n\nSaturday 21 February 2026, 02:30 (Asia/Manila) · mood: tired · #running\n\n"
        "Ran anyway.\n\nSlowly.\n\n---\n\nAbout: Run a 5K\n"
    )


def test_a_day_without_a_time_is_that_day_everywhere(olivia: Caller, work_off: WorkOff) -> None:
    sent(olivia.patch("/api/v1/me", json={"timezone": "Pacific/Pago_Pago"}))
    write(olivia, "Leap", entry_date="2024-02-29")
    assert export(olivia, work_off).within("journal") == ["journal/2024/2024-02-29 Leap.md"]


def test_the_ends_of_the_calendar_do_no_harm(olivia: Caller, work_off: WorkOff) -> None:
    write(olivia, "Once", entry_date="0001-01-01T00:01:00Z")
    sent(olivia.post("/api/v1/goals", json={"title": "At last", "target_date": "9999-12-31T23:59:00Z"}))
    for zone in ("America/New_York", "Asia/Manila"):
        sent(olivia.patch("/api/v1/me", json={"timezone": zone}))
        found = export(olivia, work_off)
        assert found.within("journal") == ["journal/0001/0001-01-01 Once.md"]
        assert "until Friday 31 December 9999" in found.text("goals/At last.md")


def test_a_goal_reads_well(olivia: Caller, work_off: WorkOff) -> None:
    steps = [{"title": "Run 3K", "due_date": "2099-06-01"}, {"title": "Run 4K"}]
    goal = {"title": "Run a 5K", "description": "Before summer.", "target_date": "2099-12-31", "milestones": steps}
    goal_id = sent(olivia.post("/api/v1/goals", json=goal | {"category": "health"}))["id"]
    sent(olivia.post(f"/api/v1/goals/{goal_id}/progress", json={"content": "Two rounds."}))
    page = export(olivia, work_off).text("goals/Run a 5K.md")
    assert page.startswith(
        "# Run a 5K\n\nnot started · category: health · 0 % · until Thursday 31 December 2099\n\nBefore summer.\n\n"
        "## Milestones\n\n- [ ] Run 3K (until Monday 1 June 2099)\n- [ ] Run 4K\n\n## Progress\n\n**"
    )
    assert page.endswith("**\n\nTwo rounds.\n")


def test_conversations_of_every_kind_read_well(all_of_olivia: Zip) -> None:
    pages = [all_of_olivia.text(name) for name in all_of_olivia.within("chats")]
    assert sum("How do I go on? kumquat" in page for page in pages) == 1
    assert sum("Honesty matters to me, and kumquat" in page for page in pages) == 1
    assert sum("Why is it short? kumquat" in page for page in pages) == 1
    assert all(page.startswith("# ") and "**Coach**" in page for page in pages)


TITLES = [
    "../../etc/passwd", "a/\\b", "...", "CON", "Day", "day", "Day (2)", "a\tb\nc", "🌊 " * 90, "\u202egpj.exe",
    "x. . .",
]  # fmt: skip


def test_no_title_leads_out_of_the_folder_and_no_two_files_have_one_name(olivia: Caller, work_off: WorkOff) -> None:
    for title in TITLES:
        write(olivia, title, entry_date="2026-02-20")
        sent(olivia.post("/api/v1/goals", json={"title": f"{title}", "target_date": "2099-12-31"}))
    found = export(olivia, work_off)
    names = [*found.within("journal"), *found.within("goals")]
    assert len({name.casefold() for name in names}) == len(names) == 2 * len(TITLES)
    assert [name for name in found.names if re.search(r"\.\./|\\\\|^/|[\x00-\x1f\u202e]", name)] == []
    assert max(len(part.encode()) for name in names for part in name.split("/")) < 200
    goals = {"etc passwd.md", "_CON.md", "Day.md", "day (2).md", "Day (2) (2).md", "a b.md", "x.md", "Untitled.md"}
    assert {f"goals/{name}" for name in goals} <= set(names)


def test_one_is_made_at_a_time(olivia: Caller, theo: Caller, work_off: WorkOff) -> None:
    first = begin(olivia)
    again = olivia.post("/api/v1/me/exports", json={})
    assert (again.status_code, again.json["message"]) == (409, "An export is being made already")
    begin(theo)
    work_off()
    assert sent(olivia.get(f"/api/v1/me/exports/{first}"))["status"] == "completed"
    begin(olivia)


def test_there_is_a_rate(olivia: Caller, work_off: WorkOff) -> None:
    for _ in range(5):
        export(olivia, work_off)
    refused = olivia.post("/api/v1/me/exports", json={})
    assert (refused.status_code, refused.json["statusCode"]) == (429, 429)


def test_the_person_is_told_when_it_is_there(olivia: Caller, work_off: WorkOff) -> None:
    export_id = begin(olivia)
    work_off()
    with database.read() as session:
        found = session.execute(text("SELECT type, data FROM feed_events WHERE user_id = 'olivia'")).all()
    [(kind, data)] = [event for event in found if event.type.startswith("export.")]
    assert (kind, data["id"], data["status"]) == ("export.completed", export_id, "completed")


def test_one_that_can_not_be_made_is_told_as_failed(
    olivia: Caller, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("app.privacy.exports.archive.write", full)
    export_id = begin(olivia)
    work_off()
    made = sent(olivia.get(f"/api/v1/me/exports/{export_id}"))
    assert (made["status"], made["url"], made["expires_at"], made["counts"]) == ("failed", None, None, None)
    assert counted("export_files") == 0
    begin(olivia)
