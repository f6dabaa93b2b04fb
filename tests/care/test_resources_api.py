"""Where help is: open to everybody, and kept up by operators."""

import time
from collections.abc import Callable
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.care.directory import Directory
from app.care.resources import built_in
from app.db.session import Database
from app.streams import snapshot
from app.web.container import resolve_from
from tests.care.conftest import CRISIS
from tests.conftest import Caller
from tests.gunicorn import Web
from tests.waiting import until

PATH, LINES = "/api/v1/care/resources", "/api/v1/admin/care/resources"
OURS: dict[str, Any] = {
    "name": "Sorgentelefon", "country": "DE", "kind": "line", "phone": "0800 123 4567", "url": "https://sorgen.example",
    "languages": ["de", "cy"], "categories": ["suicide", "danger"], "hours": "24/7",
}  # fmt: skip


def names(caller: Caller, query: str = "country=DE", **headers: str) -> list[str]:
    answer = caller.get(f"{PATH}?{query}", headers=headers)
    assert answer.status_code == 200, answer.json
    return [row["name"] for row in answer.json["resources"]]


def add(operator: Caller, **changes: Any) -> Any:
    answer = operator.post(LINES, json=OURS | changes)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_they_are_open_and_the_emergency_number_comes_first(anonymous: Caller) -> None:
    found = anonymous.get(f"{PATH}?country=gb&language=en-GB&category=suicide").json
    assert (found["country"], found["language"], found["resources"][0]["phone"]) == ("GB", "en-GB", "999")
    assert {"Samaritans"} < {row["name"] for row in found["resources"]}


def test_without_a_country_the_clients_languages_tell(anonymous: Caller) -> None:
    found = anonymous.get(PATH, headers={"Accept-Language": "de-AT,de;q=0.9"}).json
    assert (found["country"], found["language"]) == ("AT", "de")
    assert {row["country"] for row in found["resources"]} == {"AT"}


@pytest.mark.parametrize("accepted", ["", "en", "en-XX", "nonsense"])
def test_of_an_unknown_country_those_for_all(anonymous: Caller, accepted: str) -> None:
    found = anonymous.get(PATH, headers={"Accept-Language": accepted}).json
    assert (found["country"], found["resources"][0]["phone"]) == (None, "112")


@pytest.mark.parametrize("query", ["country=XX", "country=DEU", "category=boredom", "language=no%20tag"])
def test_nonsense_is_400_in_the_form_of_the_path(anonymous: Caller, query: str) -> None:
    answer = anonymous.get(f"{PATH}?{query}")
    assert (answer.status_code, set(answer.json)) == (400, {"success", "error", "code", "detail"})


def test_the_disclosure_is_in_the_asked_language_or_an_accepted_one(anonymous: Caller) -> None:
    path = "/api/v1/care/disclosure"
    german = anonymous.get(f"{path}?language=de-CH").json
    french = anonymous.get(path, headers={"Accept-Language": "fr"}).json
    assert (german["language"], french["language"], anonymous.get(path).json["language"]) == ("de", "fr", "en")
    assert "(AI)" in anonymous.get(f"{path}?language=tlh").json["disclosure"]
    assert len({german["disclosure"], french["disclosure"]}) == 2


def test_an_address_may_ask_so_often(make_app: Callable[..., Flask], clean: None) -> None:
    client = make_app(RATE_LIMIT_HELPLINES="2 per minute").test_client()
    assert [client.get(path).status_code for path in (PATH, "/api/v1/care/disclosure", PATH)] == [200, 200, 429]


def test_an_operator_adds_one(operator: Caller, anonymous: Caller) -> None:
    made = add(operator)
    assert (made["origin"], made["hidden"], made["country"]) == ("operator", False, "DE")
    assert "Sorgentelefon" in names(anonymous)
    shown = next(row for row in anonymous.get(f"{PATH}?country=DE").json["resources"] if row["name"] == "Sorgentelefon")
    assert shown == {name: OURS[name] for name in ("name", "phone", "url", "country", "languages", "hours")}


def test_one_of_the_same_name_and_country_takes_its_place(operator: Caller, anonymous: Caller) -> None:
    before = names(anonymous, "country=GB")
    add(operator, name="Samaritans", country="GB", phone="116 999", categories=["suicide"], languages=["en"])
    rows = [row for row in anonymous.get(f"{PATH}?country=GB").json["resources"] if row["name"] == "Samaritans"]
    assert [row["phone"] for row in rows] == ["116 999"] and sorted(names(anonymous, "country=GB")) == sorted(before)


def test_it_can_hide_one_and_bring_it_back(operator: Caller, anonymous: Caller) -> None:
    hidden = operator.post(LINES, json={"name": "Samaritans", "country": "GB", "hidden": True}).json
    assert "Samaritans" not in names(anonymous, "country=GB")
    listed = operator.get(f"{LINES}?country=GB").json["resources"]
    assert [row["id"] for row in listed if row["hidden"]] == [hidden["id"]]
    assert operator.delete(f"{LINES}/{hidden['id']}").status_code == 204
    assert "Samaritans" in names(anonymous, "country=GB")


