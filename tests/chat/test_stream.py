"""POST /chat/message/stream: the order of events, and what may go wrong."""

import json

import pytest
from flask import Flask

from tests import sse
from tests.chat.conftest import ask, messages, stream
from tests.conftest import Caller, sign_in
from tests.double.client import Double

DECLINED = "The AI service declined to answer this"


def test_is_one_start_contents_and_one_end(owner: Caller, double: Double) -> None:
    double.script({"text": ["Based on", " your journal", " entries"]})
    events = stream(owner, "Tell me about my progress this week")
    assert events.types == ["start", "content", "content", "content", "end"]
    assert events.text == "Based on your journal entries"
    assert events.start["sessionId"].startswith("session_")
    assert events.last["messageId"].startswith("msg_")


def test_start_comes_with_the_stored_message_and_the_usage(owner: Caller) -> None:
    events = stream(owner, "Hello")
    assert events.start["userMessage"]["content"] == "Hello"
    assert events.start["usageInfo"]["remaining"] == 19


def test_the_stored_answer_is_what_was_streamed(owner: Caller, double: Double) -> None:
    double.script({"text": ["Üben ", "hilft. ", "加油", " 💪🏽"]})
    events = stream(owner)
    answer = messages(owner, events.start["sessionId"])[-1]
    assert answer["content"] == events.text == "Üben hilft. 加油 💪🏽"
    assert answer["id"] == events.last["messageId"] == events.last["assistantMessage"]["id"]


def test_headers_keep_proxies_from_buffering(owner: Caller) -> None:
    response = owner.post("/api/v1/chat/message/stream", json={"message": "Hello"})
    assert response.mimetype == "text/event-stream"
    assert response.headers["X-Accel-Buffering"] == "no"
    assert response.headers["Cache-Control"] == "no-cache"


def test_every_event_is_an_id_line_and_a_data_line(owner: Caller) -> None:
    body = owner.post("/api/v1/chat/message/stream", json={"message": "Hello"}).data.decode()
    blocks = body.removesuffix("\n\n").split("\n\n")
    assert all(len(block.split("\n")) == 2 for block in blocks)
    assert all(block.startswith("id: turn_") and "\ndata: {" in block for block in blocks)


def test_no_event_is_larger_than_16_kib(owner: Caller, double: Double) -> None:
    text = "\u4f60\U0001f600" * 20_000
    double.script({"text": [text]})
    body = owner.post("/api/v1/chat/message/stream", json={"message": "\U0001f600" * 9_000}).data
    assert max(len(block) for block in body.split(b"\n\n")) <= 16 * 1024
    assert "".join(event.data.get("content", "") for event in sse.parse(body)) == text


def test_the_contracts_javascript_finds_only_json_after_data(owner: Caller) -> None:
    body = owner.post("/api/v1/chat/message/stream", json={"message": "Tell me about my progress"}).data.decode()
    parsed = [json.loads(line[6:]) for line in body.split("\n") if line.startswith("data: ")]
    assert {item["type"] for item in parsed} == {"start", "content", "end"}


def test_what_is_known_before_the_first_byte_is_a_status(owner: Caller, anonymous: Caller) -> None:
    assert stream(anonymous).status == 401
    assert stream(owner, "").status == 400
    assert stream(owner, sessionId="session_unknown").status == 404


def test_a_model_that_fails_ends_the_stream_with_an_error(owner: Caller, double: Double) -> None:
    double.default(status=500)
    events = stream(owner, "Keep this")
    assert events.types == ["start", "error"]
    assert events.last["message"] == "AI service temporarily unavailable"
    assert [m["content"] for m in messages(owner, events.start["sessionId"])] == ["Keep this"]


def test_a_model_that_is_cut_half_way_keeps_what_it_said(owner: Caller, double: Double) -> None:
    double.script({"text": ["You ", "have ", "begun"], "cut": 2})
    events = stream(owner)
    assert events.types == ["start", "content", "content", "error"]
    answer = messages(owner, events.start["sessionId"])[-1]
    assert (answer["content"], answer["status"]) == ("You have ", "partial")
    assert answer["id"] == events.last["messageId"]


@pytest.mark.parametrize("said", [[], ["\n", " "]])
def test_an_answer_without_a_word_is_a_failure(owner: Caller, double: Double, said: list[str]) -> None:
    double.default(text=said)
    assert stream(owner).last["message"] == "AI service temporarily unavailable"
    answer = ask(owner)
    assert (answer.status_code, answer.json["message"]) == (500, "AI service temporarily unavailable")
    assert answer.headers["X-RateLimit-Remaining"] == "20"


def test_what_the_vendor_filters_is_said_to_be_final(owner: Caller, double: Double) -> None:
    double.script({"status": 400, "code": "content_filter"}, {"finish": "filtered"})
    last = stream(owner).last
    assert (last["message"], last["code"], last["retryable"]) == (DECLINED, "CONTENT_FILTERED", False)
    answer = ask(owner)
    assert (answer.status_code, answer.json["message"], answer.json["code"]) == (422, DECLINED, "CONTENT_FILTERED")


def test_a_model_that_stalls_is_given_up(impatient_app: Flask, double: Double, clean: None) -> None:
    double.script({"text": ["You ", "have"], "hold": 1})
    assert stream(sign_in(impatient_app, "olivia", "acme")).types == ["start", "content", "error"]


def test_a_failed_turn_does_not_block_the_session(owner: Caller, double: Double) -> None:
    double.script({"status": 400})
    failed = stream(owner, "First")
    again = stream(owner, "Second", sessionId=failed.start["sessionId"])
    assert again.types[-1] == "end"
    roles = [message["role"] for message in double.requests()[-1]["body"]["messages"]]
    assert roles == ["system", "user"], "two questions in a row reach the model as one message"


def test_the_vendors_words_never_reach_the_client(owner: Caller, double: Double) -> None:
    double.script({"status": 400, "code": "secret_vendor_word"})
    assert "secret_vendor_word" not in json.dumps(stream(owner).items)
