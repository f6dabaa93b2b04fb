"""Answers that are data: checked, repaired once, or refused."""

from typing import Any

import pytest

from app.llm.choice import Choice
from app.llm.interfaces import ErrorKind, ProviderError, Usage
from app.llm.structured import Structured, parsed, structured
from tests.double.client import Double
from tests.llm.conftest import Coach, Vendor, a_coach, a_provider, a_request

GOAL = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 3},
        "weeks": {"type": "integer"},
        "why": {"type": "string"},
    },
    "required": ["title", "weeks"],
}
MARATHON = {"title": "Run a marathon", "weeks": 20}


def ask(coach: Coach, **options: Any) -> Structured:
    return structured(coach.models, a_request(), GOAL, **options)


def refusal(coach: Coach, **options: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        ask(coach, **options)
    return raised.value


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_a_good_answer_takes_one_call(double: Double, name: str) -> None:
    coach = a_coach(Choice(a_provider(name, double), "coach-1"))
    double.script({"json": MARATHON, "usage": [10, 5]})
    answer = ask(coach)
    assert (answer.value, answer.usage, answer.calls, answer.finish.model) == (MARATHON, Usage(10, 5), 1, "coach-1")


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"title": "Run a marathon", "weeks": 20}\n```',
        'Here you are:\n\n```\n{"title": "Run a marathon", "weeks": 20}\n```\nGood luck!',
        '{"title": "Run a marathon", "weeks": 20,}',
        "{'title': 'Run a marathon', 'weeks': 20",
    ],
)
def test_fences_and_slips_are_mended_without_a_call(lone_coach: Coach, double: Double, text: str) -> None:
    double.script({"text": text})
    assert ask(lone_coach).value == MARATHON
    assert len(double.requests()) == 1


def test_a_wrong_answer_is_repaired_once(lone_coach: Coach, double: Double) -> None:
    double.script({"json": {"title": "Run", "weeks": "many"}, "usage": [10, 5]}, {"json": MARATHON, "usage": [30, 6]})
    answer = ask(lone_coach)
    assert (answer.value, answer.usage, answer.calls) == (MARATHON, Usage(40, 11), 2)
    *_, said, repair = double.requests()[-1]["body"]["messages"]
    assert "many" in said["content"] and "weeks" in repair["content"]


@pytest.mark.parametrize("text", ["I would rather talk.", "[]", '{"type": "object", "properties": {}}'])
def test_an_answer_that_stays_broken_costs_two_calls(lone_coach: Coach, double: Double, text: str) -> None:
    double.default(text=text)
    error = refusal(lone_coach)
    assert (error.kind, error.retryable, len(double.requests())) == (ErrorKind.INVALID, False, 2)
    assert [record.outcome for record in lone_coach.records] == ["ok", "ok"]


def test_limits_that_vendors_ignore_are_checked(lone_coach: Coach, double: Double) -> None:
    double.script({"json": {"title": "X", "weeks": 1}}, {"json": MARATHON})
    assert ask(lone_coach).calls == 2


def test_a_check_of_the_callers_own(lone_coach: Coach, double: Double) -> None:
    double.script({"json": {**MARATHON, "weeks": 900}}, {"json": MARATHON})
    answer = ask(lone_coach, check=lambda goal: [] if goal["weeks"] < 99 else ["weeks: be realistic"])
    assert answer.value == MARATHON
    assert "be realistic" in double.requests()[-1]["body"]["messages"][-1]["content"]


def test_an_absent_optional_value_stays_absent(lone_coach: Coach, double: Double) -> None:
    double.script({"json": {**MARATHON, "why": None}})
    assert ask(lone_coach).value == MARATHON


def test_a_cut_answer_is_not_mended(lone_coach: Coach, double: Double) -> None:
    double.script({"text": '{"title": "Run a mara', "finish": "length"}, {"json": MARATHON})
    assert ask(lone_coach).calls == 2


def test_a_failed_call_is_not_repaired(lone_coach: Coach, double: Double) -> None:
    double.script({"status": 400})
    assert refusal(lone_coach).kind is ErrorKind.REFUSED
    assert len(double.requests()) == 1


def test_openai_is_asked_strictly(openai: Vendor, double: Double) -> None:
    openai.answer(schema=GOAL, schema_name="goal")
    asked = double.requests()[-1]["body"]["response_format"]["json_schema"]
    assert (asked["name"], asked["strict"]) == ("goal", True)
    assert asked["schema"]["required"] == ["title", "weeks", "why"]
    assert "minLength" not in asked["schema"]["properties"]["title"]


def test_anthropic_is_asked_by_a_tool(anthropic: Vendor, double: Double) -> None:
    anthropic.answer(schema=GOAL, schema_name="goal")
    body = double.requests()[-1]["body"]
    assert body["tool_choice"] == {"type": "tool", "name": "goal"}
    assert body["tools"][0]["input_schema"] == GOAL


def test_plain_json_is_taken_as_it_is() -> None:
    assert parsed('{"a": "```json x```"}') == {"a": "```json x```"}
