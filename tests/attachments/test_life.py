"""A life in and a life out: files of imports, in exports, and back again."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.attachments import jobs
from tests.attachments.conftest import FILES, counted, of_entry, pdf, picture, sent
from tests.chat.conftest import ask, write
from tests.conftest import Caller, sign_in
from tests.imports.conftest import Import, burst, day_one, day_one_entry, entries, import_file, reasons, send, status
from tests.privacy.conftest import Zip

__all__ = ["import_file"]
EXPORTS = "/api/v1/me/exports"


@pytest.fixture
def export(app: Flask) -> Callable[[Caller], Zip]:
    def run(caller: Caller) -> Zip:
        export_id = caller.post(EXPORTS, json={}).json["id"]
        burst(app)
        made = caller.get(f"{EXPORTS}/{export_id}").json
        assert made["status"] == "completed"
        return Zip(caller.client.get(made["url"]).data)

    return run


def photos(count: int, **rows: Any) -> bytes:
    """A Day One journal with an entry for each photo."""
    shown = {f"{number:032x}": picture(20 + number, 20) for number in range(count)}
    listed = [
        day_one_entry(number, photos=[{"md5": md5, "type": "jpeg", "identifier": md5}]) | rows
        for number, md5 in enumerate(shown)
    ]
    return day_one(*listed, **{f"photos__{md5}_jpeg": data for md5, data in shown.items()})


def test_all_files_of_a_person_are_in_an_export(owner: Caller, teammate: Caller, export: Any) -> None:
    sent(teammate, "Of somebody else")
    river = sent(owner, picture(), "river.jpg", of_entry(write(owner)))
    plan = sent(owner, pdf("Plan"), "plan.pdf")
    session = ask(owner, attachments=[plan["id"]]).json["sessionId"]
    found = export(owner)
    rows = {row["id"]: row for row in found.rows("attachments")}
    assert found.manifest["counts"]["attachments"] == len(rows) == 2
    assert found.bytes(rows[river["id"]]["file"]) == picture()
    assert rows[plan["id"]]["file"] == f"files/attachments/{plan['id']}.pdf"
    said = [row for row in found.rows("chat_messages") if row["session_id"] == session]
    assert said[0]["attachment_ids"] == [plan["id"]]


def test_the_page_of_an_entry_leads_to_its_files(owner: Caller, export: Any) -> None:
    entry = write(owner, "By the river", entry_date="2026-02-20")
    made = [
        sent(owner, picture(20 + number), name, of_entry(entry)) for number, name in enumerate(("a.jpg", "[b].jpg"))
    ]
    page = export(owner).text("journal/2026/2026-02-20 By the river.md")
    paths = [f"../../files/attachments/{one['id']}.jpg" for one in made]
    assert page.endswith(f"\n---\n\nFiles: [a.jpg]({paths[0]}); [\\[b\\].jpg]({paths[1]})\n")


def test_it_comes_back_whole_into_an_empty_account(
    owner: Caller, teammate: Caller, export: Any, import_file: Import
) -> None:
    for number in range(2):
        entry = write(owner, f"Day {number}")
        for name in ("a", "b"):
            sent(owner, f"{name} of {number}", f"{name}.txt", of_entry(entry))
    first = export(owner)
    done = import_file(first.data, caller=teammate)
    assert (done["counts"]["entries"], done["counts"]["attachments"]) == (2, 4)
    second = export(teammate)
    for one in (first, second):
        assert sorted(one.bytes(row["file"]) for row in one.rows("attachments")) == [
            b"a of 0", b"a of 1", b"b of 0", b"b of 1",
        ]  # fmt: skip
    same = ("name", "content_type", "size", "created_at")
    shown = [sorted(tuple(row[name] for name in same) for row in one.rows("attachments")) for one in (first, second)]
    assert shown[0] == shown[1]


def test_taking_an_import_back_takes_its_files(app: Flask, owner: Caller, import_file: Import) -> None:
    done = import_file(photos(3))
    assert (done["counts"]["attachments"], counted("blobs")) == (3, 3)
    owner.delete(f"/api/v1/me/imports/{done['id']}")
    with app.app_context():
        jobs.collect()
    assert (counted("attachments"), counted("blobs"), counted("blob_pieces")) == (0, 0, 0)


def test_the_same_file_again_adds_nothing(owner: Caller, import_file: Import) -> None:
    data = photos(3)
    import_file(data)
    assert import_file(data)["counts"]["attachments"] == 0
    assert counted("attachments") == 3


def test_what_there_is_no_room_for_is_told_of(make_app: Any, clean: None) -> None:
    app = make_app(MEDIA_QUOTA="2000", MEDIA_MAX="1000")
    small = sign_in(app, "olivia", "acme")
    files = {f"photos__{number:032x}_jpeg": bytes([number]) * size for number, size in enumerate((900, 900, 900, 1001))}
    listed = [day_one_entry(number, photos=[{"md5": f"{number:032x}", "type": "jpeg"}]) for number in range(len(files))]
    started = send(small, day_one(*listed, **files)).json["id"]
    burst(app)
    done = status(small, started)
    assert (done["status"], done["counts"]["entries"], done["counts"]["attachments"]) == ("completed", 4, 2)
    assert [reason for _, reason in reasons(done)] == [
        "no room: a person's files may take 2000 bytes", "a file may have 1000 bytes",
    ]  # fmt: skip


def test_files_lie_as_they_came_whatever_they_are_called(owner: Caller, import_file: Import) -> None:
    name = "0" * 32
    row = day_one_entry(1, photos=[{"md5": name, "type": "jpeg"}])
    import_file(day_one(row, **{f"photos__{name}_jpeg": b"words"}))
    (file,) = owner.get(of_entry(entries(owner)[0])).json["attachments"]
    assert (file["type"], owner.get(f"{FILES}/{file['id']}").data) == ("text/plain", b"words")
