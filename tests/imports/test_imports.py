"""An import from its beginning to its end: limits, repeats, calling off, and whose it is."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db as database
from tests.conftest import Caller, sign_in
from tests.imports.conftest import (
    IMPORTS,
    JOURNAL,
    Import,
    burst,
    day_one,
    day_one_entry,
    entries,
    reasons,
    send,
    status,
    zipped,
)


def many(count: int) -> bytes:
    return day_one(*(day_one_entry(number, text=f"Day {number} by the river") for number in range(count)))


def events(caller: Caller) -> list[tuple[str, Any]]:
    query = text("SELECT type, data FROM feed_events WHERE user_id = :user AND type LIKE 'import.%' ORDER BY id")
    with database.begin() as session:
        return [(type, data) for type, data in session.execute(query, {"user": caller.user})]


def left(*tables: str) -> list[int]:
    with database.begin() as session:
        return [session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables]


def test_it_is_taken_shown_and_listed(app: Flask, owner: Caller) -> None:
    answer = send(owner, many(3), format="dayone")
    begun = answer.json
    assert (answer.status_code, begun["status"], begun["format"]) == (202, "queued", "dayone")
    assert status(owner, begun["id"])["progress"] == 0
    burst(app)
    (listed,) = owner.get(IMPORTS).json["imports"]
    shown = status(owner, begun["id"])
    assert listed == {name: value for name, value in shown.items() if name != "skipped"}
    assert (shown["status"], shown["counts"]["entries"], shown["finished_at"] is not None) == ("completed", 3, True)
    assert left("import_files") == [0]


def test_the_feed_says_how_far_it_is_and_nothing_of_what_it_says(import_file: Import, owner: Caller) -> None:
    import_file(many(450))
    told = events(owner)
    assert [type for type, _ in told] == ["import.progress", "import.completed"]
    assert 0 < told[0][1]["progress"] < 1 and told[-1][1]["counts"]["entries"] == 450
    assert "river" not in str(told)


def test_the_same_file_again_adds_nothing(import_file: Import, owner: Caller) -> None:
    tables = "date,text\n2020-01-01,Tea\n2020-01-01,Tea\n2020-01-02,Tea\n"
    first, second = import_file(tables, "j.csv"), import_file(tables, "j.csv")
    assert (first["counts"]["entries"], first["counts"]["duplicates"]) == (2, 1)
    assert (second["counts"]["entries"], second["counts"]["duplicates"]) == (0, 3)
    owner.patch("/api/v1/me", json={"timezone": "Asia/Manila"})
    assert import_file("[2020-01-01 08:00] Tea\n", "j.txt")["counts"]["entries"] == 1
    owner.patch("/api/v1/me", json={"timezone": "Europe/Vienna"})
    assert import_file("[2020-01-01 08:00] Tea\n", "j.txt")["counts"]["duplicates"] == 1


def test_what_is_imported_is_found_and_may_be_changed(import_file: Import, owner: Caller) -> None:
    import_file(many(2))
    entry = owner.get(f"{JOURNAL}/search?q=river").json["entries"][0]
    changed = owner.patch(f"{JOURNAL}/{entry['id']}", json={"title": "Changed", "mood": "calm"}).json
    assert (changed["title"], changed["timezone"], changed["entry_date"]) == (
        "Changed", "Europe/Vienna", entry["entry_date"],
    )  # fmt: skip


def test_words_of_a_crisis_are_marked_and_no_model_finds_them(import_file: Import, owner: Caller) -> None:
    import_file(day_one(day_one_entry(1, text="I am going to kill myself tonight"), day_one_entry(2)))
    with database.begin() as session:
        marks = session.scalars(text("SELECT safety->>'level' FROM journal_entries ORDER BY source_id")).all()
        found = session.scalars(text("SELECT text FROM document_chunks")).all()
    assert (marks, found) == (["crisis", None], ["We walked along the river."])
    assert left("care_events", "care_follow_ups") == [0, 0]


def test_a_finished_import_is_taken_back(import_file: Import, owner: Caller) -> None:
    owner.post(JOURNAL, json={"title": "Mine", "content": "Stays"})
    done = import_file(many(5))
    answer = owner.delete(f"{IMPORTS}/{done['id']}")
    assert (answer.status_code, answer.json["status"], answer.json["counts"]["entries"]) == (200, "cancelled", 0)
    assert [entry["title"] for entry in entries(owner)] == ["Mine"]
    assert left("document_chunks") == [1]
    assert owner.delete(f"{IMPORTS}/{done['id']}").json["status"] == "cancelled"
    assert import_file(many(5))["counts"]["entries"] == 5


def test_one_that_waits_is_called_off(app: Flask, owner: Caller) -> None:
    begun = send(owner, many(3)).json
    owner.delete(f"{IMPORTS}/{begun['id']}")
    burst(app)
    assert (status(owner, begun["id"])["status"], entries(owner), left("import_files")) == ("cancelled", [], [0])


def test_one_at_a_time(app: Flask, owner: Caller, teammate: Caller) -> None:
    begun = send(owner, many(1)).json
    assert send(owner, many(1)).status_code == 409
    assert send(teammate, many(1)).status_code == 202
    owner.delete(f"{IMPORTS}/{begun['id']}")
    assert send(owner, many(1)).status_code == 202
    burst(app)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_somebody_elses_is_not_there(import_file: Import, teammate: Caller, stranger: Caller, method: str) -> None:
    done = import_file(many(1))
    for other in (teammate, stranger):
        answer = other.open(method, f"{IMPORTS}/{done['id']}")
        assert (answer.status_code, answer.json["message"]) == (404, "Import not found")
        assert other.get(IMPORTS).json == {"imports": []}


def test_the_same_export_is_everybodys_own(import_file: Import, owner: Caller, teammate: Caller) -> None:
    assert import_file(many(2))["counts"]["entries"] == 2
    assert import_file(many(2), caller=teammate)["counts"]["entries"] == 2
    assert len(entries(owner)) == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "file is required"),
        ({"file": (io.BytesIO(b""), "a.csv")}, "file is required"),
        ({"other": (io.BytesIO(b"x"), "a.csv")}, "file is required"),
        ({"file": (io.BytesIO(b"x"), "a.csv"), "format": "word"}, "format must be one of"),
        ({"file": (io.BytesIO(b"x"), "a.csv"), "more": (io.BytesIO(b"x"), "b.csv")}, "There may be one file"),
    ],
)
def test_a_form_that_is_not_right_is_refused(owner: Caller, body: Any, said: str) -> None:
    answer = owner.post(IMPORTS, data=body, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["statusCode"]) == (400, 400)
    assert said in answer.json["message"]
    assert left("imports", "import_files") == [0, 0]


def test_other_bodies_are_refused(owner: Caller) -> None:
    assert owner.post(IMPORTS, json={"file": "x"}).status_code == 400
    broken = owner.post(IMPORTS, data=b"--x\r\nrubbish", content_type="multipart/form-data; boundary=x")
    assert broken.status_code == 400
    assert owner.post(IMPORTS, data=b"x", content_type="multipart/form-data").status_code == 400


def test_a_file_may_be_so_large(make_app: Any, owner: Caller) -> None:
    small = sign_in(make_app(IMPORT_MAX="3 MiB"), "olivia", "acme")
    answer = send(small, b"x" * (4 * 1024 * 1024), "a.csv")
    assert (answer.status_code, answer.json["statusCode"]) == (413, 413)
    within = send(small, b"x" * (3 * 1024 * 1024 + 1000), "a.csv")
    assert (within.status_code, within.json["message"]) == (413, "A file may have 3145728 bytes")
    assert left("imports", "import_files") == [0, 0]


def test_elsewhere_bodies_are_as_small_as_before(owner: Caller) -> None:
    assert owner.post(JOURNAL, data=b"x" * 1_200_000, content_type="application/json").status_code == 413


def test_imports_have_a_rate(make_app: Any, owner: Caller) -> None:
    hurried = sign_in(make_app(RATE_LIMIT_IMPORTS="1 per hour"), "olivia", "acme")
    begun = send(hurried, many(1))
    owner.delete(f"{IMPORTS}/{begun.json['id']}")
    assert (begun.status_code, send(hurried, many(1)).status_code) == (202, 429)


def test_what_was_skipped_is_shown_in_pages(import_file: Import, owner: Caller) -> None:
    done = import_file(zipped({f"{number:03}.md": "No date" for number in range(30)}))
    page = owner.get(f"{IMPORTS}/{done['id']}?limit=10&offset=25").json
    assert (done["counts"]["skipped"], len(done["skipped"]), len(page["skipped"])) == (30, 30, 5)
    assert reasons(page)[0][0] == "025.md"


def test_ten_thousand_entries_are_all_there(import_file: Import, owner: Caller) -> None:
    rows = (
        day_one_entry(
            n,
            creationDate=f"{2015 + n // 2000}-{n % 12 + 1:02}-{n % 28 + 1:02}T08:00:00Z",
            text=f"Day {n} by the river, with tea and a book. " * 5,
        )
        for n in range(10_000)
    )
    data = day_one(*rows)
    done = import_file(data)
    assert done["counts"] == {"entries": 10_000, "goals": 0, "attachments": 0, "duplicates": 0, "skipped": 0}
    shown = "journal_entries WHERE safety->>'level' IS DISTINCT FROM 'crisis'"
    assert left("journal_entries") == [10_000] and left("document_chunks") == left(shown)
    assert import_file(data)["counts"]["duplicates"] == 10_000
    owner.delete(f"{IMPORTS}/{done['id']}")
    assert left("journal_entries", "document_chunks") == [0, 0]
