"""Exports of many rows: little memory, and a worker that is killed in the middle."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.db.session import db as database
from tests.conftest import Caller
from tests.privacy.conftest import Zip, begin, download, sent, write
from tests.processes.conftest import Workers, start_worker
from tests.waiting import until

__all__ = ["start_worker"]

ENTRIES = 10_000
MIB = 1024  # kB
# Ten years of entries; the words are as many as a page has, and differ.
MANY = text(
    "INSERT INTO journal_entries (id, tenant_id, user_id, title, content, tags, entry_date, all_day, created_at,"
    " updated_at) SELECT 'journal_' || lpad(n::text, 8, '0'), 'acme', 'olivia', 'Day ' || n,"
    " (SELECT string_agg(md5(n::text || word::text), ' ') FROM generate_series(1, 90) AS word), '[]',"
    " timestamptz '2016-01-01 08:00Z' + n * interval '8 hours', false, now(), now()"
    " FROM generate_series(1, :entries) AS n"
)


@pytest.fixture
def ten_years(clean: None) -> Iterator[None]:
    with database.begin() as session:
        session.execute(MANY, {"entries": ENTRIES})
    yield


def state(caller: Caller, export_id: str) -> Any:
    return sent(caller.get(f"/api/v1/me/exports/{export_id}"))


def most_memory(pid: int) -> int:
    """That a process ever had, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def test_ten_thousand_entries_take_little_memory(
    olivia: Caller, sam: Caller, ten_years: None, start_worker: Workers
) -> None:
    worker = start_worker()
    write(sam)
    small = begin(sam)
    until(lambda: state(sam, small)["status"] == "completed")
    before = most_memory(worker.pid)
    large = begin(olivia)
    until(lambda: state(olivia, large)["status"] == "completed")
    made = state(olivia, large)
    assert (made["counts"]["journal_entries"], made["bytes"] > 20 * MIB * 1024) == (ENTRIES, True)
    assert most_memory(worker.pid) - before < 40 * MIB
    found = Zip(download(olivia, made["url"]).data)
    assert len(found.within("journal")) == len(found.rows("journal_entries")) == ENTRIES


def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_and_another_makes_it(
    olivia: Caller, ten_years: None, start_worker: Workers
) -> None:
    worker = start_worker()
    export_id = begin(olivia)
    until(lambda: state(olivia, export_id)["status"] == "running")
    worker.kill()
    worker.wait()
    made = state(olivia, export_id)
    assert (made["status"], made["url"], made["bytes"]) == ("running", None, None)
    with database.begin() as session:
        assert session.scalar(text("SELECT count(*) FROM export_files")) == 0
        session.execute(text("UPDATE jobs SET lease_until = now() WHERE state = 'running'"))
    start_worker()
    until(lambda: state(olivia, export_id)["status"] == "completed")
    found = Zip(download(olivia, state(olivia, export_id)["url"]).data)
    assert found.manifest["counts"]["journal_entries"] == len(found.rows("journal_entries")) == ENTRIES
