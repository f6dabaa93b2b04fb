"""An import that was accepted is read to its end, however often workers are killed meanwhile: nothing twice, nothing
lost. A large file costs neither web nor worker its memory."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest
from sqlalchemy import text

from app.db.session import db as database
from tests.gunicorn import Web
from tests.imports.conftest import day_one, day_one_entry
from tests.nursery import Process
from tests.processes.conftest import Workers
from tests.waiting import until

MIB = 2**20
LARGE = 512
ENTRIES = 1500
PLACE = "/api/v1/me/imports"
HEAD = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="export.zip"\r\n'
    b"Content-Type: application/zip\r\n\r\n"
)
TAIL = b"\r\n--edge--\r\n"
Start = Callable[..., Web]


class Cut(Exception):
    """The client is gone."""


def send(web: Web, token: str, chunks: Callable[[], Iterator[bytes]], size: int) -> str:
    headers = {
        "Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=edge",
        "Content-Length": str(len(HEAD) + size + len(TAIL)),
    }  # fmt: skip

    def body() -> Iterator[bytes]:
        yield HEAD
        yield from chunks()
        yield TAIL

    answer = web.http.request("POST", web.url + PLACE, body=body(), headers=headers, timeout=600)
    assert answer.status == 202, answer.data
    begun: str = json.loads(answer.data)["id"]
    return begun


def shown(web: Web, token: str, begun: str) -> Any:
    return web.get(token, f"{PLACE}/{begun}")


def figures(query: str) -> Any:
    with database.begin() as session:
        return session.execute(text(query)).one()


def kill(worker: Process) -> None:
    """Then its leases run out."""
    worker.kill()
    worker.wait()
    with database.begin() as session:
        session.execute(text("UPDATE jobs SET lease_until = now() WHERE state = 'running'"))


def test_workers_that_are_killed_lose_and_double_nothing(
    here: Web, there: Web, start_worker: Workers, token: str
) -> None:
    data = day_one(*(day_one_entry(n, text=f"Day {n} by the river.") for n in range(ENTRIES)))
    begun = send(here, token, lambda: iter([data]), len(data))
    for least in (200, 600, 1000):
        worker = start_worker()
        until(lambda least=least: shown(there, token, begun)["counts"]["entries"] >= least, 120)
        kill(worker)
    start_worker()
    until(lambda: shown(there, token, begun)["status"] == "completed", 120)
    assert shown(there, token, begun)["counts"]["entries"] == ENTRIES
    assert tuple(figures("SELECT count(*), count(DISTINCT content) FROM journal_entries")) == (ENTRIES, ENTRIES)
    chunks, found = figures("SELECT count(*), count(DISTINCT source_id) FROM document_chunks")
    (visible,) = figures("SELECT count(*) FROM journal_entries WHERE safety->>'level' IS DISTINCT FROM 'crisis'")
    assert chunks == found == visible


def test_an_upload_that_breaks_off_leaves_nothing(here: Web, token: str) -> None:
    def cut() -> Iterator[bytes]:
        yield bytes(3 * MIB)
        raise Cut

    with pytest.raises(Cut):
        send(here, token, cut, 9 * MIB)
    here.http.clear()
    until(lambda: figures("SELECT count(*) FROM import_files")[0] == 0)
    assert figures("SELECT count(*) FROM imports")[0] == 0


class Peak:
    """The most memory that a process tree had at one time."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.mib = 0.0

    def look(self) -> None:
        tree = [self._process, *self._process.children(recursive=True)]
        self.mib = max(self.mib, *(one.memory_info().rss / MIB for one in tree))


def test_a_file_of_the_largest_size_costs_little_memory(start_web: Start, start_worker: Workers, token: str) -> None:
    web, worker = start_web(), start_worker()
    peaks = Peak(web.process.pid), Peak(worker.pid)
    made = large_export()

    def chunks() -> Iterator[bytes]:
        made.seek(0)
        while chunk := made.read(MIB):
            peaks[0].look()
            yield chunk

    begun = send(web, token, chunks, made.seek(0, io.SEEK_END))

    def is_through() -> bool:
        for peak in peaks:
            peak.look()
        return bool(shown(web, token, begun)["status"] == "completed")

    until(is_through, 300)
    assert shown(web, token, begun)["counts"] | {"skipped": 0} == {
        "entries": 1000, "goals": 0, "attachments": 0, "duplicates": 0, "skipped": 0,
    }  # fmt: skip
    assert [peak.mib for peak in peaks if peak.mib >= 400] == []


def large_export() -> Any:
    """A thousand entries behind photos that no program can shrink."""
    import tempfile

    made = tempfile.TemporaryFile()  # noqa: SIM115 - gone with the test
    document = {"metadata": {"version": "1.0"}, "entries": [day_one_entry(n) for n in range(1000)]}
    noise = zipfile.ZipFile(made, "w")
    with noise as archive:
        block = bytes(range(256)) * 4096
        for number in range(LARGE // 16 - 1):
            archive.writestr(f"photos/{number:032x}.jpeg", block * 16)
        archive.writestr("Journal.json", json.dumps(document))
    return made
