"""Day One's export: its dates, zones, words, places and photos."""

import json
from typing import Any

import pytest

from tests.conftest import Caller
from tests.imports.conftest import JOURNAL, Import, day_one, day_one_entry, entries, reasons, zipped

PLACE = {
    "placeName": "Donaukanal", "localityName": "Wien", "country": "Österreich", "latitude": 48.2, "longitude": 16.3,
    "region": {"radius": 75},
}  # fmt: skip
RICH = {
    "meta": {"version": 1},
    "contents": [
        {"attributes": {"line": {"header": 1, "identifier": "A"}}, "text": "Packed\n"},
        {"embeddedObjects": [{"type": "photo", "identifier": "76F9"}]},
        {"text": "Off we go.\n"},
        {"attributes": {"line": {"listStyle": "bulleted"}}, "text": "socks\n"},
    ],
}


def test_an_entry_is_as_it_was_written(owner: Caller, import_file: Import) -> None:
    row = day_one_entry(
        tags=["family", "walks"], location=PLACE, starred=True, weather={"conditionsDescription": "Clear"}
    )
    done = import_file(day_one(row))
    assert (done["status"], done["format"], done["progress"], done["error"]) == ("completed", "dayone", 1.0, None)
    assert done["counts"] == {"entries": 1, "goals": 0, "attachments": 0, "duplicates": 0, "skipped": 0}
    (entry,) = entries(owner)
    assert (entry["title"], entry["content"]) == ("Evening 1", "We walked along the river.")
    assert (entry["entry_date"], entry["timezone"]) == ("2019-06-14T18:05:11.000Z", "Europe/Vienna")
    assert (entry["tags"], entry["place"]) == (["family", "walks", "starred"], "Donaukanal, Wien, Österreich")
    assert (entry["source"], entry["all_day"], entry["mood"]) == ("dayone", False, None)


def test_rich_text_alone_is_read_too(owner: Caller, import_file: Import) -> None:
    row = day_one_entry(richText=json.dumps(RICH))
    del row["text"]
    import_file(day_one(row))
    (entry,) = entries(owner)
    assert (entry["title"], entry["content"]) == ("Packed", "Off we go.\n- socks")


def test_photos_come_along(owner: Caller, import_file: Import) -> None:
    photos = [
        {"identifier": "AA", "md5": "0" * 32, "type": "jpeg"},
        {"identifier": "BB", "md5": "1" * 32, "type": "png"},
    ]
    row = day_one_entry(photos=photos, text="![](dayone-moment:\\/\\/AA)\n\nSunset ![](dayone-moment://BB)")
    photo = b"\xff\xd8\xff what a camera wrote"
    done = import_file(day_one(row, **{f"photos__{'0' * 32}_jpeg": photo, "photos__lost_jpeg": b"\xff\xd8"}))
    assert (done["counts"]["entries"], done["counts"]["attachments"], done["counts"]["skipped"]) == (1, 1, 2)
    assert sorted(reasons(done)) == [
        (f"{'1' * 32}.png", "the file is not in the upload"),
        ("photos/lost.jpeg", "no entry refers to it, and it is none"),
    ]
    (entry,) = entries(owner)
    assert entry["content"] == "Sunset"
    (kept,) = owner.get(f"{JOURNAL}/{entry['id']}/attachments").json["attachments"]
    assert (kept["name"], kept["type"], owner.client.get(kept["url"]).data) == (f"{'0' * 32}.jpeg", "image/jpeg", photo)


def test_each_journal_of_an_export_is_read(owner: Caller, import_file: Import) -> None:
    documents = {
        f"{name}.json": json.dumps({"metadata": {"version": "1.0"}, "entries": [day_one_entry(number)]})
        for number, name in enumerate(["Personal", "Work"])
    }
    assert import_file(zipped(documents))["counts"]["entries"] == 2
    assert [entry["title"] for entry in entries(owner)] == ["Evening 0", "Evening 1"]


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2019-12-31T11:30:00Z", "Pacific/Apia", "2020-01-01"),
        ("2020-01-01T08:30:00Z", "Pacific/Honolulu", "2019-12-31"),
        ("2020-02-29T18:20:00Z", "Asia/Kathmandu", "2020-03-01"),
        ("2020-02-28T18:20:00Z", "Asia/Kathmandu", "2020-02-29"),
    ],
)
def test_an_entry_keeps_its_day_wherever_its_reader_is(
    owner: Caller, import_file: Import, moment: str, zone: str, day: str
) -> None:
    import_file(day_one(day_one_entry(creationDate=moment, timeZone=zone)))
    for reader in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        at = {"X-Timezone": reader}
        assert list(owner.get(f"{JOURNAL}/grouped", headers=at).json["grouped_entries"]) == [day]
        assert owner.get(f"{JOURNAL}?from={day}&to={day}", headers=at).json["total"] == 1
    entry = entries(owner)[0]
    assert (entry["entry_date"], entry["timezone"]) == (moment.replace("Z", ".000Z"), zone)


def test_an_entry_of_a_whole_day_is_of_the_day_there(owner: Caller, import_file: Import) -> None:
    import_file(day_one(day_one_entry(creationDate="2019-12-31T10:00:00Z", timeZone="Pacific/Apia", isAllDay=True)))
    (entry,) = entries(owner)
    assert (entry["entry_date"], entry["all_day"]) == ("2020-01-01T00:00:00.000Z", True)


def test_a_zone_that_nobody_knows_is_told_of(owner: Caller, import_file: Import) -> None:
    owner.patch("/api/v1/me", json={"timezone": "Asia/Manila"})
    done = import_file(day_one(day_one_entry(timeZone="Mars/Olympus")))
    assert "'Mars/Olympus' is not known" in reasons(done)[0][1]
    assert entries(owner)[0]["timezone"] == "Asia/Manila"


@pytest.mark.parametrize("date", ["2019-02-30T08:00:00Z", "", "yesterday", "0001-01-01T00:00:00Z", None, 12, []])
def test_an_entry_without_a_date_that_is_one_is_told_of(owner: Caller, import_file: Import, date: Any) -> None:
    done = import_file(day_one(day_one_entry(1, creationDate=date), day_one_entry(2)))
    assert (done["status"], done["counts"]["entries"], done["counts"]["skipped"]) == ("completed", 1, 1)
    assert "date" in reasons(done)[0][1]
    assert [entry["title"] for entry in entries(owner)] == ["Evening 2"]
