"""Interviews are open to anybody, up to a ceiling for all of them together."""

from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from tests.conftest import Caller
from tests.double.client import Double
from tests.interviews.conftest import begun, events, script, start, status
from tests.limits.conftest import Spender, written


def work_off(visitor: Caller) -> None:
    work(visitor.client.application, redis_store.blocking_client(signals.url), 50, burst=True)


def test_nobody_starts_one_over_the_ceiling(spender: Spender, double: Double) -> None:
    visitor = spender("", BUDGET_ANONYMOUS_DAY="0.0001 USD")
    script(double, usage=[1000, 1000])
    begun(visitor)
    work_off(visitor)
    refused = start(visitor)
    assert (refused.status_code, refused.json["code"]) == (429, "BUDGET_EXCEEDED")
    assert refused.json["error"] == "Budget exceeded" and int(refused.headers["Retry-After"]) >= 1
    assert len(double.requests()) == 1


def test_one_that_comes_to_the_ceiling_ends_there_and_says_why(spender: Spender, double: Double) -> None:
    visitor = spender("", BUDGET_ANONYMOUS="5 calls per day")
    script(double)
    interview = begun(visitor)
    work_off(visitor)
    assert (status(visitor, interview)["status"], len(double.requests())) == ("failed", 5)
    *said, last = events(visitor.get(f"/api/interviews/{interview}/stream"))
    assert len(said) == 5 and "budget" in last.data["message"]


def test_a_ceiling_is_no_matter_of_who_has_signed_in(spender: Spender, double: Double) -> None:
    visitor = spender("", BUDGET_ANONYMOUS="0 calls per day")
    assert start(visitor).status_code == 429
    assert spender("olivia").get("/api/v1/chat/prompts").status_code == 200
    written(visitor)
