"""The same request sent twice is one turn."""

import gevent

from tests.chat.conftest import ask, messages, stream
from tests.conftest import Caller
from tests.double.client import Double

KEY = {"Idempotency-Key": "a-key"}


def test_the_second_request_gets_the_first_answer(owner: Caller, double: Double) -> None:
    first, second = ask(owner, headers=KEY), ask(owner, headers=KEY)
    assert first.json["messageId"] == second.json["messageId"]
    assert first.json["response"] == second.json["response"]
    assert len(double.requests()) == 1


def test_twenty_at_once_spend_one_model_call(owner: Caller, double: Double) -> None:
    double.default(gap=0.05)
    asked = [gevent.spawn(ask, owner, headers=KEY) for _ in range(20)]
    answers = [greenlet.get() for greenlet in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["messageId"] for answer in answers}) == 1
    assert len(double.requests()) == 1


def test_a_stream_is_repeated_as_a_stream(owner: Caller) -> None:
    first, second = stream(owner, headers=KEY), stream(owner, headers=KEY)
    assert (first.text, first.last) == (second.text, second.last)
    assert len(messages(owner, first.start["sessionId"])) == 2


def test_the_same_key_with_another_body_is_422(owner: Caller) -> None:
    ask(owner, "One", headers=KEY)
    answer = ask(owner, "Two", headers=KEY)
    assert (answer.status_code, answer.json["error"]) == (422, "Unprocessable Entity")


def test_keys_are_their_users_own(owner: Caller, teammate: Caller) -> None:
    assert ask(owner, headers=KEY).json["sessionId"] != ask(teammate, headers=KEY).json["sessionId"]


def test_a_failed_turn_is_tried_again_without_a_second_question(owner: Caller, double: Double) -> None:
    double.script({"status": 400})
    assert ask(owner, "Only once", headers=KEY).status_code == 500
    answer = ask(owner, "Only once", headers=KEY)
    assert answer.status_code == 200
    assert [m["role"] for m in messages(owner, answer.json["sessionId"])] == ["user", "assistant"]


def test_a_repeated_request_does_not_count_twice(owner: Caller) -> None:
    ask(owner, headers=KEY)
    ask(owner, headers=KEY)
    assert ask(owner).headers["X-RateLimit-Remaining"] == "18"


def test_a_key_that_is_too_long_is_400(owner: Caller) -> None:
    assert ask(owner, headers={"Idempotency-Key": "k" * 256}).status_code == 400
