"""All of a person gone, wherever it was, and nothing of anybody else's."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.core.ids import joined, mark
from app.db.privacy import OfPerson
from app.db.session import db as database
from app.privacy.erasure import guard
from app.privacy.registry import declarations, erased
from app.workspace.models import Category
from tests.conftest import Caller, sign_in
from tests.privacy.conftest import WorkOff, begin, export, live, sent, write
from tests.privacy.erasing import (
    ADMIN,
    again,
    erase,
    files_with,
    fill_for_x,
    keys_with,
    live_fully,
    receipts,
    rows_of,
    somebody,
    tables_with,
)
from tests.test_migrations import counts
from tests.waiting import until

LEFT = {"erasures", "revocations"}  # what has the id of somebody who is gone


@pytest.fixture
def opal(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "opal", "house", "operator")


@pytest.fixture
def erin(offline_app: Flask, clean: None) -> Caller:
    return somebody(offline_app)


def talk_of(caller: Caller, word: str) -> None:
    """A little of everything."""
    write(caller, f"A day with {word}")
    sent(caller.post("/api/v1/goals", json={"title": f"Grow {word}", "target_date": "2099-12-31"}))
    sent(caller.post("/api/v1/chat/message", json={"message": f"Where does {word} grow?"}))


def test_nothing_of_what_a_person_ever_wrote_is_left(
    erin: Caller, boss: Caller, opal: Caller, work_off: WorkOff, environ: dict[str, str]
) -> None:
    live_fully(erin, boss, "kumquat", work_off)
    assert tables_with("kumquat") >= {
        "journal_entries", "chat_messages", "document_chunks", "coaching_messages", "conversation_messages", "goals",
        "topic_runs", "milestones", "progress_updates", "routines", "categories", "personalities", "realtime_chats",
        "imports", "import_skips", "slide_decks", "idempotency_keys", "memory_facts", "coach_notes", "consents",
        "reminders", "actions", "attachments", "blob_pieces",
    }  # fmt: skip
    assert {"stream", "rate"} <= {key.partition(":")[0] for key in keys_with("kumquat") + keys_with(erin.user)}
    erase(opal, erin, work_off)
    assert (tables_with("kumquat"), keys_with("kumquat"), files_with("kumquat", environ["DATA_DIR"])) == (set(), [], [])
    assert (tables_with(erin.user) - LEFT, keys_with(erin.user)) == (set(), [])
    assert keys_with(mark(joined(erin.tenant, erin.user))) == []


def test_everybody_else_keeps_everything(
    offline_app: Flask, erin: Caller, theo: Caller, opal: Caller, work_off: WorkOff
) -> None:
    namesake = sign_in(offline_app, erin.user, "other")
    live(theo, "rhubarb", work_off)
    for caller, word in ((erin, "kumquat"), (namesake, "damson")):
        talk_of(caller, word)
    before = [rows_of(word) for word in ("rhubarb", "damson")]
    erase(opal, erin, work_off)
    assert [rows_of(word) for word in ("rhubarb", "damson")] == before
    assert sent(namesake.get("/api/v1/journal"))["entries"] and sent(theo.get("/api/v1/journal"))["entries"]


def test_the_receipt_has_ids_and_counts_only(erin: Caller, opal: Caller, work_off: WorkOff) -> None:
    for number in range(3):
        write(erin, f"Day {number}", "kumquat")
    sent(erin.post("/api/v1/chat/message", json={"message": "How do I go on?"}))
    work_off()
    receipt = erase(opal, erin, work_off)
    assert (receipt["tenant"], receipt["user"], receipt["asked_by"]) == (erin.tenant, erin.user, "operator")
    told = {name: receipt["counts"][name] for name in ("journal_entries", "chat_sessions", "chat_messages")}
    assert told == {"journal_entries": 3, "chat_sessions": 1, "chat_messages": 2}
    assert receipt["unnamed"]["model_calls"] >= 1 and "kumquat" not in str(receipt)


def test_what_is_counted_stays_without_the_name(erin: Caller, opal: Caller, work_off: WorkOff) -> None:
    sent(erin.post("/api/v1/chat/message", json={"message": "How do I go on?"}))
    work_off()
    erase(opal, erin, work_off)
    with database.read() as session:
        left = session.execute(text("SELECT tenant_id, user_id FROM model_calls")).all()
    assert left and {tuple(row) for row in left} == {("acme", "")}


def test_rows_of_the_team_stay_without_the_name(erin: Caller, theo: Caller, opal: Caller, work_off: WorkOff) -> None:
    own = {"ownerId": erin.user, "ownerName": "Erin Kumquat"}
    team: Any = {
        "people": [{"id": erin.user, "name": "Erin Kumquat", "email": "erin@kumquat.example"}, {"name": "Theo"}],
        "measures": [{"name": "Revenue", "currentValue": 3} | own],
        "actions": [{"title": "Call", "assignedPersonName": "Erin Kumquat"}],
        "issues": [{"title": "Late", "reporterName": "Theo", "tags": [erin.user, "late"]}],
    }
    sent(erin.post("/workspace/import", json=team))
    receipt = erase(opal, erin, work_off)
    assert (tables_with("Kumquat"), tables_with("kumquat"), tables_with(erin.user)) == (set(), set(), LEFT)
    [measure], [issue] = (sent(theo.get(f"/workspace/{name}"))["items"] for name in ("measures", "issues"))
    assert (measure["name"], measure["currentValue"], measure["ownerName"]) == ("Revenue", 3, "")
    assert (issue["title"], issue["reporterName"]) == ("Late", "Theo")
    assert len(sent(theo.get("/workspace/people"))["items"]) == 2
    assert receipt["unnamed"]["workspace_records"] == 4


BUSINESS = {"id": "g1", "title": "Grow retention", "targetDate": "2099-12-31"}


def test_goals_of_the_business_stay_with_the_team(
    erin: Caller, theo: Caller, sam: Caller, opal: Caller, work_off: WorkOff
) -> None:
    own = {"ownerId": erin.user, "ownerName": "Erin Kumquat"}
    sent(erin.post("/workspace/goals", json=BUSINESS | own))
    for path, body in (("milestone", {"title": "Ask ten"}), ("progress", {"content": "My kumquat hurts"})):
        sent(erin.post(f"/api/v1/goals/g1/{path}", json=body))
    write(erin, "kumquat", goal_ids=["g1"])
    talk_of(erin, "kumquat")
    assert theo.get("/workspace/goals/g1").status_code == 404
    receipt = erase(opal, erin, work_off)
    assert (tables_with("kumquat"), tables_with("Kumquat"), tables_with(erin.user)) == (set(), set(), LEFT)
    [goal] = sent(theo.get("/workspace/goals"))["items"]
    assert (goal["id"], goal["title"], goal["ownerId"], goal["ownerName"]) == ("g1", "Grow retention", "", "")
    assert [step["title"] for step in goal["milestones"]] == ["Ask ten"]
    assert receipt["unnamed"] | {"goals": 2, "milestones": 1} == receipt["unnamed"]
    assert sam.get("/workspace/goals/g1").status_code == theo.get("/api/v1/goals/g1").status_code == 404


def test_what_was_left_to_the_team_is_its_to_change(
    erin: Caller, theo: Caller, boss: Caller, opal: Caller, work_off: WorkOff
) -> None:
    sent(erin.post("/workspace/goals", json=BUSINESS))
    erase(opal, erin, work_off)
    assert sent(theo.patch("/workspace/goals/g1", json={"progress": 40}))["progress"] == 40
    [row] = export(boss, work_off, "/admin/exports").rows("goals")
    assert (row["id"], row["user_id"], row["of_team"]) == ("g1", "", True)
    assert theo.delete("/workspace/goals/g1").status_code == 204
    assert theo.get("/workspace/goals/g1").status_code == 404


def test_insights_hold_that_were_made_of_what_was_left(
    erin: Caller, theo: Caller, opal: Caller, work_off: WorkOff
) -> None:
    sent(erin.post("/workspace/goals", json=BUSINESS))
    erase(opal, erin, work_off)
    sent(theo.post("/insights/generate", json={}))
    work_off()
    with database.read() as session:
        kept = session.execute(text("SELECT title FROM business_insights WHERE user_id = 'theo'")).all()
    assert kept and all(row.title for row in kept)


def test_two_people_of_one_name_are_not_taken_for_each_other(
    erin: Caller, theo: Caller, opal: Caller, work_off: WorkOff
) -> None:
    people = [{"id": erin.user, "name": "Kim Lee"}, {"id": "another", "name": "Kim Lee"}]
    sent(erin.post("/workspace/import", json={"people": people, "actions": [{"title": "x", "ownerName": "Kim Lee"}]}))
    erase(opal, erin, work_off)
    assert sent(theo.get("/workspace/people/another"))["name"] == "Kim Lee"
    [action] = sent(theo.get("/workspace/actions"))["items"]
    assert action["ownerName"] == "Kim Lee"


def test_the_audit_log_forgets_who_it_was(offline_app: Flask, clean: None, opal: Caller, work_off: WorkOff) -> None:
    erin = somebody(offline_app, role="owner")
    sent(erin.post("/admin/revocations", json={"user_id": "nobody"}))
    sent(opal.post("/admin/revocations", json={"user_id": erin.user, "tenant": "acme", "issued_before": "2026-01-01"}))
    erase(opal, erin, work_off)
    entries = sent(opal.get("/admin/audit?tenant=acme"))["entries"]
    told = {(one["action"], one["actor"], one["target"]) for one in entries}
    assert {("tokens.revoke", "", "nobody"), ("tokens.revoke", "opal", "")} <= told
    assert erin.user not in str(entries)


def test_whoever_looks_after_the_tenant_is_told_no_more_of_them(
    erin: Caller, boss: Caller, opal: Caller, work_off: WorkOff
) -> None:
    message = "I have the pills here and I am going to kill myself tonight"
    sent(erin.post("/api/v1/chat/message", json={"message": message}))
    assert {"feed_events", "care_events"} <= tables_with(erin.user)
    erase(opal, erin, work_off)
    assert tables_with(erin.user) == LEFT
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM care_events WHERE user_id = ''")) == 1


def test_whoever_is_alone_leaves_no_team_behind(make_solo: Any, opal: Caller, work_off: WorkOff) -> None:
    solo = make_solo("erin-alone")
    sent(solo.post("/workspace/import", json={"issues": [{"title": "kumquat"}], "measures": [{"name": "kumquat"}]}))
    erase(opal, solo, work_off)
    assert tables_with("kumquat") == set()


def test_exports_of_the_tenant_go_too(erin: Caller, boss: Caller, opal: Caller, work_off: WorkOff) -> None:
    export_id = begin(boss, "/admin/exports")
    work_off()
    erase(opal, erin, work_off)
    assert boss.get(f"/admin/exports/{export_id}").status_code == 404


def test_tokens_end_and_whoever_comes_back_starts_empty(
    offline_app: Flask, erin: Caller, opal: Caller, work_off: WorkOff
) -> None:
    talk_of(erin, "kumquat")
    erase(opal, erin, work_off)
    until(lambda: erin.get("/api/v1/journal").status_code == 401)
    until(lambda: again(offline_app, erin).get("/api/v1/journal").status_code == 200)
    back = again(offline_app, erin)
    assert sent(back.get("/api/v1/journal"))["entries"] == sent(back.get("/api/v1/chat/sessions"))["sessions"] == []
    assert write(back, "A new day")["title"] == "A new day"
    assert erin.get("/api/v1/journal").status_code == 401


def test_nothing_can_be_written_back_behind_them(erin: Caller, opal: Caller, work_off: WorkOff) -> None:
    erase(opal, erin, work_off)
    late = Category(tenant_id=erin.tenant, user_id=erin.user, name="late")
    with pytest.raises(DatabaseError, match="the person is erased"), database.begin() as session:
        session.add(late)


def test_a_second_time_is_another_erasure(offline_app: Flask, erin: Caller, opal: Caller, work_off: WorkOff) -> None:
    first = erase(opal, erin, work_off)
    until(lambda: again(offline_app, erin).get("/api/v1/me").status_code == 200)
    write(again(offline_app, erin), "kumquat")
    second = erase(opal, erin, work_off)
    assert second["erasure_id"] != first["erasure_id"] and second["counts"]["journal_entries"] == 1
    assert tables_with("kumquat") == set()


def test_receipts_are_listed_newest_first_by_tenant(
    offline_app: Flask, clean: None, opal: Caller, work_off: WorkOff
) -> None:
    people = [somebody(offline_app), somebody(offline_app, "other"), somebody(offline_app)]
    made = [erase(opal, person, work_off)["erasure_id"] for person in people]
    assert [one["erasure_id"] for one in receipts(opal)] == made[::-1]
    assert [one["erasure_id"] for one in receipts(opal, tenant="other")] == [made[1]]
    assert [one["erasure_id"] for one in receipts(opal, limit=1, offset=1)] == [made[1]]


@pytest.mark.parametrize("role", ["member", "manager", "admin", "owner", "viewer", "coach"])
def test_only_operators_erase_others(offline_app: Flask, clean: None, role: str) -> None:
    caller = sign_in(offline_app, "max", "acme", role)
    assert caller.post(ADMIN, json={"tenant": "acme", "user": "theo"}).status_code == 403
    assert caller.get(ADMIN).status_code == 403


def test_no_table_is_forgotten(opal: Caller, work_off: WorkOff) -> None:
    """With a row of the same person in each."""
    fill_for_x()
    sent(opal.post(ADMIN, json={"tenant": "x", "user": "x"}))
    work_off()
    left, of_people = counts(database.engine), {table.name: said for table, said in declarations().items()}
    emptied = {table.name for table, _ in erased("x", "x")}
    left["jobs"] -= 1  # the erasure's own
    assert {name: number for name, number in left.items() if name in emptied and number} == {}
    assert {name for name, said in of_people.items() if isinstance(said, OfPerson) and not said.kept} <= emptied
    assert {"realtime_sessions", "realtime_chats", "slide_revisions", "chat_messages"} <= emptied
    named = [name for name, said in of_people.items() if isinstance(said, OfPerson) and said.kept]
    with database.read() as session:
        assert [name for name in named if session.scalar(text(f"SELECT 1 FROM {name} WHERE user_id = 'x'"))] == []


def test_every_table_with_rows_of_people_is_guarded(app: Flask) -> None:
    query = text("SELECT tgrelid::regclass::text, tgfoid::regproc::text FROM pg_trigger WHERE tgname = :name")
    with database.read() as session:
        guarded = {tuple(row) for row in session.execute(query, {"name": guard.NAME})}
    functions = {table.name: guard.function_of(table) for table in declarations()}
    assert guarded == {(name, function) for name, function in functions.items() if function}
