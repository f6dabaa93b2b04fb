"""Files as other programs export them, made here; sent over HTTP, and read by a worker."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask

from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from tests.conftest import Caller

IMPORTS, JOURNAL = "/api/v1/me/imports", "/api/v1/journal"

Members = Mapping[str, str | bytes]
Import = Callable[..., Any]


def zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def send(caller: Caller, data: bytes, name: str = "export.zip", **form: str) -> Any:
    return caller.post(IMPORTS, data={"file": (io.BytesIO(data), name), **form}, content_type="multipart/form-data")


def burst(app: Flask) -> None:
    """A worker does all that waits."""
    work(app, redis_store.blocking_client(signals.url), 50, burst=True)


def status(caller: Caller, import_id: str) -> Any:
    return caller.get(f"{IMPORTS}/{import_id}").json


def entries(caller: Caller, **query: str) -> list[Any]:
    """The whole journal, oldest first."""
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = caller.get(JOURNAL, query_string={"limit": "100", **query, **cursor}).json
        found += page["entries"]
        if not page["hasMore"]:
            return found[::-1]
        cursor = {"cursor": page["nextCursor"]}


def files(caller: Caller, entry: Any) -> list[str]:
    """The names of an entry's."""
    return [file["name"] for file in caller.get(f"{JOURNAL}/{entry['id']}/attachments").json["attachments"]]


def reasons(found: Any) -> list[tuple[str, str]]:
    return [(skip["item"], skip["reason"]) for skip in found["skipped"]]


@pytest.fixture
def import_file(app: Flask, owner: Caller) -> Import:
    """Sends the owner's file and lets a worker read it; how it ended."""

    def run(data: bytes | str, name: str = "export.zip", caller: Caller = owner, **form: str) -> Any:
        answer = send(caller, data.encode() if isinstance(data, str) else data, name, **form)
        assert answer.status_code == 202, answer.json
        burst(app)
        return status(caller, answer.json["id"])

    return run


def day_one(*rows: Mapping[str, Any], name: str = "Journal.json", **files: bytes) -> bytes:
    document = {"metadata": {"version": "1.0"}, "entries": list(rows)}
    photos = {name.replace("__", "/").replace("_", "."): data for name, data in files.items()}
    return zipped({name: json.dumps(document, indent=2), **photos})


def day_one_entry(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Among what else such an export has."""
    return {
        "uuid": f"{number:032X}", "creationDate": "2019-06-14T18:05:11Z", "timeZone": "Europe/Vienna",
        "modifiedDate": "2019-06-14T18:09:00Z", "isAllDay": False, "starred": False, "duration": 0,
        "creationDevice": "iPhone", "text": f"# Evening {number}\n\nWe walked along the river\\.",
    } | fields  # fmt: skip
