"""What a model takes is learned from what it refuses, once per model, and remembered."""

from typing import Any

import pytest

from app.llm.choice import Reasoning
from app.llm.interfaces import ErrorKind, FinishReason, Tool
from app.llm.registry import Models
from app.llm.structured import structured
from tests.double.client import Double
from tests.llm.conftest import BRISK, Coach, a_choice, a_coach, a_request

ANSWER = "You have taken a first step."
PLAN = {
    "type": "object",
    "properties": {"plan": {"type": "string"}},
    "required": ["plan"],
    "additionalProperties": False,
}
SLIDE = Tool("add_slide", "Adds a slide", {"type": "object", "properties": {}})


def bodies(double: Double) -> list[dict[str, Any]]:
    return [request["body"] for request in double.requests()]


def error(message: str, **fields: Any) -> dict[str, Any]:
    """The body of a refusal in the commonest form."""
    return {"status": 400, "body": {"error": {"message": message, "type": "invalid_request_error", **fields}}}


def test_a_limit_by_the_wrong_name_is_renamed_once(lone_coach: Coach, double: Double) -> None:
    double.default(refuses=["max_tokens"])
    assert [lone_coach.says(max_tokens=50), lone_coach.says(max_tokens=60)] == [ANSWER, ANSWER]
    assert [body.get("max_completion_tokens") for body in bodies(double)] == [None, 50, 60]
    assert lone_coach.records[0].attempts == 2


def test_a_limit_that_no_name_fits_is_left_out(lone_coach: Coach, double: Double) -> None:
    double.default(refuses=["max_tokens", "max_completion_tokens"])
    assert lone_coach.says() == ANSWER
    assert not {"max_tokens", "max_completion_tokens"} & bodies(double)[-1].keys()


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
def test_a_limit_that_is_too_high_is_lowered(double: Double, wire: str) -> None:
    coach = a_coach(a_choice(wire, double, "coach-1"))
    double.script(error("max_tokens: 4000 > 512, which is the maximum allowed number of output tokens"))
    assert coach.says(max_tokens=4000) == ANSWER
    assert bodies(double)[-1]["max_tokens"] == 512


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
def test_a_temperature_that_is_refused_is_left_out(double: Double, wire: str) -> None:
    coach = a_coach(a_choice(wire, double, "coach-1"))
    double.default(refuses=["temperature"])
    assert [coach.says(temperature=0.7), coach.says(temperature=0.7)] == [ANSWER, ANSWER]
    assert ["temperature" in body for body in bodies(double)] == [True, False, False]


def test_a_schema_is_told_in_words_in_the_end(lone_coach: Coach, double: Double) -> None:
    double.default(refuses=["response_format"], json={"plan": "Walk"})
    for _ in range(2):
        assert structured(lone_coach.models, a_request(system="Coach."), PLAN).value == {"plan": "Walk"}
    asked = bodies(double)
    kinds = [body.get("response_format", {}).get("type") for body in asked]
    assert kinds == ["json_schema", "json_object", None, None]
    assert '"plan"' in asked[-1]["messages"][0]["content"]


def test_only_the_schema_that_is_refused_is_told_in_words(lone_coach: Coach, double: Double) -> None:
    double.script(error("Invalid schema for response_format 'odd': In context=(), 'x' is not permitted"))
    double.default(json={"plan": "Walk"})
    for name in ("odd", "plain"):
        structured(lone_coach.models, a_request(schema_name=name), PLAN)
    assert [body["response_format"]["type"] for body in bodies(double)] == ["json_schema", "json_object", "json_schema"]


def test_a_tool_that_can_not_be_forced_is_left_to_words(double: Double) -> None:
    coach = a_coach(a_choice("anthropic", double, "coach-1"))
    double.default(refuses=["tool_choice"], json={"plan": "Walk"})
    assert structured(coach.models, a_request(), PLAN).value == {"plan": "Walk"}


@pytest.mark.parametrize(
    ("field", "asked"),
    [("stream_options", {}), ("reasoning_effort", {"effort": "low"}), ("tools", {"tools": (SLIDE,)})],
)
def test_what_else_a_model_does_not_take_is_left_out(
    lone_coach: Coach, double: Double, field: str, asked: dict[str, Any]
) -> None:
    double.default(refuses=[field])
    assert [lone_coach.says(**asked), lone_coach.says(**asked)] == [ANSWER, ANSWER]
    assert [field in body for body in bodies(double)] == [True, False, False]


def test_without_a_system_role_the_person_says_it(lone_coach: Coach, double: Double) -> None:
    double.script(error("Developer instruction is not enabled for this model"))
    assert lone_coach.says(system="Coach kindly.") == ANSWER
    assert [message["role"] for message in bodies(double)[-1]["messages"]] == ["user", "user"]


def test_a_model_that_does_not_stream_answers_whole(lone_coach: Coach, double: Double) -> None:
    double.script(error("Your organization must be verified to stream this model.", param="stream"))
    assert lone_coach.says() == ANSWER
    assert bodies(double)[-1]["stream"] is False


def test_several_refusals_are_learned_in_one_call(lone_coach: Coach, double: Double) -> None:
    double.default(refuses=["temperature", "max_tokens", "stream_options"])
    assert lone_coach.says(temperature=0.2) == ANSWER
    assert lone_coach.models.choices[0].breaker._failures == 0


