"""Notion's Markdown: ids in names, properties as lines, tables, and zips in a zip."""

from tests.conftest import Caller
from tests.imports.conftest import Import, entries, files, reasons, zipped

A, B, C = (letter * 32 for letter in "abc")
PAGE = """# A walk

Date: November 3, 2024 8:30 AM
Tags: rain, hills
Mood: Calm
Weather: Wet

We walked. ![photo](A%20walk/photo.png)

Note: still tired.
"""
TABLE = """\ufeffName,Date,Tags
A walk,"November 3, 2024 8:30 AM","rain, hills"
Only a row,"November 4, 2024",tea
No date,,
"""


def export() -> dict[str, str | bytes]:
    return {
        f"Journal {B}.md": "# Journal\n\nAll my days.\n",
        f"Journal {B}.csv": TABLE,
        f"Journal {B}_all.csv": TABLE,
        f"Journal/A walk {A}.md": PAGE,
        "Journal/A walk/photo.png": b"\x89PNG",
        f"Journal/2024-11-05 {C}.md": "# 2024-11-05\n\nTitle is the day.\n",
    }


def test_pages_and_rows_are_entries_once(owner: Caller, import_file: Import) -> None:
    done = import_file(zipped(export()))
    assert (done["status"], done["format"], done["counts"]["entries"]) == ("completed", "notion", 3)
    walk, row, titled = entries(owner)
    assert (walk["title"], walk["mood"], walk["tags"]) == ("A walk", "Calm", ["rain", "hills"])
    assert (walk["entry_date"], walk["all_day"]) == ("2024-11-03T08:30:00.000Z", False)
    assert walk["content"].startswith("Weather: Wet\n\nWe walked.") and walk["content"].endswith("still tired.")
    assert (row["title"], row["entry_date"], row["tags"]) == ("Only a row", "2024-11-04T00:00:00.000Z", ["tea"])
    assert (titled["entry_date"][:10], titled["content"]) == ("2024-11-05", "Title is the day.")
    assert {reason for _, reason in reasons(done)} == {"it has no date among its properties"}
    assert files(owner, walk) == ["photo.png"]


def test_zips_in_a_zip_are_opened(owner: Caller, import_file: Import) -> None:
    inner = zipped(export())
    done = import_file(zipped({f"ExportBlock-{A}-Part-1.zip": inner}))
    assert (done["format"], done["counts"]["entries"]) == ("notion", 3)
    again = import_file(inner)
    assert (again["counts"]["entries"], again["counts"]["duplicates"]) == (0, 3)


def test_a_paragraph_that_looks_like_a_property_is_text(owner: Caller, import_file: Import) -> None:
    page = "# 2024-11-05\n\nRemember: the keys.\nAnd the dog.\n"
    import_file(zipped({f"2024-11-05 {A}.md": page}))
    assert entries(owner)[0]["content"] == "Remember: the keys.\nAnd the dog."
