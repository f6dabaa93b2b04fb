"""An interview is stopped by who began it, or when nobody looks any more; how many there may be."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core.clock import now
from app.db.session import db as database
from app.interviews.models import Interview
from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.gunicorn import Web
from tests.interviews.conftest import SARAH, begun, events, heard, script, start, status, watch
from tests.waiting import until

Work = Callable[[], None]
STOPPED = {"type": "error", "error": "Interview stopped", "message": "Who began the interview has stopped it"}


def stop(caller: Caller, interview: Any) -> Any:
    return caller.post(f"/api/interviews/{interview['interviewId']}/stop", json={"stopToken": interview["stopToken"]})


def test_who_began_it_stops_it_before_a_word_is_said(visitor: Caller, double: Double, work_off: Work) -> None:
    interview = start(visitor).json
    answer = stop(visitor, interview)
    assert (answer.status_code, answer.json["status"], answer.json["stopped"]) == (200, "failed", True)
    work_off()
    assert double.requests() == []
    [last] = events(visitor.get(f"/api/interviews/{interview['interviewId']}/stream"))
    assert (last.event, last.data) == ("error", STOPPED)


def test_readers_are_told_and_nothing_is_said_afterwards(
    web: Web, visitor: Caller, double: Double, work_off: Work
) -> None:
    script(double, 11, first=0.1)
    interview = start(visitor).json
    watching = gevent.spawn(heard, watch(web, interview["interviewId"]))
    worker = gevent.spawn(work_off)
    until(lambda: status(visitor, interview["interviewId"])["messageCount"] > 1)
    said = stop(visitor, interview).json["messageCount"]
    frames, code = watching.get()
    assert (len(frames) - 1, frames[-1], code) == (said, STOPPED, 4500)
    worker.join()
    assert status(visitor, interview["interviewId"])["messageCount"] == said
    assert heard(watch(web, interview["interviewId"])) == (frames, 4500)


def test_nobody_else_stops_it(visitor: Caller) -> None:
    interview, other = start(visitor).json, start(visitor).json
    for token, refusal in ((other["stopToken"], 403), ("guess", 403), ("", 400)):
        answer = stop(visitor, interview | {"stopToken": token})
        assert answer.status_code == refusal and set(answer.json) == {"error", "message"}
    assert stop(visitor, interview | {"interviewId": "never"}).status_code == 404
    assert status(visitor, interview["interviewId"])["status"] == "in-progress"


def test_a_stopped_interview_stays_so(visitor: Caller) -> None:
    interview = start(visitor).json
    path = f"/api/interviews/{interview['interviewId']}"
    assert [stop(visitor, interview).status_code for _ in range(2)] == [200, 200]
    assert visitor.post(f"{path}/retry").json["error"] == "Interview not failed"
    assert visitor.get(f"{path}/insights").json["error"] == "Interview not completed"


def test_a_completed_interview_is_not_stopped(visitor: Caller, double: Double, work_off: Work) -> None:
    script(double, 11)
    interview = start(visitor).json
    work_off()
    answer = stop(visitor, interview)
    assert (answer.status_code, answer.json["error"]) == (400, "Interview not in progress")
    assert status(visitor, interview["interviewId"])["status"] == "completed"


def test_the_same_key_is_told_the_same_token_and_it_is_kept_as_a_hash(visitor: Caller) -> None:
    body: dict[str, Any] = {"json": {"persona": SARAH}, "headers": {"Idempotency-Key": "once"}}
    first, again = (visitor.post("/api/interviews/start", **body).json for _ in range(2))
    assert first == again
    with database.read() as session:
        row = session.scalars(select(Interview)).one()
    assert first["stopToken"] not in {row.stop_hash, row.stop_salt}
    assert stop(visitor, again).status_code == 200


def start_from(app: Flask, address: str, **headers: str) -> Any:
    origin = {"environ_base": {"REMOTE_ADDR": address}}
    return sign_in(app, "", "").post("/api/interviews/start", json={"persona": SARAH}, headers=headers, **origin)


def test_a_network_of_ipv6_is_one_client(make_app: Any, clean: None) -> None:
    app = make_app(RATE_LIMIT_INTERVIEWS="2 per hour")
    neighbours = ("2001:db8::1", "2001:db8::2", "2001:db8::3")
    assert [start_from(app, address).status_code for address in neighbours] == [201, 201, 429]
    assert start_from(app, "2001:db8:0:1::1").status_code == 201


def test_a_key_is_known_in_the_whole_network(quick_app: Flask, clean: None) -> None:
    key = {"Idempotency-Key": "mine"}
    ids = [start_from(quick_app, f"2001:db8:{net}", **key).json["interviewId"] for net in (":1", ":2", "1::1")]
    assert ids[0] == ids[1] != ids[2]


def test_starts_are_counted_over_all_addresses(make_app: Any, clean: None) -> None:
    app = make_app(RATE_LIMIT_INTERVIEWS_TOTAL="2 per hour")
    answers = [start_from(app, f"192.0.2.{number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2].headers["Retry-After"] and set(answers[2].json) == {"error", "message"}


def test_a_refused_start_costs_the_client_nothing(make_app: Any, clean: None) -> None:
    app = make_app(RATE_LIMIT_INTERVIEWS="1 per hour", RATE_LIMIT_INTERVIEWS_TOTAL="3 per hour", INTERVIEWS_AT_ONCE="1")
    interview = start_from(app, "192.0.2.1").json
    assert [start_from(app, "192.0.2.2").status_code for _ in range(4)] == [429] * 4
    assert stop(sign_in(app, "", ""), interview).status_code == 200
    assert start_from(app, "192.0.2.2").status_code == 201


def test_so_many_are_in_progress_however_many_begin_at_once(make_app: Any, clean: None) -> None:
    app = make_app(INTERVIEWS_AT_ONCE="3")
    calls = [gevent.spawn(start, sign_in(app, "", "")) for _ in range(20)]
    answers = [call.get() for call in calls]
    admitted = [answer for answer in answers if answer.status_code == 201]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert len(admitted) == 3 and refused.headers["Retry-After"] == "30"
    assert refused.json["error"] == "Too many interviews"
    stop(sign_in(app, "", ""), admitted[0].json)
    assert start(sign_in(app, "", "")).status_code == 201


def test_a_retry_needs_room_too(make_app: Any, double: Double, clean: None) -> None:
    app = make_app(INTERVIEWS_AT_ONCE="1", INTERVIEW_DELAY="0")
    caller = sign_in(app, "", "")
    double.default(status=401)
    failed = begun(caller)
    work(app, redis_store.blocking_client(signals.url), 50, burst=True)
    begun(caller)
    assert caller.post(f"/api/interviews/{failed}/retry").status_code == 429
    assert status(caller, failed)["status"] == "failed"


@pytest.fixture
def patient(make_app: Callable[..., Flask], clean: None) -> Iterator[Flask]:
    """Interviews stop when nobody has looked for five minutes."""
    yield make_app(INTERVIEW_DELAY="0", INTERVIEW_UNWATCHED_MINUTES="5")
    make_app()


def run_after_a_while(app: Flask) -> None:
    """As if all had begun six minutes ago."""
    with database.begin() as session:
        session.execute(update(Interview).values(created_at=now() - timedelta(minutes=6)))
    work(app, redis_store.blocking_client(signals.url), 50, burst=True)


def test_it_stops_when_nobody_looks_and_may_be_tried_again(patient: Flask, double: Double) -> None:
    caller = sign_in(patient, "", "")
    interview = begun(caller)
    run_after_a_while(patient)
    state = status(caller, interview)
    assert (state["status"], state["stopped"], double.requests()) == ("failed", True, [])
    [last] = events(caller.get(f"/api/interviews/{interview}/stream"))
    assert last.data["error"] == "Interview abandoned" and "nobody looked" in last.data["message"]
    script(double, 11)
    assert caller.post(f"/api/interviews/{interview}/retry").status_code == 200
    work(patient, redis_store.blocking_client(signals.url), 50, burst=True)
    assert status(caller, interview)["status"] == "completed"


def seen() -> bool:
    with database.read() as session:
        return session.scalar(select(Interview.seen_at)) is not None


@pytest.mark.parametrize("look", ["status", "stream", "insights"])
def test_it_goes_on_while_somebody_looks(patient: Flask, double: Double, look: str) -> None:
    script(double, 11)
    interview = begun(sign_in(patient, "", ""))
    looking = gevent.spawn(lambda: sign_in(patient, "", "").get(f"/api/interviews/{interview}/{look}").data)
    until(seen)
    run_after_a_while(patient)
    looking.join()
    assert status(sign_in(patient, "", ""), interview)["status"] == "completed"


def test_it_needs_no_looks_unless_so_configured(quick_app: Flask, visitor: Caller, double: Double) -> None:
    script(double, 11)
    interview = begun(visitor)
    run_after_a_while(quick_app)
    assert status(visitor, interview)["status"] == "completed"
