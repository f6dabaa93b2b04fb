"""All of a tenant as one file: for its owner and for operators, with everybody's rows and the team's."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db as database
from tests.conftest import Caller, sign_in
from tests.privacy.conftest import WorkOff, begin, download, export, live, sent, write
from tests.realtime.conftest import Machine, key_of, make_agent

ADMIN = "/admin/exports"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture
def opal(offline_app: Flask, clean: None) -> Caller:
    """An operator."""
    return sign_in(offline_app, "opal", "house", "operator")


def test_it_has_all_people_and_the_team(
    boss: Caller, olivia: Caller, theo: Caller, sam: Caller, work_off: WorkOff
) -> None:
    for caller, word in ((olivia, "kumquat"), (theo, "rhubarb"), (sam, "damson")):
        live(caller, word, work_off)
        sent(caller.post("/workspace/import", json={"issues": [{"title": f"Late {word}"}]}))
    found = export(boss, work_off, ADMIN)
    assert (found.has("kumquat"), found.has("rhubarb"), found.has("damson")) == (True, True, False)
    assert len(found.within("people/olivia/journal")) == len(found.within("people/theo/journal")) == 1
    assert {row["user_id"] for row in found.rows("journal_entries")} == {"olivia", "theo"}
    assert sorted(row["document"]["title"] for row in found.rows("workspace_records")) == [
        "Late kumquat", "Late rhubarb"
    ]  # fmt: skip
    assert (found.manifest["tenant"], "user" in found.manifest) == ("acme", False)


def test_each_person_has_a_folder_of_their_own(offline_app: Flask, boss: Caller, work_off: WorkOff) -> None:
    for user in ("a/b", "a b", "..", "max@x.example"):
        write(sign_in(offline_app, user, "acme"), "A day")
    folders = {name.split("/")[1] for name in export(boss, work_off, ADMIN).within("people")}
    assert len(folders) == 4 and {"a b", "max@x.example"} <= folders and ".." not in folders


def test_keys_come_without_what_opens_anything(boss: Caller, offline_app: Flask, work_off: WorkOff) -> None:
    key = key_of("acme")
    with database.read() as session:
        digest = session.scalar(text("SELECT digest FROM api_keys"))
    found = export(boss, work_off, ADMIN)
    assert len(found.rows("api_keys")) == 1
    assert not found.has(digest or "?") and not found.has(key.split("_", 2)[2])


def test_uploaded_files_are_in_it(boss: Caller, offline_app: Flask, work_off: WorkOff) -> None:
    make_agent(Machine(offline_app.test_client(), key_of("acme"), "acme"), avatar_b64=PNG)
    found = export(boss, work_off, ADMIN)
    [row] = found.rows("media")
    assert found.within("files") == [row["file"]] and row["file"].endswith(".png")
    assert found.bytes(row["file"]).startswith(b"\x89PNG") and "data" not in row


def test_a_thread_that_is_named_after_a_person_is_theirs(boss: Caller, offline_app: Flask, work_off: WorkOff) -> None:
    name, other = "user_00112233445566aa", "user_00112233445566bb"
    machine = Machine(offline_app.test_client(), key_of("acme"), "acme")
    agent = make_agent(machine)
    for thread in (name, other):
        sent(machine.post("/api/sessions/", json={"thread_id": thread, "agent": agent["id"]}))
    person = sign_in(offline_app, name, "acme")
    assert [row["thread_id"] for row in export(person, work_off).rows("realtime_sessions")] == [name]


def test_an_operator_exports_any_tenant_and_that_is_noted(opal: Caller, olivia: Caller, work_off: WorkOff) -> None:
    write(olivia, "Mine")
    assert export(opal, work_off, ADMIN, tenant="acme").has("Mine")
    [entry] = [entry for entry in sent(opal.get("/admin/audit"))["entries"] if entry["action"] == "export.create"]
    assert (entry["actor"], entry["tenant"]) == ("opal", "acme")


def test_an_owner_exports_no_other_tenant(boss: Caller) -> None:
    answer = boss.post(ADMIN, json={"tenant": "other"})
    assert (answer.status_code, answer.json["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize("role", ["member", "manager", "admin", "viewer"])
def test_nobody_else_may(offline_app: Flask, clean: None, role: str) -> None:
    assert sign_in(offline_app, "max", "acme", role).post(ADMIN, json={}).status_code == 403


def test_it_is_a_secret_of_who_asked(boss: Caller, offline_app: Flask, opal: Caller, work_off: WorkOff) -> None:
    export_id = begin(boss, ADMIN)
    work_off()
    made: Any = sent(boss.get(f"{ADMIN}/{export_id}"))
    another = sign_in(offline_app, "ola", "acme", "owner")
    for caller in (another, opal):
        assert caller.get(f"{ADMIN}/{export_id}").status_code == 404
    assert boss.get(f"/api/v1/me/exports/{export_id}").status_code == 404
    assert download(boss, made["url"]).status_code == 200
