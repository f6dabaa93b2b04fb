"""Journey: a JSON document for each entry."""

import json
from typing import Any

import pytest

from tests.conftest import Caller
from tests.imports.conftest import Import, entries, files, reasons, zipped

NOWHERE = 1.7976931348623157e308


def document(**fields: Any) -> str:
    return json.dumps(
        {
            "text": "<p>Coffee with <strong>Ana</strong></p><p>Then rain.</p>", "date_modified": 1560535800000,
            "date_journal": 1560535511000, "id": "1560535511000-3fd9b1c0ffee", "preview_text": "Coffee with Ana",
            "address": "Kathmandu, Nepal", "lat": 27.7, "lon": 85.3, "mood": 0, "label": "", "folder": "",
            "sentiment": 1.5, "timezone": "Asia/Kathmandu", "favourite": False, "type": "html",
            "linked_account_id": "drive - x", "weather": {"id": -1, "degree_c": NOWHERE}, "photos": [],
            "tags": ["friends"],
        }
        | fields
    )  # fmt: skip


def test_an_entry_is_as_it_was_written(owner: Caller, import_file: Import) -> None:
    photo = {"1560535511000-3fd9-a.jpg": b"\xff\xd8\xff"}
    done = import_file(zipped({"1560535511000-3fd9.json": document(photos=[*photo])} | photo))
    assert (done["status"], done["format"], done["counts"]["entries"]) == ("completed", "journey", 1)
    (entry,) = entries(owner)
    assert (reasons(done), files(owner, entry)) == ([], ["1560535511000-3fd9-a.jpg"])
    assert (entry["title"], entry["content"]) == ("Coffee with Ana", "Coffee with **Ana**\n\nThen rain.")
    assert (entry["entry_date"], entry["timezone"]) == ("2019-06-14T18:05:11.000Z", "Asia/Kathmandu")
    assert (entry["mood"], entry["tags"], entry["place"]) == ("good", ["friends"], "Kathmandu, Nepal")


@pytest.mark.parametrize(
    ("fields", "mood"),
    [({"sentiment": 0, "mood": 0}, None), ({"sentiment": 0.25}, "awful"), ({"sentiment": 0, "mood": 4}, "good"),
     ({"mood": "happy"}, "happy")],
)  # fmt: skip
def test_moods_are_words(owner: Caller, import_file: Import, fields: Any, mood: str | None) -> None:
    import_file(zipped({"a.json": document(**fields)}))
    assert entries(owner)[0]["mood"] == mood


def test_places_may_be_coordinates_or_none(owner: Caller, import_file: Import) -> None:
    here, nowhere = document(id="a", address=""), document(id="b", address="", lat=NOWHERE, lon=NOWHERE)
    import_file(zipped({"a.json": here, "b.json": nowhere}))
    assert {entry["place"] for entry in entries(owner)} == {"27.70000, 85.30000", None}


def test_the_newer_form_is_read_too(owner: Caller, import_file: Import) -> None:
    row = {
        "id": "x", "type": "markdown", "version": 2, "dateOfJournal": "2024-02-29T23:30:00.000Z", "text": "*Late*",
        "timezone": "Pacific/Apia", "location": {"lat": -13.8, "lng": -171.7, "name": "Apia"}, "tags": [],
        "attachments": [],
    }  # fmt: skip
    import_file(zipped({"x.json": json.dumps(row)}))
    (entry,) = entries(owner)
    assert (entry["content"], entry["place"], entry["timezone"]) == ("*Late*", "Apia", "Pacific/Apia")


def test_what_is_no_entry_is_told_of(owner: Caller, import_file: Import) -> None:
    done = import_file(
        zipped({"a.json": document(), "b.json": "{broken", "c.json": document(date_journal=None, date_modified="?")})
    )
    assert (done["status"], done["counts"]["entries"]) == ("completed", 1)
    assert dict(reasons(done)) == {"b.json": "it is not JSON", "c.json": "its date is not understood: '?'"}
