"""What every provider does alike. A new provider joins by a line in ``any_vendor``."""

import json

import jsonschema
import pytest

from app.llm.interfaces import ErrorKind, Finish, FinishReason, Message, TextDelta, Tool, ToolCall, Usage
from app.llm.offline import OfflineProvider
from tests.double.client import Double
from tests.llm.conftest import WIRES, Vendor, a_provider, text_of

GOAL = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "weeks": {"type": "integer"}},
    "required": ["title", "weeks"],
}
MARATHON = {"title": "Run a marathon", "weeks": 20}
NOTE = Tool("note", "Writes a note.", {"type": "object", "properties": {"text": {"type": "string"}}})
CALL = {"id": "call_1", "name": "note", "arguments": {"text": "Runs on Sundays"}}


@pytest.fixture(params=[*WIRES, "offline"])
def any_vendor(request: pytest.FixtureRequest, double: Double) -> Vendor:
    if request.param == "offline":
        return Vendor(OfflineProvider(), "offline-coach")
    return Vendor(a_provider(request.param, double))


def test_an_answer_is_text_then_usage_then_finish(any_vendor: Vendor) -> None:
    *text, usage, finish = any_vendor.answer()
    assert text and all(isinstance(event, TextDelta) and event.text for event in text)
    assert isinstance(usage, Usage) and usage.input_tokens > 0 and usage.output_tokens > 0
    assert finish == Finish(FinishReason.STOP, any_vendor.provider.name, any_vendor.model)


def test_an_answer_can_be_left_at_any_time(any_vendor: Vendor) -> None:
    stream = any_vendor.stream()
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert list(stream) == []


def test_an_answer_follows_its_schema(any_vendor: Vendor, double: Double) -> None:
    double.script({"json": MARATHON})
    *_, finish = events = any_vendor.answer(schema=GOAL)
    jsonschema.validate(json.loads(text_of(events)), GOAL)
    assert isinstance(finish, Finish) and finish.reason is FinishReason.STOP


def test_answers_do_not_mix(any_vendor: Vendor) -> None:
    left, right = any_vendor.stream(), any_vendor.stream()
    pairs = list(zip(left, right, strict=True))
    assert all(ours == theirs for ours, theirs in pairs)


def test_text_comes_as_it_was_sent(vendor: Vendor, double: Double) -> None:
    double.script({"text": ["Grüß ", "dich, ", "今日は ", "🏃‍♀️\n\n", "data: x"]})
    assert text_of(vendor.answer()) == "Grüß dich, 今日は 🏃‍♀️\n\ndata: x"


def test_text_comes_when_it_was_sent(vendor: Vendor, double: Double) -> None:
    double.script({"text": ["one", "two"], "gap": 5})
    assert next(vendor.stream()) == TextDelta("one")


def test_closing_hangs_up_on_the_vendor(vendor: Vendor, double: Double) -> None:
    double.script({"text": ["word "] * 100, "gap": 0.02})
    stream = vendor.stream()
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert double.disconnected()


def test_the_vendors_count_of_tokens_is_passed_on(vendor: Vendor, double: Double) -> None:
    double.script({"usage": [321, 45]})
    assert Usage(321, 45) in vendor.answer()


def test_tokens_are_estimated_when_the_vendor_counts_none(vendor: Vendor, double: Double) -> None:
    double.script({"text": "a" * 400, "usage": None})
    usage = vendor.answer()[-2]
    assert isinstance(usage, Usage) and usage.estimated and usage.output_tokens == 100


def test_a_tool_call_is_put_together(vendor: Vendor, double: Double) -> None:
    double.script({"tool_calls": [CALL, {**CALL, "id": "call_2", "arguments": {}}]})
    one, two, _, finish = vendor.answer(tools=(NOTE,))
    assert one == ToolCall("call_1", "note", {"text": "Runs on Sundays"})
    assert two == ToolCall("call_2", "note", {})
    assert isinstance(finish, Finish) and finish.reason is FinishReason.TOOL


def test_a_tool_call_that_the_length_limit_cut_is_none(vendor: Vendor, double: Double) -> None:
    double.script({"tool_calls": [{**CALL, "arguments": '{"text": "Ru'}], "finish": "length"})
    _, finish = vendor.answer(tools=(NOTE,))
    assert isinstance(finish, Finish) and finish.reason is FinishReason.LENGTH


def test_broken_arguments_of_a_tool_are_junk(vendor: Vendor, double: Double) -> None:
    double.script({"tool_calls": [{**CALL, "arguments": '{"text": "Ru'}]})
    assert vendor.failure(tools=(NOTE,)).kind is ErrorKind.JUNK


def test_text_before_a_tool_call_is_kept(vendor: Vendor, double: Double) -> None:
    double.script({"text": "Noted.", "tool_calls": [CALL]})
    assert [type(event) for event in vendor.answer(tools=(NOTE,))] == [TextDelta, ToolCall, Usage, Finish]


def test_a_tools_result_is_sent_back(vendor: Vendor, double: Double) -> None:
    call = ToolCall("call_1", "note", {"text": "Runs"})
    turns = (Message("user", "Note it."), Message("assistant", "", (call,)), Message("tool", "done", (), "call_1"))
    vendor.answer(messages=turns, tools=(NOTE,))
    sent = json.dumps(double.requests()[-1]["body"])
    assert sent.count("call_1") == 2 and "done" in sent


def test_the_length_limit_is_reported(vendor: Vendor, double: Double) -> None:
    double.script({"finish": "length"})
    assert vendor.answer()[-1] == Finish(FinishReason.LENGTH, vendor.provider.name, vendor.model)


def test_an_empty_answer_is_an_answer(vendor: Vendor, double: Double) -> None:
    double.script({"text": []})
    assert [type(event) for event in vendor.answer()] == [Usage, Finish]


def test_comments_and_blank_lines_mean_nothing(vendor: Vendor, double: Double) -> None:
    double.script({"comments": True})
    assert text_of(vendor.answer()) == "You have taken a first step."


def test_system_prompt_limit_and_temperature_are_sent(vendor: Vendor, double: Double) -> None:
    vendor.answer(system="Be kind.", max_tokens=77, temperature=0.5)
    body = double.requests()[-1]["body"]
    assert "Be kind." in json.dumps(body)
    assert body["max_tokens"] == 77 and body["temperature"] == 0.5 and body["stream"] is True
