"""What is stored of a person, in figures."""

from flask import Flask

from tests.conftest import Caller, sign_in
from tests.privacy.conftest import WorkOff, export, live, sent, write

DATA = "/api/v1/me/data"


def test_its_counts_are_those_of_an_export(olivia: Caller, theo: Caller, work_off: WorkOff) -> None:
    for caller in (olivia, theo):
        live(caller, "kumquat", work_off)
    exported = export(olivia, work_off).manifest["counts"]
    found = sent(olivia.get(DATA))
    assert {name: found["counts"].get(name, 0) for name in exported} == exported
    assert set(found["sizes"]) == set(found["counts"]) and sum(found["sizes"].values()) == found["bytes"]


def test_more_is_more(olivia: Caller) -> None:
    assert (sent(olivia.get(DATA))["counts"], sent(olivia.get(DATA))["bytes"]) == ({}, 0)
    write(olivia, content="I ran. " * 1000)
    first = sent(olivia.get(DATA))
    assert first["counts"]["journal_entries"] == 1
    write(olivia)
    assert sent(olivia.get(DATA))["bytes"] > first["bytes"]


def test_somebody_elses_is_not_in_it(olivia: Caller, theo: Caller, sam: Caller) -> None:
    write(theo), write(sam)
    assert sent(olivia.get(DATA))["counts"] == {}


def test_it_says_how_long_it_is_kept(offline_app: Flask, olivia: Caller) -> None:
    days = dict.fromkeys(["messages_days", "transcripts_days", "audio_days", "usage_days"])
    days |= {"events_days": 7, "traces_days": 30}
    assert sent(olivia.get(DATA))["retention"] == days
    sent(sign_in(offline_app, "opal", "house", "operator").put("/admin/retention/acme", json={"messages_days": 90}))
    assert sent(olivia.get(DATA))["retention"] == days | {"messages_days": 90}


def test_it_needs_a_token(anonymous: Caller) -> None:
    assert anonymous.get(DATA).status_code == 401
