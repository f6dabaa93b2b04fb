"""What goes on beside each other: a sweep and an erasure, an export and an import that is called off."""

from collections.abc import Callable

import gevent
import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db as database
from app.privacy.retention import jobs
from tests.conftest import Caller, sign_in
from tests.imports.conftest import IMPORTS, send, status
from tests.privacy.conftest import WorkOff, Zip, begin, download, sent, write
from tests.privacy.erasing import erase, somebody, tables_with
from tests.processes.test_retention import COPIES, LIMITS, say
from tests.waiting import somebody_waits_for, until

CHATS, DAYS = 60, 1200


@pytest.fixture
def strict(make_app: Callable[..., Flask], clean: None) -> Flask:
    return make_app(LLM_MODELS="offline:coach", **LIMITS)


@pytest.fixture
def opal(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "opal", "house", "operator")


@pytest.fixture
def erin(strict: Flask) -> Caller:
    """Who has said much, long ago and today."""
    caller = somebody(strict)
    first = say(caller, "Kumquats are what I want to grow")
    say(caller, "How do I sleep?", sessionId=first)
    with database.begin() as session:
        for statement in COPIES:
            session.execute(text(statement), {"chats": CHATS, "first": first})
    return caller


def test_whoever_is_erased_while_old_rows_go_is_gone(
    strict: Flask, erin: Caller, opal: Caller, work_off: WorkOff
) -> None:
    def sweep() -> None:
        with strict.app_context():
            jobs.sweep()

    sweeping = [gevent.spawn(sweep) for _ in range(2)]
    assert erase(opal, erin, work_off)["status"] == "completed"
    gevent.joinall(sweeping, raise_error=True)
    assert (tables_with("umquat"), tables_with(erin.user)) == (set(), {"erasures", "revocations"})


def test_what_was_said_waits_for_its_conversation(erin: Caller, opal: Caller, work_off: WorkOff) -> None:
    """So that neither of two who want both waits for the other."""
    with database.engine.connect() as sweeping:
        sweeping.execute(text("SELECT id FROM chat_sessions ORDER BY id DESC LIMIT 1 FOR UPDATE"))
        erasing = gevent.spawn(erase, opal, erin, work_off)
        until(lambda: somebody_waits_for("transactionid"))
        sweeping.execute(text("DELETE FROM chat_messages WHERE session_id = 'session_0060'"))
        sweeping.commit()
    assert erasing.get()["status"] == "completed"


def test_an_import_is_called_off_while_an_export_is_made(
    offline_app: Flask, clean: None, olivia: Caller, work_off: WorkOff
) -> None:
    write(olivia, "Mine")
    days = "date,text\n" + "".join(f"2026-01-{day % 28 + 1:02},Walked {day}\n" for day in range(DAYS))
    imported, exported = sent(send(olivia, days.encode(), "days.csv"))["id"], begin(olivia)
    working = gevent.spawn(work_off)
    until(lambda: status(olivia, imported)["counts"]["entries"])
    sent(olivia.delete(f"{IMPORTS}/{imported}"))
    working.join()
    made = sent(olivia.get(f"/api/v1/me/exports/{exported}"))
    found = Zip(download(olivia, made["url"]).data)
    rows = found.rows("journal_entries")
    assert len(rows) == len(found.within("journal")) == made["counts"]["journal_entries"]
    assert [entry["title"] for entry in sent(olivia.get("/api/v1/journal"))["entries"]] == ["Mine"]