def test_it_is_changed_and_removed(operator: Caller, anonymous: Caller) -> None:
    path = f"{LINES}/{add(operator)['id']}"
    assert operator.put(path, json=OURS | {"country": "AT", "phone": "142"}).json["phone"] == "142"
    assert "Sorgentelefon" not in names(anonymous) and "Sorgentelefon" in names(anonymous, "country=AT")
    assert [operator.delete(path).status_code, operator.delete(path).status_code] == [204, 404]
    assert "Sorgentelefon" not in names(anonymous, "country=AT")


def test_a_name_is_there_once_in_a_country(operator: Caller) -> None:
    first = add(operator)
    assert operator.post(LINES, json=OURS).status_code == 409
    second = add(operator, country="AT")
    assert operator.put(f"{LINES}/{second['id']}", json=OURS).status_code == 409
    assert operator.put(f"{LINES}/{first['id']}", json=OURS).status_code == 200


@pytest.mark.parametrize(("field", "value"), [
    ("name", ""), ("country", "XX"), ("kind", "friend"), ("phone", "call me"), ("phone", "+49 (0)"), ("sms", "<b>"),
    ("url", "javascript:alert(1)"), ("url", "ftp://x.example"), ("url", ""), ("url", "https://x.example/a b"),
    ("languages", []), ("languages", ["xx"]), ("languages", ["deu"]), ("categories", []), ("categories", ["boredom"]),
    ("phone", ""), ("hours", "x" * 61), ("hidden", "perhaps"),
])  # fmt: skip
def test_a_row_makes_sense_or_is_refused(operator: Caller, field: str, value: Any) -> None:
    answer = operator.post(LINES, json=OURS | {field: value})
    assert (answer.status_code, answer.json["code"]) == (422, "VALIDATION_ERROR") and field in answer.json["error"]


def test_what_is_built_in_would_be_taken_too(operator: Caller) -> None:
    for row in {(row.name, row.country): row for row in built_in()}.values():
        own = {"kind": row.kind, "categories": list(row.categories), "hours": row.hours or ""}
        body = row.wire() | own | {"country": row.country or ""}
        assert operator.post(LINES, json=body).status_code == 201, row


def test_a_person_in_danger_is_shown_it(operator: Caller, owner: Caller) -> None:
    add(operator, name="Notruf", kind="emergency", phone="110112", categories=["suicide"], languages=["en"])
    operator.post(LINES, json={"name": "TelefonSeelsorge", "country": "DE", "hidden": True})
    said = owner.post("/api/v1/chat/message", json={"message": CRISIS}, headers={"Accept-Language": "de-DE"}).json
    assert "110112" in said["response"] and "TelefonSeelsorge" not in said["response"]


def test_every_process_hears_of_it(here: Web, operator: Caller) -> None:
    def shown() -> bool:
        gevent.sleep(0.2)  # there is a rate
        return b"Sorgentelefon" in here.http.request("GET", f"{here.url}{PATH}?country=DE").data

    assert not shown()
    add(operator)
    until(shown, 2 * snapshot.KEEP)


def test_while_the_database_is_away_what_was_known_last_counts(
    app: Flask, operator: Caller, anonymous: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(operator)
    assert "Sorgentelefon" in names(anonymous)

    def away(_: Database) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(Database, "read", away)
    monkeypatch.setattr(resolve_from(app, Directory)._snapshot, "_read_at", time.monotonic() - snapshot.KEEP - 1)
    assert "Sorgentelefon" in names(anonymous)


def test_it_is_the_operators_and_leaves_entries(owner: Caller, boss: Caller, operator: Caller) -> None:
    assert [who.post(LINES, json=OURS).status_code for who in (owner, boss)] == [403, 403]
    assert [who.get(LINES).status_code for who in (owner, boss)] == [403, 403]
    path = f"{LINES}/{add(operator)['id']}"
    operator.put(path, json=OURS)
    operator.delete(path)
    found = operator.get("/api/v1/admin/audit?actor=opal").json["entries"]
    assert [entry["action"] for entry in found if entry["action"].startswith("care")] == [
        "care.resource.remove", "care.resource.change", "care.resource.add",
    ]  # fmt: skip


TRY = "/api/v1/care/try"


def test_an_operator_tries_what_would_be_found(operator: Caller) -> None:
    found = operator.post(TRY, json={"text": CRISIS, "country": "GB"}).json
    assert found["safety"] == {"level": "crisis", "category": "suicide"} and found["source"].startswith("rule:")
    assert "999" in found["text"] and found["resources"][0]["country"] == "GB"
    assert operator.post(TRY, json={"text": "This job is killing me"}).json["safety"]["level"] == "none"


def test_a_trial_leaves_nothing_behind(operator: Caller, statements: list[str]) -> None:
    operator.post(TRY, json={"text": CRISIS})
    assert [one for one in statements if not one.startswith("SELECT")] == []
    assert operator.get("/api/v1/care/report").json["total"] == 0


def test_trials_and_texts_are_the_operators(owner: Caller, boss: Caller, operator: Caller) -> None:
    assert [who.post(TRY, json={"text": "x"}).status_code for who in (owner, boss)] == [403, 403]
    assert [who.get("/api/v1/care/texts").status_code for who in (owner, boss, operator)] == [403, 403, 200]
    told = operator.get("/api/v1/care/texts?language=de&country=AT").json
    assert len(told["texts"]) == 10 and told["language"] == "de"
    assert not [one for one in told["texts"] if "{" in one["text"]]
    assert "TelefonSeelsorge: 142" in told["texts"][0]["text"]
