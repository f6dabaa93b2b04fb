"""Drafts of prompts are tried before they are in force, on inputs that are kept."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.topics.conftest import answer_of

REVIEW = "/admin/topics/niche_review"
GIVEN = {"current_value": "We help small hotels"}
DRAFT = {"user": "A draft about {{ current_value }}."}


@pytest.mark.parametrize("role", ["owner", "admin", "member"])
def test_operators_only(app: Flask, clean: None, role: str) -> None:
    caller = sign_in(app, "olivia", "acme", role)
    answers = [
        caller.post(f"{REVIEW}/try-out", json={}), caller.get(f"{REVIEW}/inputs"),
        caller.post(f"{REVIEW}/inputs", json={}), caller.delete(f"{REVIEW}/inputs/x"),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {403}


def test_a_draft_is_rendered_and_nobody_is_asked(operator: Caller, double: Double) -> None:
    seen = operator.post(f"{REVIEW}/dry-run", json={"parameters": GIVEN, "prompts": DRAFT}).json
    assert seen["prompts"]["user"].startswith("A draft about") and "small hotels" in seen["prompts"]["user"]
    assert "A draft" not in operator.get(REVIEW).json["prompts"]["user"]
    assert double.requests() == []


def test_a_draft_is_tried_with_a_model(operator: Caller, double: Double) -> None:
    double.script({"json": answer_of("niche_review")})
    answer = operator.post(f"{REVIEW}/try-out", json={"parameters": GIVEN, "prompts": DRAFT})
    assert answer.status_code == 200, answer.json
    assert answer.json["data"] == answer_of("niche_review")
    assert answer.json["metadata"]["model"] == "coach-1" and answer.json["metadata"]["cost_usd"] is None
    assert answer.json["prompts"]["user"] in [one["content"] for one in double.requests()[0]["body"]["messages"]]
    assert operator.get(f"{REVIEW}/prompts/user").json["version"] == 0


@pytest.mark.parametrize("prompts", [{"user": "{{ nobody }}"}, {"user": "{% set x = 1 %}"}, {"system": "{{"}])
@pytest.mark.parametrize("way", ["try-out", "dry-run"])
def test_a_draft_that_can_not_be_rendered_is_refused(operator: Caller, way: str, prompts: Any) -> None:
    refused = operator.post(f"{REVIEW}/{way}", json={"parameters": GIVEN, "prompts": prompts})
    assert (refused.status_code, refused.json["code"]) == (422, "VALIDATION_ERROR")


def test_inputs_are_kept_replaced_and_deleted(operator: Caller) -> None:
    kept = operator.post(f"{REVIEW}/inputs", json={"name": "hotels", "parameters": GIVEN})
    assert kept.status_code == 200, kept.json
    again = operator.post(f"{REVIEW}/inputs", json={"name": "hotels", "parameters": {"current_value": "a\x00b"}}).json
    listed = operator.get(f"{REVIEW}/inputs").json["inputs"]
    assert [(one["id"], one["parameters"]) for one in listed] == [(kept.json["id"], {"current_value": "ab"})]
    assert again["created_by"] == "opal"
    assert operator.delete(f"{REVIEW}/inputs/{again['id']}").status_code == 204
    assert operator.delete(f"{REVIEW}/inputs/{again['id']}").status_code == 404
    assert operator.get(f"{REVIEW}/inputs").json == {"inputs": []}


def test_inputs_of_an_unknown_topic(operator: Caller) -> None:
    assert operator.get("/admin/topics/nonsense/inputs").status_code == 404
    body = {"name": "x", "parameters": {}}
    assert operator.post("/admin/topics/nonsense/inputs", json=body).status_code == 404


def test_what_it_cost_is_told_where_the_price_is_known(app: Flask, make_app: Any, clean: None, double: Double) -> None:
    caller = sign_in(make_app(LLM_MODELS="openai:gpt-5-mini"), "olivia", "acme")
    double.script({"json": answer_of("niche_review"), "usage": [1000, 500]})
    about = caller.post("/ai/execute", json={"topic_id": "niche_review", "parameters": GIVEN}).json["metadata"]
    assert about["cost_usd"] == pytest.approx(about["tokens_used"] * 0.25 / 1e6, abs=1e-2) and about["cost_usd"] > 0