def test_a_parameter_that_stays_refused_is_left_to_the_next_model(coach: Coach, double: Double, second: Double) -> None:
    double.default(**error("temperature is wrong", param="temperature"))
    assert coach.models.complete(a_request(temperature=0.5)).finish.model == "coach-2"


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404, "code": "model_not_found"},
        {"status": 404},
        {"status": 410},
        error("The model `coach-1` has been decommissioned and is no longer supported."),
        error("coach-1 is not a valid model ID"),
        {"status": 401},
        {"status": 402},
        {"status": 403},
        {"status": 429, "code": "insufficient_quota"},
        error("Your credit balance is too low to access the API."),
    ],
)
def test_a_broken_model_is_left_to_the_next_one_and_marked(
    coach: Coach, double: Double, second: Double, fault: dict[str, Any]
) -> None:
    double.default(**fault)
    assert [coach.models.complete(a_request()).finish.model for _ in range(2)] == ["coach-2", "coach-2"]
    assert len(double.requests()) == 1
    assert coach.models.choices[0].fault in (ErrorKind.MODEL, ErrorKind.ACCOUNT)
    assert [fault.model for fault in coach.records[0].faults] == ["coach-1"]


def test_a_mended_model_is_no_longer_marked(coach: Coach, double: Double) -> None:
    double.script({"status": 404})
    coach.says()
    coach.models.choices[0].breaker.opened_at -= 30  # it has rested
    assert coach.models.complete(a_request()).finish.model == "coach-1"
    assert coach.models.choices[0].fault is None


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (error("This model's maximum context length is 4096 tokens. You requested 9000."), ErrorKind.REFUSED),
        (error("Output blocked by content filtering policy"), ErrorKind.FILTERED),
        ({"status": 400}, ErrorKind.REFUSED),
    ],
)
def test_a_fault_of_the_request_is_nobody_elses(
    coach: Coach, double: Double, second: Double, fault: dict[str, Any], kind: ErrorKind
) -> None:
    double.default(**fault)
    assert (coach.fails().kind, len(second.requests())) == (kind, 0)


def test_an_answer_that_the_vendor_could_not_make_is_asked_for_again(lone_coach: Coach, double: Double) -> None:
    double.script({"status": 400, "code": "json_validate_failed"})
    assert lone_coach.says() == ANSWER


THOUGHTS = {"chunks": [{"reasoning_content": "Let me see."}], "finish": "length", "usage": [12, 300]}


@pytest.mark.parametrize("fault", [THOUGHTS, {"text": ""}, {"text": [" ", "\n"]}, {"text": "<think>Let me see"}])
def test_an_answer_without_words_gets_more_room_and_less_effort(
    lone_coach: Coach, double: Double, fault: dict[str, Any]
) -> None:
    double.script(fault)
    assert lone_coach.says(max_tokens=300) == ANSWER
    first, second = bodies(double)
    assert first["max_tokens"] == 300 < second["max_tokens"]
    assert ("reasoning_effort" not in first, second["reasoning_effort"]) == (True, "low")


def test_a_model_without_words_is_left_to_the_next_one(coach: Coach, double: Double, second: Double) -> None:
    double.default(**THOUGHTS)
    assert coach.models.complete(a_request()).finish.model == "coach-2"
    assert (len(double.requests()), len(second.requests())) == (2, 1)
    assert coach.records[0].output_tokens == 7 + 300 + 300


def test_if_no_model_finds_words_the_error_says_so(lone_coach: Coach, double: Double) -> None:
    double.default(text="")
    assert (lone_coach.fails().kind, len(double.requests())) == (ErrorKind.EMPTY, 2)


def test_the_limit_of_a_model_that_thinks_does_not_count_thoughts(double: Double) -> None:
    models = Models([a_choice("openai", double, "coach-1")], BRISK, lambda record: None, Reasoning(2000, "high"))
    double.default(chunks=[{"reasoning_content": "hm"}, {"content": "Go."}])
    for _ in range(2):
        assert models.complete(a_request(max_tokens=300)).text == "Go."
    assert [body["max_tokens"] for body in bodies(double)] == [300, 2300]
    assert {body["reasoning_effort"] for body in bodies(double)} == {"high"}


@pytest.mark.parametrize(
    ("deltas", "shown"),
    [
        (["<think>plan</think>Hello"], "Hello"),
        (["<thi", "nk>plan</think>Hello"], "Hello"),
        (list("<think>plan</think>\n\nHello"), "Hello"),
        (["<THINKING>a < b</", "thinking> Hello"], "Hello"),
        (["Hello <think>plan</think>you"], "Hello you"),
        (["plan</think>Hello"], "Hello"),
        (["[THINK]plan[/THINK]Hello"], "Hello"),
        (["◁thi", "nk▷plan◁/think▷Hello"], "Hello"),
        (["a <", "b> c"], "a <b> c"),
        (["1 <", " 2"], "1 < 2"),
        (["x <thi", "ef> y"], "x <thief> y"),
        (["ends with <"], "ends with <"),
        (["Write <think> in your notes"], "Write <think> in your notes"),
        (["Hel\x00lo", "\x00"], "Hello"),
    ],
)
def test_only_what_is_meant_to_be_read_is_shown(
    lone_coach: Coach, double: Double, deltas: list[str], shown: str
) -> None:
    double.script({"text": deltas})
    completion = lone_coach.models.complete(a_request())
    assert (completion.text, completion.finish.reason) == (shown, FinishReason.STOP)


def test_a_model_whose_thoughts_only_end_is_known_the_next_time(lone_coach: Coach, double: Double) -> None:
    double.default(text=["pl", "an</think>", "Hello"])
    assert [lone_coach.says(), lone_coach.says()] == ["plHello", "Hello"]


def test_such_a_model_may_also_answer_without_a_thought(lone_coach: Coach, double: Double) -> None:
    double.script({"text": ["plan</think>Hello"]}, {"text": ["Hello ", "you"]}, {"text": ["Hello"]})
    assert [lone_coach.says(), lone_coach.says(), lone_coach.says()] == ["Hello", "Hello you", "Hello"]
