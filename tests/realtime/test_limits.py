"""A conversation has so many turns in a while, however many connections it has; a key has its budget."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.double.client import Double
from tests.gunicorn import Web
from tests.realtime.conftest import Machine, Talk

Open = Callable[[], Talk]


@pytest.fixture(scope="module")
def strict_web(environ: dict[str, str], app: Flask) -> Iterator[Web]:
    running = Web(environ | {"RATE_LIMIT_TURNS": "3 per hour", "BUDGET_KEY": "5 calls per day"})
    running.await_ready()
    yield running
    running.stop()


@pytest.fixture
def talks(strict_web: Web, machine: Machine, agent: Any, session: Any, double: Double) -> Iterator[Open]:
    double.default(text="One step. Then another.")
    opened: list[Talk] = []

    def open_one() -> Talk:
        opened.append(Talk(strict_web, machine.key, agent["bot_id"]))
        opened[-1].until("connected")
        return opened[-1]

    yield open_one
    for talk in opened:
        talk.socket.close()


def ask(talk: Talk, number: int) -> list[Any]:
    talk.say("text_query", text=f"Question {number}", muteAudio=True)
    return talk.until("response_ended")


def test_a_flood_asks_no_model(talks: Open, double: Double) -> None:
    talk = talks()
    for number in range(3):
        ask(talk, number)
    for number in range(15):
        talk.say("text_query", text=f"Flood {number}", muteAudio=True)
    refused = [talk.hear() for _ in range(15)]
    assert {frame["type"] for frame in refused} == {"error"}
    assert {(frame["code"], frame["retryable"]) for frame in refused} == {("RATE_LIMIT_EXCEEDED", True)}
    assert all(1 <= frame["retry_after"] <= 3601 for frame in refused)
    assert len(double.requests()) == 3


def test_somebody_in_a_crisis_is_answered_all_the_same(talks: Open, double: Double) -> None:
    talk = talks()
    for number in range(3):
        ask(talk, number)
    talk.say("text_query", text="I am going to kill myself tonight", muteAudio=True)
    assert "safety" in [event["type"] for event in talk.until("response_ended")]
    talk.say("text_query", text="Sometimes I wish I was dead", muteAudio=True)
    assert talk.hear()["safety"]["level"] == "concern"


def test_connections_of_a_conversation_share_its_rate(talks: Open, double: Double) -> None:
    for number in range(3):
        ask(talks(), number)
    fourth = talks()
    fourth.say("audio_query", audio="UklGRg==", format="wav")
    assert fourth.hear()["code"] == "RATE_LIMIT_EXCEEDED"
    assert len(double.requests()) == 3


def test_what_runs_is_not_stopped_by_a_refused_turn(talks: Open, double: Double) -> None:
    talk = talks()
    for number in range(2):
        ask(talk, number)
    double.script({"text": ["Slowly ", "does it."], "hold": 1})
    talk.say("text_query", text="The third", muteAudio=True)
    talk.until("text_token")
    talk.say("text_query", text="The fourth", muteAudio=True)
    talk.until("error")
    double.release()
    assert [event for event in talk.until("response_ended") if event["type"] == "response_done"]


def test_a_turn_over_the_budget_ends_with_an_error(
    talks: Open, strict_web: Web, double: Double, machine: Machine
) -> None:
    double.default(tool_calls=[{"id": "1", "name": "unheard_of", "arguments": {}}], text="Hm. ")
    heard = ask(talks(), 1)  # a call for each round of tools
    assert "error" not in [event["type"] for event in heard] and len(double.requests()) == 4
    [failure] = [event for event in ask(talks(), 2) if event["type"] == "error"]
    assert (failure["code"], failure["retryable"]) == ("BUDGET_EXCEEDED", True) and failure["retry_after"] >= 1
    assert len(double.requests()) == 5
