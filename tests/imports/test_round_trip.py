"""What leaves as an export comes back by an import: the same rows, the same pages, but for ids and times of the run."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

import app.composition.application  # noqa: F401  # every table that there is
from app.db.restoring import Brought, Restored, Stays
from app.db.session import db as database
from app.imports.restored import UNFIT
from app.privacy.registry import declarations
from app.reminders.due import tell_due
from app.reminders.interfaces import Conversations
from app.web.container import resolve_from
from tests.actions.conftest import answered, move
from tests.attachments import conftest as files
from tests.conftest import Caller, sign_in
from tests.imports.conftest import IMPORTS, send, status, zipped
from tests.privacy.conftest import WorkOff, Zip, export, live, sent, work_off
from tests.reminders.conftest import bring_forward, make

# which import brought a row, and as what, is of the run; whose it is, of the account
OF_THE_RUN = {"import_id", "source", "source_id"}
BACK = {table.name for table, said in declarations().items() if isinstance(said.restored, Restored | Brought)}
STAY = {table.name: said.restored.why for table, said in declarations().items() if isinstance(said.restored, Stays)}
LEFT = {"idempotency_keys", *STAY}  # the first are in no export
IDS = re.compile(r'\b[a-z]{1,20}_[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=")(olivia|hanna)(?=")')
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


def lines(found: Zip, table: str) -> list[str]:
    """Rows in an order that is not that of their ids."""
    kept = [row for row in found.rows(table) if row.get("derived_type") not in LEFT]
    rows = [{name: value for name, value in row.items() if name not in OF_THE_RUN} for row in kept]
    return sorted((json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows), key=without_ids)


def without_ids(line: str) -> str:
    return IDS.sub("", line)


def ids_map(first: Zip, second: Zip) -> dict[str, str]:
    """What each row of the one is called in the other; rows are told apart by what else they say."""
    pairs = [pair for table in BACK for pair in zip(lines(first, table), lines(second, table), strict=True)]
    own = [(json.loads(one).get("id"), json.loads(other).get("id")) for one, other in pairs]
    return {one: other for one, other in own if one} | {"olivia": "hanna"}


def mapped(text: str, known: dict[str, str]) -> str:
    return IDS.sub(lambda found: known.get(found[0], found[0]), text)


def with_the_coach(app: Flask, caller: Caller) -> None:
    """What is asked, proposed, and reminded of."""
    given = files.sent(caller, "My plan: slowly", "plan.txt")
    sent(caller.post("/api/v1/chat/message", json={"message": "Is it a plan?", "attachments": [given["id"]]}))
    entry = sent(caller.get("/api/v1/journal"))["entries"][0]
    files.sent(caller, "How it looked", "view.txt", files.of_entry(entry))
    for wish, verb in (("I want to run a marathon by June", "confirm"), ("I'd like to learn Spanish", "decline")):
        (proposal,) = answered(caller, wish).last["proposals"]
        sent(move(caller, proposal, verb))
    goal = sent(caller.get("/api/v1/goals"))["goals"][0]
    asked = make(caller, kind="check_in", rrule="FREQ=DAILY", goal_id=goal["id"])
    bring_forward()
    tell_due(database, resolve_from(app, Conversations))
    sent(caller.post(f"/api/v1/reminders/{asked['id']}/answer", json={"text": "Half of it"}))
    make(caller, text="Tea", timezone="Asia/Kathmandu", channels=["feed", "push"])
    sent(caller.put("/api/v1/memory/settings", json={"enabled": True}))
    sent(caller.put("/api/v1/reminders/settings", json={"quiet_hours": {"from": "22:00", "to": "06:00"}}))


def pages(found: Zip) -> dict[str, str]:
    return {name: found.text(name) for name in found.names if name.startswith(PAGES)}


def brought(work_off: WorkOff, caller: Caller, data: bytes) -> Any:
    begun = sent(send(caller, data))
    work_off()
    return status(caller, begun["id"])


MADE: list[Zip] = []  # it takes seconds


@pytest.fixture
def first(offline_app: Flask, olivia: Caller, work_off: WorkOff) -> Zip:
    """An export with rows of every table."""
    if not MADE:
        live(olivia, "kumquat", work_off)
        with_the_coach(offline_app, olivia)
        a_life(olivia)
        MADE.append(export(olivia, work_off))
    return MADE[0]


def test_it_is_the_same_in_another_account(first: Zip, heir: Caller, work_off: WorkOff) -> None:
    done = brought(work_off, heir, first.data)
    assert (done["counts"]["entries"], done["counts"]["goals"], done["counts"]["attachments"]) == (9, 4, 2)
    assert {skip["item"] for skip in done["skipped"]} <= {f"data/{table}.json" for table in STAY}
    second = export(heir, work_off)
    known = ids_map(first, second)
    for table in sorted(BACK):
        assert sorted(mapped(line, known) for line in lines(first, table)) == sorted(lines(second, table)), table
    assert pages(second) == {name: mapped(text, known) for name, text in pages(first).items()}
    assert [table for table in BACK if not first.manifest["counts"][table]] == []


def test_the_second_time_it_adds_nothing(olivia: Caller, heir: Caller, work_off: WorkOff) -> None:
    live(olivia, "kumquat", work_off)
    data = export(olivia, work_off).data
    brought(work_off, heir, data)
    before = counted()
    for caller in (heir, olivia):
        counts = brought(work_off, caller, data)["counts"]
        assert (counts["entries"], counts["goals"], counts["duplicates"]) == (0, 0, 2)
    assert counted() == before


def test_all_that_it_brought_is_taken_back(first: Zip, heir: Caller, work_off: WorkOff) -> None:
    before = counted()
    done = brought(work_off, heir, first.data)
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


def test_what_waits_to_be_confirmed_is_confirmed_nowhere_else(
    offline_app: Flask, olivia: Caller, heir: Caller, work_off: WorkOff
) -> None:
    answered(olivia, "I want to run a marathon by June")
    brought(work_off, heir, export(olivia, work_off).data)
    (there,) = sent(heir.get("/api/v1/actions"))["actions"]
    assert (move(heir, there, "confirm").status_code, move(heir, there, "undo").status_code) == (410, 409)


def test_what_has_been_set_here_stays(olivia: Caller, heir: Caller, work_off: WorkOff) -> None:
    sent(olivia.patch("/api/v1/me", json={"timezone": "Asia/Manila", "weekly_digest": True}))
    sent(heir.patch("/api/v1/me", json={"timezone": "Europe/Vienna"}))
    brought(work_off, heir, export(olivia, work_off).data)
    assert sent(heir.get("/api/v1/me"))["timezone"] == "Europe/Vienna"


NONSENSE = {
    "account_settings": [{"timezone": "Nowhere/Land"}, {"timezone": "UTC", "country": "??"}],
    "reminders": [{"rrule": "FREQ=SECONDLY"}, {"timezone": "x"}, {"channels": ["fax"]}, {"at": "2031-01-07T18:00:00"}],
    "actions": [{"kind": "x"}, {"arguments": []}, {"expires_at": "infinity", "state": "proposed"}],
    "topic_runs": [{"result": []}, {"about": "x"}],
    "suggested_prompts": [{"prompts": [{"id": 7}]}, {"prompts": "x"}],
    "care_follow_ups": [{"until": "infinity"}],
    "memory_facts": [
        {"kind": ["x"]},
        {"special": "x"},
        {"said_at": "infinity"},
        {"created_at": "2026-01-01"},
        {"text": " "},
        {"text": "I am going to kill myself tonight"},
        {"superseded_by": "fact_of_nobody"},
        {"text": "x" * 301},
    ],
    "derived_sources": [{"standing": "sure"}, {"source_id": None}, {"made_at": "infinity"}],
    "chat_sessions": [{"remembered_at": "infinity"}, {"updated_at": "9999-12-31T23:59:59-12:00"}, {"created_at": 7}],
}


def test_what_could_not_be_written_is_not_brought_either(first: Zip, heir: Caller, work_off: WorkOff) -> None:
    bad = {table: [first.rows(table)[0] | change for change in changes] for table, changes in NONSENSE.items()}
    before = counted()
    members = {f"data/{table}.json": json.dumps(rows) for table, rows in bad.items()}
    done = brought(work_off, heir, zipped({"manifest.json": json.dumps(first.manifest), **members}))
    assert [skip["reason"] for skip in done["skipped"]] == [UNFIT] * sum(map(len, NONSENSE.values()))
    assert counted() == before


def test_what_is_long_past_is_not_told_now(olivia: Caller, heir: Caller, work_off: WorkOff, offline_app: Flask) -> None:
    make(olivia)
    found = export(olivia, work_off)
    past = dict.fromkeys(("at", "occurs_at", "next_at"), "2020-01-07T18:00:00+00:00")
    rows = {"data/reminders.json": json.dumps([found.rows("reminders")[0] | past])}
    brought(work_off, heir, zipped({"manifest.json": json.dumps(found.manifest), **rows}))
    assert tell_due(database, resolve_from(offline_app, Conversations)) == 0
    assert [row["next_at"] for row in sent(heir.get("/api/v1/reminders"))["reminders"]] == [None]


def counted() -> list[int]:
    with database.read() as session:
        names = sorted(BACK | {"document_chunks"})
        return [session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in names]
