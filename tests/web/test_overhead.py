"""``X-Coachhouse-Overhead-Ms``: our own time, on every answer."""

import time
from typing import Any

import pytest

from tests.chat.conftest import ask
from tests.conftest import Caller
from tests.double.client import Double

OVERHEAD = "X-Coachhouse-Overhead-Ms"
PATHS = ["/health", "/", "/nowhere", "/api/schema/", "/static/style.css", "/api/v1/goals", "/ai/topics", "/admin/usage"]


def overhead(answer: Any) -> float:
    return float(answer.headers[OVERHEAD])


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_it(owner: Caller, anonymous: Caller, path: str) -> None:
    for caller in (owner, anonymous):
        assert overhead(caller.get(path)) >= 0


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "PUT", "BREW"])
def test_whatever_is_asked(owner: Caller, method: str) -> None:
    assert overhead(owner.open(method, "/api/v1/goals")) >= 0


def test_a_models_time_is_not_in_it(owner: Caller, double: Double) -> None:
    double.script({"first": 0.3})
    began = time.perf_counter()
    answer = ask(owner)
    seconds = time.perf_counter() - began
    assert answer.status_code == 200 and 0 < overhead(answer) <= seconds * 1000 - 290


def test_a_streams_is_there_before_its_model_speaks(owner: Caller, double: Double) -> None:
    double.script({"first": 0.3})
    answer = owner.post("/api/v1/chat/message/stream", json={"message": "How am I doing?"})
    assert overhead(answer) >= 0 and answer.headers["X-Coachhouse-Trace"]
    assert b'"type":"end"' in answer.data


def test_browsers_elsewhere_may_read_it(owner: Caller) -> None:
    answer = owner.get("/api/v1/goals", headers={"Origin": "http://localhost:3000"})
    assert {OVERHEAD, "X-Coachhouse-Trace"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
