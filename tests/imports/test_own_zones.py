"""Times without a zone are the person's own, and an imported entry stays on its own day in its own zone."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.chat.conftest import ask, prompt, write
from tests.conftest import Caller
from tests.double.client import Double
from tests.imports.conftest import JOURNAL, Import, burst, day_one, day_one_entry, entries
from tests.privacy.conftest import export

PLACES = ["Pacific/Auckland", "Pacific/Honolulu", "Asia/Kathmandu", "Pacific/Chatham"]
DAYS = ["2024-02-29", "2026-04-05", "2025-12-31"]  # a leap day, clocks that change
CLOCKS = ("00:15:00", "14:00:00", "23:59:59")


def grouped(caller: Caller) -> list[str]:
    return list(caller.get(f"{JOURNAL}/grouped?limit=50").json["grouped_entries"])


@pytest.mark.parametrize("zone", PLACES)
def test_a_time_without_a_zone_is_what_the_persons_clocks_showed(owner: Caller, double: Double, zone: str) -> None:
    owner.patch("/api/v1/me", json={"timezone": zone})
    for day in DAYS:
        for clock in CLOCKS:
            write(owner, f"{day} {clock}", "Rain", entry_date=f"{day}T{clock}")
    assert sorted(grouped(owner)) == sorted(DAYS)
    assert all(len(entries(owner, **{"from": f"{day}T00:00:00", "to": f"{day}T23:59:59"})) == 3 for day in DAYS)
    ask(owner, "What about the rain?")
    told = prompt(double)
    assert told.count("<document ") == 9
    assert sum(told.count(f'title="{day} {clock}" date="{day}"') for day in DAYS for clock in CLOCKS) == 9


@pytest.mark.parametrize("zone", PLACES)
def test_what_was_imported_stays_on_its_day_wherever_the_person_is(
    owner: Caller, double: Double, import_file: Import, zone: str
) -> None:
    rows = [
        day_one_entry(1, creationDate="2024-02-29T18:30:00Z", timeZone="Asia/Kathmandu"),  # 1 March there
        day_one_entry(2, creationDate="2026-02-20T10:00:00Z", timeZone="Pacific/Auckland"),
        day_one_entry(3, creationDate="2026-02-20T09:59:00Z", timeZone="Pacific/Honolulu"),
    ]
    import_file(day_one(*rows))
    owner.patch("/api/v1/me", json={"timezone": zone})
    assert sorted(grouped(owner)) == ["2024-03-01", "2026-02-19", "2026-02-20"]
    assert [entry["timezone"] for entry in entries(owner)] == [
        "Asia/Kathmandu", "Pacific/Honolulu", "Pacific/Auckland"
    ]  # fmt: skip
    ask(owner, "What of the river?")
    days = (date(2024, 3, 1), date(2026, 2, 19), date(2026, 2, 20))
    assert all(f'date="{day}" weekday="{day:%A}"' in prompt(double) for day in days)


def test_an_export_has_it_on_its_day_and_brings_it_back(
    app: Flask, owner: Caller, teammate: Caller, import_file: Import
) -> None:
    import_file(day_one(day_one_entry(creationDate="2024-02-29T18:30:00Z", timeZone="Asia/Kathmandu")))
    owner.patch("/api/v1/me", json={"timezone": "Pacific/Honolulu"})
    found = export(owner, lambda: burst(app))
    [page] = found.within("journal")
    assert page == "journal/2024/2024-03-01 Evening 1.md"
    assert "Friday 1 March 2024, 00:15 (Asia/Kathmandu)" in found.text(page)
    import_file(found.data, caller=teammate)
    again = export(teammate, lambda: burst(app))
    assert {name: again.text(name) for name in again.within("journal")} == {page: found.text(page)}


def test_a_change_leaves_a_whole_day_where_it_is(owner: Caller, double: Double, import_file: Import) -> None:
    import_file(
        day_one(day_one_entry(1, creationDate="2024-02-29T18:30:00Z", timeZone="Pacific/Honolulu", isAllDay=True))
    )
    [entry] = entries(owner)
    changed: Any = owner.put(f"{JOURNAL}/{entry['id']}", json={"mood": "calm"}).json
    assert (changed["entry_date"], changed["all_day"]) == ("2024-02-29T00:00:00.000Z", True)
    ask(owner, "What of the river?")
    assert 'date="2024-02-29" weekday="Thursday"' in prompt(double)
