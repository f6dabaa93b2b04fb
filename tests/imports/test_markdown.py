"""Markdown in folders."""

import pytest

from tests.conftest import Caller
from tests.imports.conftest import JOURNAL, Import, entries, files, reasons, zipped

PAGE = """---
title: On the pass
date: 2021-07-04T06:15:00+05:45
tags: [mountains, "#walks"]
mood: proud
location: Thorong La
---

Above the clouds. ![view](img/view%201.jpg) ![web](https://example.com/a.jpg) ![[map.png]]
"""


def test_front_matter_says_what_a_page_is(owner: Caller, import_file: Import) -> None:
    done = import_file(zipped({"vault/pass.md": PAGE, "vault/img/view 1.jpg": b"\xff\xd8", ".obsidian/app.json": "{}"}))
    assert (done["status"], done["format"], done["counts"]["entries"]) == ("completed", "markdown", 1)
    assert reasons(done) == [("map.png", "the file is not in the upload")]
    (entry,) = entries(owner)
    assert files(owner, entry) == ["view 1.jpg"]
    assert (entry["title"], entry["mood"], entry["tags"]) == ("On the pass", "proud", ["mountains", "walks"])
    assert (entry["entry_date"], entry["timezone"]) == ("2021-07-04T00:30:00.000Z", "Asia/Kathmandu")
    assert (entry["place"], entry["content"].startswith("Above the clouds.")) == ("Thorong La", True)


@pytest.mark.parametrize(
    ("name", "date", "all_day"),
    [
        ("2020-02-29.md", "2020-02-29T00:00:00.000Z", True),
        ("2020-02-29 Leap.md", "2020-02-29T00:00:00.000Z", True),
        ("notes/20200229.md", "2020-02-29T00:00:00.000Z", True),
        ("2020/02/29.md", "2020-02-29T00:00:00.000Z", True),
        ("2020/02-February/2020-02-29-Saturday.md", "2020-02-29T00:00:00.000Z", True),
        ("2020-02-29 1430 tea.md", "2020-02-29T14:30:00.000Z", False),
    ],
)
def test_a_name_may_be_the_date(owner: Caller, import_file: Import, name: str, date: str, all_day: bool) -> None:
    import_file(zipped({name: "Some words\n"}))
    (entry,) = entries(owner)
    assert (entry["entry_date"], entry["all_day"], entry["content"]) == (date, all_day, "Some words")


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01 23:30", "2020-01-01"),
        ("2020-01-01T23:30:00+13:00", "2020-01-01"),
        ("2020-01-01T00:30:00-10:00", "2020-01-01"),
        ("2020-01-01 23:59:59 +0545", "2020-01-01"),
        ("2020-01-01 08:00 Pacific/Kiritimati", "2020-01-01"),
        ("January 1, 2020 8:30 PM", "2020-01-01"),
        ("1. Januar 2020", "2020-01-01"),
        ("2020年1月1日", "2020-01-01"),
        ("1577880000", "2020-01-01"),
    ],
)
def test_a_date_never_shifts(owner: Caller, import_file: Import, date: str, day: str) -> None:
    import_file(zipped({"page.md": f"---\ndate: {date}\n---\nWords"}))
    for reader in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        grouped = owner.get(f"{JOURNAL}/grouped", headers={"X-Timezone": reader}).json["grouped_entries"]
        assert list(grouped) == [day]


def test_what_has_no_date_or_bad_front_matter_is_told_of(owner: Caller, import_file: Import) -> None:
    bomb = "---\na: &a [x, x]\nb: &b [*a, *a]\ntags: [*b, *b]\ndate: 2020-01-02\n---\nFine"
    done = import_file(
        zipped({"readme.md": "No date", "bad.md": "---\na: [\n---\nx", "2020-01-01.md": "", "ok.md": bomb})
    )
    assert dict(reasons(done)) == {
        "readme.md": "it has no date, neither in front matter nor in its name",
        "bad.md": "its front matter is not YAML",
        "2020-01-01.md": "it is empty",
    }
    assert [entry["content"] for entry in entries(owner)] == ["Fine"]


def test_a_long_page_goes_on_in_further_entries(owner: Caller, import_file: Import) -> None:
    words = "word " * 30_000
    import_file(zipped({"2020-01-01.md": f"# Novel\n{words}"}))
    found = entries(owner)
    assert [entry["title"] for entry in found] == ["Novel", "Novel (2)", "Novel (3)"]
    assert " ".join(entry["content"] for entry in found).split() == words.split()


def test_other_encodings_are_read(owner: Caller, import_file: Import) -> None:
    import_file(zipped({"2020-01-01.md": "Gemütlich über die Brücke, schön wär's für die Füße.".encode("cp1252")}))
    assert "Brücke" in entries(owner)[0]["content"]
