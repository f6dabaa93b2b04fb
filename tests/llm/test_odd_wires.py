"""Streams and refusals that are not quite what a wire promises: no answer is lost for that."""

import json
from typing import Any

import pytest

from app.llm.interfaces import Deadlines, ErrorKind, Finish, FinishReason, ToolCall, Usage
from tests.double.client import Double
from tests.llm.conftest import Coach, Vendor, text_of

ANSWER = "You have taken a first step."
DONE = "data: [DONE]\n\n"
CALL = {"id": "call_1", "type": "function", "function": {"name": "add_slide", "arguments": '{"title": "Go"}'}}


def event(value: Any) -> str:
    return f"data: {json.dumps(value)}\n\n"


def chunk(delta: Any = None, finish: Any = None, index: Any = 0, **more: Any) -> str:
    return event({"choices": [{"index": index, "delta": delta, "finish_reason": finish}], **more})


SAID = chunk({"content": "You have "}) + chunk({"content": "taken a first step."})
END = chunk({}, "stop")
WHOLE = {"choices": [{"message": {"content": ANSWER}, "finish_reason": "stop"}]}
ODD = {
    "no last line": SAID + END,
    "no end of the last line": (SAID + END).rstrip(),
    "no end of the last mark": SAID + DONE.rstrip(),
    "CR": (SAID + END + DONE).replace("\n", "\r"),
    "CRLF": (": hello\n\n" + SAID + END + DONE).replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + SAID + END + DONE,
    "names of events": SAID.replace("data:", "event: message\nid: 7\ndata:") + END + DONE,
    "two answers": SAID.replace("}\n", "}\n\n" + chunk({"content": "Other"}, index=1).rstrip() + "\n") + END + DONE,
    "texts as parts": chunk({"content": ["You have ", "taken a first step."]}) + END + DONE,
    "a part that is no list": chunk({"content": {"type": "text", "text": ANSWER}}) + END + DONE,
    "a text that lies deeper": chunk({"content": [{"type": "text", "text": {"value": ANSWER}}]}) + END + DONE,
    "a reason that is no text": SAID + chunk({}, 1) + DONE,
    "a call that nobody can read": chunk({"content": ANSWER, "tool_calls": {"index": 0}}) + END + DONE,
    "NaN": SAID.replace('"index": 0', '"index": 0, "logprobs": NaN') + END + DONE,
    "no number": SAID + END + event({"choices": [], "usage": {"prompt_tokens": "many"}}) + DONE,
    "nothing counted": SAID + END + event({"choices": [], "usage": []}) + DONE,
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_an_odd_stream_is_read(openai: Vendor, double: Double, raw: str) -> None:
    double.script({"raw": raw})
    assert text_of(openai.answer()) == ANSWER


@pytest.mark.parametrize(
    ("raw", "mime"),
    [(json.dumps(WHOLE, indent=1), "text/plain"), (f"\n\n {json.dumps(WHOLE)}", "text/event-stream"),
     (SAID + END + DONE, "application/json")],
)  # fmt: skip
def test_a_body_is_what_it_looks_like(openai: Vendor, double: Double, raw: str, mime: str) -> None:
    double.script({"raw": raw, "mime": mime})
    assert text_of(openai.answer()) == ANSWER


def test_a_body_may_be_compressed_though_nobody_asked(openai: Vendor, double: Double) -> None:
    double.script({"raw": SAID + END + DONE, "zipped": True})
    assert text_of(openai.answer()) == ANSWER


def test_what_was_not_counted_is_estimated(openai: Vendor, double: Double) -> None:
    double.script({"raw": SAID + END + event({"choices": [], "usage": {"prompt_tokens": None}}) + DONE})
    [usage] = [one for one in openai.answer() if isinstance(one, Usage)]
    assert usage.estimated and usage.output_tokens


@pytest.mark.parametrize(("word", "reason"), [("MAX_TOKENS", FinishReason.LENGTH), ("eos", FinishReason.STOP)])
def test_reasons_have_other_names(openai: Vendor, double: Double, word: str, reason: FinishReason) -> None:
    double.script({"raw": SAID + chunk({}, word) + DONE})
    finish = openai.answer()[-1]
    assert isinstance(finish, Finish) and finish.reason is reason


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (SAID + chunk({}, "error") + DONE, ErrorKind.CUT),
        (SAID + event({"object": "error", "message": "boom", "code": 500}) + DONE, ErrorKind.OVERLOADED),
        (event([{"error": {"code": 503, "message": "overloaded"}}]), ErrorKind.OVERLOADED),
        (SAID + SAID[:30], ErrorKind.CUT),
        ("<html>oops</html>", ErrorKind.CUT),
    ],
)
def test_what_is_no_end_is_none(openai: Vendor, double: Double, raw: str, kind: ErrorKind) -> None:
    double.script({"raw": raw})
    assert openai.failure().kind is kind


