"""Retries of a model and failover to the next: only where they help, and never once text has left."""

from dataclasses import replace

import pytest

from app.llm import registry
from app.llm.breaker import Breaker, State
from app.llm.choice import Choice
from app.llm.interfaces import Deadlines, ErrorKind, Finish, FinishReason, ProviderError, TextDelta
from app.llm.openai import OpenAIProvider
from app.llm.registry import Models
from tests.double.client import Double
from tests.llm.conftest import BRISK, Coach, a_choice, a_coach, a_provider, a_request

ANSWER = "You have taken a first step."
DOWN = {"status": 500}


def calls(double: Double) -> int:
    return len(double.requests())


def test_the_first_model_answers(coach: Coach, double: Double, second: Double) -> None:
    finish = coach.models.complete(a_request()).finish
    assert finish == Finish(FinishReason.STOP, "openai", "coach-1")
    assert (calls(double), calls(second)) == (1, 0)


@pytest.mark.parametrize("fault", [DOWN, {"status": 529}, {"status": 429}, {"cut": 0}, {"junk": 0}])
def test_a_passing_fault_is_retried(coach: Coach, double: Double, second: Double, fault: dict[str, object]) -> None:
    double.script(fault, fault)
    assert coach.says() == ANSWER
    assert (calls(double), calls(second)) == (3, 0)


def test_retry_after_is_honoured(coach: Coach, double: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(registry, "pause", pauses.append)
    double.script({"status": 429, "retry_after": "1"})
    assert coach.says() == ANSWER
    assert pauses == [1.0]
    assert [record.outcome for record in coach.records] == ["ok"]


@pytest.mark.parametrize("after", ["11", "3600"])
def test_a_long_retry_after_is_left_to_the_next_model(coach: Coach, double: Double, second: Double, after: str) -> None:
    double.script({"status": 429, "retry_after": after})
    assert coach.models.complete(a_request()).finish.model == "coach-2"
    assert (calls(double), calls(second)) == (1, 1)


def test_a_retry_after_beyond_the_deadline_is_an_error(lone_coach: Coach, double: Double) -> None:
    double.script({"status": 429, "retry_after": "5"})
    error = lone_coach.fails()
    assert (error.kind, error.retry_after, calls(double)) == (ErrorKind.RATE_LIMIT, 5, 1)


@pytest.mark.parametrize("fault", [DOWN, {"status": 529}, {"error": "overloaded_error"}, {"silence": "all"}])
def test_the_next_model_takes_over(coach: Coach, double: Double, fault: dict[str, object]) -> None:
    double.default(**fault)
    answer = coach.models.complete(a_request())
    assert (answer.text, answer.finish.provider, answer.finish.model) == (ANSWER, "anthropic", "coach-2")


def test_an_unreachable_vendor_is_left_at_once(second: Double) -> None:
    nobody = Choice(OpenAIProvider("key", "http://127.0.0.1:9/v1"), "coach-1")
    coach = a_coach(nobody, a_choice("anthropic", second, "coach-2"))
    assert coach.says() == ANSWER
    assert coach.records[0].outcome == "ok"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 400}, ErrorKind.REFUSED),
        ({"status": 400, "code": "content_filter"}, ErrorKind.FILTERED),
        ({"finish": "filtered"}, ErrorKind.FILTERED),
    ],
)
def test_what_no_one_can_help_is_said_at_once(
    coach: Coach, double: Double, second: Double, fault: dict[str, object], kind: ErrorKind
) -> None:
    double.script(fault)
    assert coach.fails().kind is kind
    assert (calls(double), calls(second)) == (1, 0)


def test_nothing_is_retried_once_text_has_left(coach: Coach, double: Double, second: Double) -> None:
    double.script({"cut": 2})
    seen = []
    with pytest.raises(ProviderError, match="cut"):
        for event in coach.models.stream(a_request()):
            seen.append(event)
    assert seen == [TextDelta("You "), TextDelta("have ")]
    assert (calls(double), calls(second)) == (1, 0)


def test_when_all_are_down_the_last_error_is_raised(coach: Coach, double: Double, second: Double) -> None:
    double.default(**DOWN)
    second.default(status=529)
    error = coach.fails()
    assert (error.kind, error.provider, calls(double), calls(second)) == (ErrorKind.OVERLOADED, "anthropic", 3, 3)


def test_all_tries_together_keep_the_deadline(double: Double, second: Double) -> None:
    double.default(silence="all")
    second.default(silence="all")
    choices = a_choice("openai", double, "coach-1"), a_choice("anthropic", second, "coach-2")
    coach = a_coach(*choices, deadlines=replace(BRISK, total=0.6))
    assert coach.fails().kind is ErrorKind.TIMEOUT
    assert coach.records[0].attempts == 2


def breaking(double: Double, second: Double, rest: float) -> Coach:
    first = Choice(a_provider("openai", double), "coach-1", Breaker(rest=rest))
    return a_coach(first, a_choice("anthropic", second, "coach-2"))


def test_a_failing_model_is_left_alone(double: Double, second: Double) -> None:
    coach = breaking(double, second, rest=30)
    double.default(**DOWN)
    assert [coach.says() for _ in range(4)] == [ANSWER] * 4
    assert (calls(double), calls(second)) == (5, 4)


def test_a_rested_model_gets_one_probe(double: Double, second: Double) -> None:
    coach = breaking(double, second, rest=30)
    double.default(**DOWN)
    for _ in range(3):
        coach.says()
    coach.models.choices[0].breaker.opened_at -= 30  # it has rested
    coach.says(), coach.says()
    assert calls(double) == 6


def test_a_model_that_is_well_again_is_first_again(double: Double, second: Double) -> None:
    coach = breaking(double, second, rest=30)
    double.script(*[DOWN] * 5)
    for _ in range(2):
        coach.says()
    coach.models.choices[0].breaker.opened_at -= 30  # it has rested
    assert coach.models.complete(a_request()).finish.model == "coach-1"
    assert coach.models.choices[0].breaker.state is State.CLOSED


def test_if_all_rest_the_longest_resting_is_tried(lone_coach: Coach, double: Double) -> None:
    double.script(*[DOWN] * 5)
    lone_coach.fails(), lone_coach.fails()
    assert lone_coach.says() == ANSWER


def test_cuts_in_mid_answer_count_as_failures(lone_coach: Coach, double: Double) -> None:
    double.default(cut=2)
    for _ in range(5):
        lone_coach.fails()
    assert lone_coach.models.choices[0].breaker.state is State.OPEN


def test_a_probe_that_is_left_early_decides_nothing() -> None:
    breaker = Breaker(failures=1, rest=0)
    breaker.failed()
    assert breaker.admits() and not breaker.admits()
    breaker.abandoned()
    assert breaker.admits()


def test_models_need_a_choice() -> None:
    with pytest.raises(ValueError, match="at least one model"):
        Models([], Deadlines(), print)
