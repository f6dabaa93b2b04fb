"""Twenty messages a minute, counted for accepted work only."""

import time

import gevent

from tests.chat.conftest import ask, stream
from tests.conftest import Caller
from tests.double.client import Double


def test_headers_count_down(owner: Caller) -> None:
    answer = ask(owner)
    assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]) == ("20", "19")
    assert 0 < int(answer.headers["X-RateLimit-Reset"]) - time.time() <= 61


def test_the_twenty_first_is_429(owner: Caller) -> None:
    gevent.joinall([gevent.spawn(ask, owner, f"Nr {n}") for n in range(20)])
    refused = ask(owner)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.json["error"] == "Too Many Requests"
    assert refused.json["usageInfo"]["allowed"] is False


def test_a_burst_never_gets_more_than_the_limit(owner: Caller) -> None:
    asked = [gevent.spawn(ask, owner, f"Nr {n}") for n in range(40)]
    statuses = [greenlet.get().status_code for greenlet in asked]
    assert (statuses.count(200), statuses.count(429)) == (20, 20)


def test_a_stream_is_refused_as_a_status_not_as_an_event(owner: Caller) -> None:
    gevent.joinall([gevent.spawn(ask, owner, f"Nr {n}") for n in range(20)])
    assert stream(owner).status == 429


def test_refused_requests_do_not_count(owner: Caller) -> None:
    for _ in range(25):
        assert ask(owner, "").status_code == 400
        assert ask(owner, sessionId="session_unknown").status_code == 404
    assert ask(owner).headers["X-RateLimit-Remaining"] == "19"


def test_a_failed_model_call_gives_the_unit_back(owner: Caller, double: Double) -> None:
    double.script({"status": 400}, {"status": 400})
    assert ask(owner).status_code == 500
    assert stream(owner).types[-1] == "error"
    assert ask(owner).headers["X-RateLimit-Remaining"] == "19"


def test_users_do_not_share_a_limit(owner: Caller, teammate: Caller) -> None:
    ask(owner)
    assert ask(teammate).headers["X-RateLimit-Remaining"] == "19"


def test_the_last_units_come_with_a_warning(owner: Caller) -> None:
    gevent.joinall([gevent.spawn(ask, owner, f"Nr {n}") for n in range(17)])
    assert "2 of 20" in ask(owner).json["usageInfo"]["warning"]


def test_session_management_has_a_limit_of_its_own(owner: Caller) -> None:
    assert owner.get("/api/v1/chat/sessions").headers["X-RateLimit-Limit"] == "100"


def test_reading_stored_weeks_is_not_counted(owner: Caller) -> None:
    weeks, sessions = "/api/v1/chat/weekly-insights", "/api/v1/chat/sessions"
    first = owner.get(sessions).headers["X-RateLimit-Remaining"]
    for place in ("current", "history", "insight_x"):
        assert "X-RateLimit-Remaining" not in owner.get(f"{weeks}/{place}").headers
    assert int(owner.get(sessions).headers["X-RateLimit-Remaining"]) == int(first) - 1