def block(begun: Any, *deltas: Any, index: Any = 0) -> list[Any]:
    """The events of a block of the messages wire."""
    said = [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
    stop = {"type": "content_block_stop", "index": index}
    return [{"type": "content_block_start", "index": index, "content_block": begun}, *said, stop]


def message(*events: Any, reason: str = "end_turn", usage: Any = None) -> str:
    """A message without the last event, which says nothing new."""
    start = {"type": "message_start", "message": {"usage": usage}}
    end = {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage}
    return "".join(map(event, (start, *events, end)))


TEXT = {"type": "text_delta", "text": ANSWER}


@pytest.mark.parametrize(
    "raw",
    [
        message(*block({"type": "text"}, TEXT)), message(*block({"type": "text"}, TEXT, index="0")),
        message(*block({"type": "text"}, {"type": "text_delta", "text": 5}, TEXT)),
        message(*block({"type": "text"}, TEXT), usage=[]),
        message(*block({"type": "text"}, TEXT), usage={"input_tokens": "5", "output_tokens": 7.5}),
    ],
)  # fmt: skip
def test_an_odd_message_is_read(anthropic: Vendor, double: Double, raw: str) -> None:
    double.script({"raw": raw})
    assert text_of(anthropic.answer()) == ANSWER


def test_an_answer_in_a_tool_may_come_with_the_beginning_of_its_block(anthropic: Vendor, double: Double) -> None:
    whole = {"type": "tool_use", "id": "1", "name": "answer", "input": {"plan": "Walk"}}
    double.script({"raw": message(*block(whole), reason="tool_use")})
    assert text_of(anthropic.answer(schema={"type": "object"})) == '{"plan":"Walk"}'


@pytest.mark.parametrize("more", [{"id": "1"}, {}])
def test_each_call_of_a_message_has_an_id_of_its_own(anthropic: Vendor, double: Double, more: Any) -> None:
    used = {"type": "tool_use", "name": "add_slide", **more}
    double.script({"raw": message(*block(used), *block(used, index=1), reason="tool_use")})
    one, two = (event.id for event in anthropic.answer() if isinstance(event, ToolCall))
    assert one and two and one != two


def test_a_broken_call_costs_no_message_that_has_begun(anthropic: Vendor, double: Double) -> None:
    broken = {"type": "input_json_delta", "partial_json": '{"title": "G'}
    used = block({"type": "tool_use", "id": "1", "name": "add_slide"}, broken, index=1)
    double.script({"raw": message(*block({"type": "text"}, TEXT), *used, reason="tool_use")})
    assert [event.arguments for event in anthropic.answer() if isinstance(event, ToolCall)] == [{}]


def calls(vendor: Vendor, double: Double, *parts: Any, before: str = "") -> list[ToolCall]:
    said = chunk({"content": before}) if before else ""
    double.script({"raw": said + "".join(chunk({"tool_calls": [part]}) for part in parts) + END + DONE})
    return [one for one in vendor.answer() if isinstance(one, ToolCall)]


@pytest.mark.parametrize(
    "parts",
    [
        [{**CALL, "index": 0}, {**CALL, "index": 1}],
        [CALL, CALL],
        [{"function": CALL["function"]}, {"function": CALL["function"]}],
    ],
)
def test_each_call_has_an_id_of_its_own(openai: Vendor, double: Double, parts: list[Any]) -> None:
    one, two = calls(openai, double, *parts)
    assert one.id != two.id and one.arguments == two.arguments == {"title": "Go"}


def test_a_name_that_is_repeated_is_one_name(openai: Vendor, double: Double) -> None:
    written = ('{"title"', ': "Go"}')
    parts = [{"index": 0, "id": "c", "function": {"name": "add_slide", "arguments": part}} for part in written]
    [call] = calls(openai, double, *parts)
    assert (call.name, call.arguments) == ("add_slide", {"title": "Go"})


WRITTEN = ['```json\n{"title": "Go"}\n```', json.dumps('{"title": "Go"}'), "{'title': 'Go',}"]


@pytest.mark.parametrize("written", WRITTEN)
def test_arguments_are_read_as_any_json(vendor: Vendor, double: Double, written: str) -> None:
    double.script({"text": "", "tool_calls": [{"id": "c", "name": "add_slide", "arguments": written}]})
    [call] = [one for one in vendor.answer() if isinstance(one, ToolCall)]
    assert call.arguments == {"title": "Go"}


def test_a_broken_call_costs_no_answer_that_has_begun(openai: Vendor, double: Double) -> None:
    broken = {**CALL, "function": {"name": "add_slide", "arguments": '{"title": "G'}}
    [call] = calls(openai, double, broken, before="Let me see.")
    assert call.arguments == {}


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 301, "raw": " "}, {"status": 405, "raw": "Method Not Allowed"}, {"status": 426, "raw": " "},
        {"status": 451, "raw": "Unavailable"}, {"status": 400, "raw": "<html>Sent to an HTTPS port</html>"},
        {"status": 400, "body": {"error": {"message": "User location is not supported for the API use."}}},
    ],
)  # fmt: skip
def test_where_something_else_answers_the_next_model_is_asked(
    coach: Coach, double: Double, second: Double, fault: dict[str, Any]
) -> None:
    double.default(**{"mime": "text/html"} | fault)
    assert (coach.says(), coach.models.choices[0].fault is not None) == (ANSWER, True)


def test_white_space_alone_is_no_sign_of_work(openai: Vendor, double: Double) -> None:
    double.script({"raw": "\n\n", "framing": "close"})
    assert openai.failure(Deadlines(first=1)).kind is ErrorKind.CUT
