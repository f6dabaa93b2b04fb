"""Topic administration: operators only, in force everywhere, with a way back."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.topics.conftest import answer_of, execute
from tests.waiting import until

REVIEW = "/admin/topics/niche_review"
GIVEN = {"current_value": "We help"}


@pytest.mark.parametrize("role", ["owner", "admin", "member"])
def test_operators_only(app: Flask, clean: None, role: str) -> None:
    caller = sign_in(app, "olivia", "acme", role)
    answers = [
        caller.get("/admin/topics"), caller.get(REVIEW), caller.patch(REVIEW, json={"active": False}),
        caller.put(f"{REVIEW}/prompts/user", json={"text": "x"}), caller.post(f"{REVIEW}/dry-run", json={}),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {403}


def test_all_topics_are_listed_in_pages(operator: Caller) -> None:
    first = operator.get("/admin/topics?page_size=10").json
    assert (len(first["topics"]), first["total"], first["has_more"]) == (10, 32, True)
    found = operator.get("/admin/topics?search=swot").json["topics"]
    assert [(row["topic_id"], row["active"]) for row in found] == [("swot_analysis", True)]
    assert operator.get("/admin/topics?topic_type=coaching").json["total"] == 3


def test_a_topic_in_detail(operator: Caller) -> None:
    topic = operator.get(REVIEW).json
    assert {"prompts", "schema", "defaults", "uses", "parameters"} <= set(topic)
    assert "current_value" in topic["uses"] and "{{" in topic["prompts"]["user"]


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_an_unknown_topic(operator: Caller, method: str) -> None:
    assert operator.open(method, "/admin/topics/nonsense", json={"active": True}).status_code == 404


def test_a_topic_is_switched_off_and_on(operator: Caller, owner: Caller, double: Double) -> None:
    double.default(json=answer_of("niche_review"))
    assert operator.patch(REVIEW, json={"active": False}).json["active"] is False
    assert execute(owner, "niche_review", GIVEN).status_code == 400
    assert "niche_review" not in [row["topic_id"] for row in owner.get("/ai/topics").json]
    assert operator.patch(REVIEW, json={"active": True}).json["active"] is True
    assert execute(owner, "niche_review", GIVEN).status_code == 200


def test_another_process_hears_of_it(app: Flask, make_app: Any, operator: Caller, double: Double) -> None:
    elsewhere = sign_in(make_app(), "olivia", "acme")
    double.default(json=answer_of("niche_review"))
    assert execute(elsewhere, "niche_review", GIVEN).status_code == 200
    operator.patch(REVIEW, json={"active": False})
    until(lambda: execute(elsewhere, "niche_review", GIVEN).status_code == 400)


def test_model_settings_reach_the_model(operator: Caller, owner: Caller, double: Double) -> None:
    double.script({"json": answer_of("niche_review")})
    operator.patch(REVIEW, json={"temperature": 0.1, "max_tokens": 900})
    execute(owner, "niche_review", GIVEN)
    sent = double.requests()[-1]["body"]
    assert (sent["temperature"], sent.get("max_completion_tokens", sent.get("max_tokens"))) == (0.1, 900)


def test_null_goes_back_to_the_catalogue(operator: Caller) -> None:
    operator.patch(REVIEW, json={"temperature": 0.1})
    topic = operator.patch(REVIEW, json={"temperature": None}).json
    assert topic["temperature"] == topic["defaults"]["temperature"]


@pytest.mark.parametrize(
    "change", [{"active": "perhaps"}, {"temperature": 3}, {"max_tokens": 1}, {"model": "openai:unheard-of"}]
)
def test_settings_that_make_no_sense(operator: Caller, change: dict[str, Any]) -> None:
    answer = operator.patch(REVIEW, json=change)
    assert (answer.status_code, answer.json["code"]) == (422, "VALIDATION_ERROR")


def test_a_prompt_is_written_used_and_rolled_back(operator: Caller, owner: Caller, double: Double) -> None:
    double.default(json=answer_of("niche_review"))
    path = f"{REVIEW}/prompts/user"
    first = operator.put(path, json={"text": "Judge {{ current_value }} sternly. {{ example }}"}).json
    second = operator.put(path, json={"text": "Judge {{ current_value }} kindly."}).json
    assert (first["version"], second["version"]) == (1, 2)
    execute(owner, "niche_review", GIVEN)
    assert "kindly" in double.requests()[-1]["body"]["messages"][-1]["content"]
    assert "sternly" in operator.post(f"{path}/rollback", json={"version": 1}).json["text"]
    execute(owner, "niche_review", GIVEN)
    assert "sternly" in double.requests()[-1]["body"]["messages"][-1]["content"]
    assert [version["version"] for version in operator.get(path).json["versions"]] == [3, 2, 1, 0]
    assert "sternly" not in operator.delete(path).json["text"]


@pytest.mark.parametrize("text", ["{{ nonsense }}", "{{ current_value", "{% for x in %}", "", " "])
def test_a_prompt_that_can_not_be_rendered_is_refused(operator: Caller, text: str) -> None:
    assert operator.put(f"{REVIEW}/prompts/user", json={"text": text}).status_code == 422
    assert operator.put(f"{REVIEW}/prompts/other", json={"text": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('Hello\n{{ 1 + "a" }}', 2),
        ("{{ 9 ** 9 ** 9 }}", 1),
        ('\n\n{{ "a" * 999999999 }}', 3),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", 1),
        ("{% for a in example %}{% for b in a %}{% for c in b %}x{% endfor %}{% endfor %}{% endfor %}", 1),
        ("{% set x = 'a' %}", 1),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", 1),
        ("{{ 'x'|center(999999999) }}", 1),
        ("one\ntwo {{ example|join(1, 2, 3, 4, 5) }}", 2),
        ("{% if %}", 1),
        ("{% include 'nothing.j2' %}", 1),
        ("{{ cycler.__init__() }}", 1),
    ],
)
def test_what_is_wrong_with_a_prompt_is_told_with_its_line(operator: Caller, text: str, line: int) -> None:
    answer = operator.put(f"{REVIEW}/prompts/user", json={"text": text})
    assert (answer.status_code, f"line {line}:" in answer.json["error"]) == (422, True), answer.json


def test_prompts_can_not_reach_into_the_process(operator: Caller, owner: Caller, double: Double) -> None:
    text = "{{ current_value.__class__.__mro__ }}"
    refused = operator.put(f"{REVIEW}/prompts/user", json={"text": text})
    assert (refused.status_code, refused.json["code"]) == (422, "VALIDATION_ERROR")
    double.script({"json": answer_of("niche_review")})
    assert execute(owner, "niche_review", GIVEN).status_code == 200
    assert "__mro__" not in str(double.requests()[-1]["body"])


def test_a_dry_run_shows_the_prompts_and_calls_nobody(operator: Caller, double: Double) -> None:
    answer = operator.post(f"{REVIEW}/dry-run", json={"parameters": {"current_value": "We help hotels"}}).json
    assert "We help hotels" in answer["prompts"]["user"] and answer["prompts"]["system"]
    assert (answer["missing"], double.requests()) == ([], [])
    assert operator.post(f"{REVIEW}/dry-run", json={}).status_code == 422
