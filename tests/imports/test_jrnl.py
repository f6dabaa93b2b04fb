"""jrnl: its text and its JSON."""

import json

from tests.conftest import Caller
from tests.imports.conftest import Import, entries, reasons

TEXT = """[2023-08-21 09:01] What is jrnl?
jrnl is a journal for the command line.

It keeps plain text. @tools

[2023-08-22 02:42:10 PM] Some features *
* tagging
[not a date] inside
[2024-02-30 10:00] Never
[2024-02-29 10:00] Leap day, nothing else.
"""


def test_text_is_split_where_times_stand(owner: Caller, import_file: Import) -> None:
    owner.patch("/api/v1/me", json={"timezone": "Asia/Kathmandu"})
    done = import_file(TEXT, "journal.txt")
    assert (done["status"], done["format"], done["counts"]["entries"]) == ("completed", "jrnl", 3)
    first, second, third = entries(owner)
    assert (first["title"], first["tags"]) == ("What is jrnl?", ["tools"])
    assert first["content"] == "jrnl is a journal for the command line.\n\nIt keeps plain text. @tools"
    assert (first["entry_date"], first["timezone"]) == ("2023-08-21T03:16:00.000Z", "Asia/Kathmandu")
    assert (second["title"], second["content"]) == ("Some features", "* tagging\n[not a date] inside")
    assert (second["entry_date"], second["tags"]) == ("2023-08-22T08:57:10.000Z", ["starred"])
    assert (third["title"], third["content"]) == ("Leap day, nothing else.",) * 2
    assert reasons(done) == [("2024-02-30 10:00 Never", "its date is not understood: '2024-02-30 10:00'")]


def test_older_text_has_no_brackets(owner: Caller, import_file: Import) -> None:
    done = import_file(
        "2013-06-09 15:39 My first entry.\nEverything is alright\n\n2013-06-10 15:40 Next.\n", "j.txt", format="jrnl"
    )
    assert done["counts"]["entries"] == 2
    assert [entry["content"] for entry in entries(owner)] == ["Everything is alright", "Next."]


def test_json_is_read(owner: Caller, import_file: Import) -> None:
    row = {
        "title": "Meeting.", "body": "It went well.\n", "date": "2020-01-02", "time": "08:30", "tags": ["@work"],
        "starred": True,
    }  # fmt: skip
    done = import_file(json.dumps({"tags": {"@work": 1}, "entries": [row]}), "export.json")
    assert (done["format"], done["counts"]["entries"]) == ("jrnl", 1)
    (entry,) = entries(owner)
    assert (entry["title"], entry["content"], entry["tags"]) == ("Meeting.", "It went well.", ["work", "starred"])
    assert entry["entry_date"] == "2020-01-02T08:30:00.000Z"


def test_a_time_that_the_clocks_skipped_is_of_its_day(owner: Caller, import_file: Import) -> None:
    owner.patch("/api/v1/me", json={"timezone": "Europe/Vienna"})
    import_file("[2024-03-31 02:30] Asleep\nIn the hour that was not.\n", "j.txt")
    assert entries(owner)[0]["entry_date"] == "2024-03-31T01:30:00.000Z"
