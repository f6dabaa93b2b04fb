"""What differs between those that speak the chat completions wire, and what some of them do to it."""

from typing import Any

import pytest

from app.llm.interfaces import Deadlines, Message, ToolCall
from app.llm.openai import OFFICIAL, OpenAIProvider
from tests.double.client import Double
from tests.llm.conftest import BRISK, Vendor, a_request, text_of

CALL = {
    "index": 0,
    "id": "call_1",
    "type": "function",
    "function": {"name": "add_slide", "arguments": '{"title": "Go"}'},
}


def limits(provider: OpenAIProvider) -> set[str]:
    body = provider._body("any-model", a_request(max_tokens=50))
    return {name for name, value in body.items() if value == 50}


def test_the_limit_goes_by_the_name_the_server_knows() -> None:
    assert limits(OpenAIProvider("key", OFFICIAL + "/")) == {"max_completion_tokens"}
    assert limits(OpenAIProvider("key", "http://localhost:8000/v1")) == {"max_tokens"}


def test_content_may_come_in_parts(openai: Vendor, double: Double) -> None:
    thought = {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]}
    double.script({"chunks": [thought, {"content": [{"type": "text", "text": "Go "}]}, {"content": "on."}]})
    assert text_of(openai.answer()) == "Go on."


def test_an_answer_may_come_whole(openai: Vendor, double: Double) -> None:
    double.script({"whole": True, "text": "All at once."})
    assert text_of(openai.answer()) == "All at once."


def test_half_an_emoji_is_left_out(openai: Vendor, double: Double) -> None:
    double.script({"chunks": [{"content": "Go \ud83d"}, {"content": "\ude00 on."}]})
    assert text_of(openai.answer()) == "Go  on."


def test_arguments_may_come_as_json(openai: Vendor, double: Double) -> None:
    function = {"name": "add_slide", "arguments": {"title": "Go"}}
    double.script({"chunks": [{"tool_calls": [{**CALL, "function": function}]}]})
    assert called(openai).arguments == {"title": "Go"}


def test_thinking_aloud_counts_as_life(openai: Vendor, double: Double) -> None:
    thoughts = [{"reasoning_content": "hm"}] * 10
    double.script({"chunks": [*thoughts, {"content": "Go."}], "gap": 0.15})
    assert text_of(openai.answer(Deadlines(first=0.5, between=0.5, total=10))) == "Go."


def test_comments_count_as_life(openai: Vendor, double: Double) -> None:
    double.script({"text": ["Go."], "queued": 10, "gap": 0.15})
    assert text_of(openai.answer(Deadlines(first=0.5, between=0.5, total=10))) == "Go."


def test_even_thoughts_end_with_the_whole_calls_limit(openai: Vendor, double: Double) -> None:
    double.script({"chunks": [{"reasoning_content": "hm"}] * 100, "gap": 0.15})
    assert openai.failure(Deadlines(first=0.5, between=0.5, total=1)).kind == "timeout"


@pytest.mark.parametrize(
    ("deltas", "kept"),
    [
        (
            [{"tool_calls": [{**CALL, "extra_content": {"google": {"thought_signature": "sig"}}}]}],
            {"extra_content": {"google": {"thought_signature": "sig"}}},
        ),
        ([{"tool_calls": [CALL]}, {"tool_calls": [{"index": 0, "signature": "late"}]}], {"signature": "late"}),
    ],
)
def test_what_a_vendor_adds_to_a_call_goes_back_with_it(
    openai: Vendor, double: Double, deltas: list[dict[str, Any]], kept: dict[str, Any]
) -> None:
    double.script({"chunks": deltas}, {})
    returned = sent_back(openai, double, called(openai))["tool_calls"][0]
    assert {name: returned[name] for name in kept} == kept


def test_extras_of_the_function_and_of_the_message_go_back_too(openai: Vendor, double: Double) -> None:
    function = {**CALL["function"], "strict": True}  # type: ignore[dict-item]
    double.script({"chunks": [{"reasoning_content": "hm"}, {"tool_calls": [{**CALL, "function": function}]}]}, {})
    message = sent_back(openai, double, called(openai))
    assert (message["reasoning_content"], message["tool_calls"][0]["function"]["strict"]) == ("hm", True)


def test_extras_go_to_no_other_vendor(openai: Vendor, double: Double) -> None:
    call = ToolCall("call_1", "add_slide", {}, {"gemini": {"call": {"signature": "sig"}}})
    assert "signature" not in sent_back(openai, double, call)["tool_calls"][0]


def called(vendor: Vendor) -> ToolCall:
    return next(event for event in vendor.answer(BRISK) if isinstance(event, ToolCall))


def sent_back(vendor: Vendor, double: Double, call: ToolCall) -> dict[str, Any]:
    """The assistant's message of the next request."""
    done = Message("assistant", "", (call,)), Message("tool", "done", tool_call_id=call.id)
    vendor.answer(messages=(Message("user", "Add a slide"), *done))
    message: dict[str, Any] = double.requests()[-1]["body"]["messages"][1]
    return message
