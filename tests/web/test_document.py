"""What the OpenAPI document says of a request is what the service takes."""

import re
from typing import Any

import pytest

from tests.conftest import Caller

DATED = {"title": "Run a 5K", "target_date": "2099-12-31"}


@pytest.fixture
def document(anonymous: Caller) -> Any:
    return anonymous.get("/api/schema/").json


def fields_of(document: Any, name: str) -> Any:
    return document["components"]["schemas"][name]["properties"]


def test_headers_stand_beside_each_other_and_beside_the_query(document: Any) -> None:
    def named(method: str, path: str) -> set[str]:
        return {parameter["name"] for parameter in document["paths"][path][method]["parameters"]}

    assert named("get", "/api/v1/journal/search") == {"X-Timezone", "q", "limit"}
    assert named("post", "/api/v1/chat/message") == {"X-Timezone", "Idempotency-Key"}


def test_a_body_may_be_left_out_when_nothing_in_it_is_required(owner: Caller, document: Any) -> None:
    assert document["paths"]["/api/v1/me"]["patch"]["requestBody"]["required"] is False
    assert owner.patch("/api/v1/me").status_code == 200
    assert document["paths"]["/api/v1/goals"]["post"]["requestBody"]["required"] is True
    assert owner.post("/api/v1/goals").status_code == 400


def test_null_is_in_the_document_where_it_is_taken(owner: Caller, document: Any) -> None:
    assert fields_of(document, "GoalIn")["is_habit"]["type"] == ["boolean", "null"]
    assert fields_of(document, "GoalIn")["habit_frequency"]["enum"][-1] is None
    assert fields_of(document, "GoalIn")["title"]["type"] == "string"
    assert owner.post("/api/v1/goals", json=DATED | {"is_habit": None}).status_code == 201
    assert owner.post("/api/v1/goals", json=DATED | {"title": None}).status_code == 400


@pytest.mark.parametrize("value", [0, 1, "true", "yes", []])
def test_a_truth_value_is_true_or_false(owner: Caller, value: object) -> None:
    assert owner.post("/api/v1/goals", json=DATED | {"is_habit": value}).status_code == 400


@pytest.mark.parametrize(("value", "status"), [(3, 201), (3.0, 201), (3.5, 400), ("3", 400), (True, 400), (1e300, 400)])
def test_a_whole_number_is_one_however_it_is_written(owner: Caller, value: object, status: int) -> None:
    steps = [{"title": "Drink a glass of water", "order": value}]
    assert owner.post("/api/v1/routines", json={"title": "Morning", "steps": steps}).status_code == status


@pytest.mark.parametrize("blank", ["", "  ", "\x85\x1c", "a ", "\u3000ab"])
def test_blank_text_is_refused_by_the_document_too(owner: Caller, document: Any, blank: str) -> None:
    told = fields_of(document, "GoalIn")["title"]
    assert not re.search(told["pattern"], blank)
    assert owner.post("/api/v1/goals", json=DATED | {"title": blank}).status_code == 400


def test_patterns_are_those_of_ecmascript(document: Any) -> None:
    assert r"\\Z" not in str(document) and r"\\A" not in str(document)


@pytest.mark.parametrize("key", ["ключ", "a\tb", "x" * 256])
def test_an_idempotency_key_is_printable_ascii(owner: Caller, key: str) -> None:
    answer = owner.post("/api/v1/chat/suggest-goals", headers={"Idempotency-Key": key.encode().decode("latin-1")})
    assert answer.status_code == 400
