"""However many ask, a week is written once; what fails costs nothing and leaves what was there."""

from datetime import timedelta
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.core.clock import now
from app.db.session import db as database
from app.limits.permits import Limits
from app.streams.runner import Runner
from app.streams.signals import signals
from app.web.container import resolve_from
from app.weekly.models import WeeklyInsight
from tests.chat.conftest import read, write
from tests.chat.test_weekly import PLACE, generate, regenerate, remaining, stream
from tests.conftest import Caller
from tests.double.client import Double
from tests.waiting import until

SLOW = {"text": ["One. ", "Two. ", "Three."], "gap": 0.15}


@pytest.fixture(autouse=True)
def entry(owner: Caller) -> Any:
    return write(owner)


def rows() -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(WeeklyInsight)) or 0


def test_twenty_at_once_spend_one_call_and_one_unit(owner: Caller, double: Double) -> None:
    double.default(gap=0.05)
    asked = [gevent.spawn(generate, owner) for _ in range(20)]
    answers = [greenlet.get() for greenlet in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["insight"]["content"] for answer in answers}) == 1
    assert (len(double.requests()), rows(), remaining(owner)) == (1, 1, 9)


def test_streams_join_a_run_that_is_on(owner: Caller, double: Double) -> None:
    double.default(**SLOW)
    asked = [gevent.spawn(stream, owner) for _ in range(5)] + [gevent.spawn(regenerate, owner)]
    streams = [greenlet.get() for greenlet in asked]
    assert {events.text for events in streams} == {"One. Two. Three."}
    assert len({events.last["insight"]["id"] for events in streams}) == 1
    assert (len(double.requests()), remaining(owner)) == (1, 9)


def test_a_failure_gives_the_unit_back_and_the_next_one_writes(owner: Caller, double: Double) -> None:
    double.script({"status": 400, "code": "secret_vendor_word"}, {"status": 400}, {"text": "Good"})
    answer = generate(owner)
    assert (answer.status_code, answer.json["message"]) == (500, "AI service temporarily unavailable")
    assert "secret_vendor_word" not in answer.text
    events = stream(owner)
    assert (events.types, events.last["message"]) == (["start", "error"], "AI service temporarily unavailable")
    assert owner.get(f"{PLACE}/history").json == []
    assert remaining(owner) == 10
    assert generate(owner).json["insight"]["content"] == "Good"


def test_half_a_review_is_not_kept_and_the_old_one_stays(owner: Caller, double: Double) -> None:
    double.script({"text": "Whole"}, {"text": ["Half. ", "Of it. ", "All"], "cut": 2})
    before = generate(owner).json["insight"]
    assert regenerate(owner).types == ["start", "chunk", "chunk", "error"]
    assert owner.get(f"{PLACE}/current").json["insight"] == before
    again = stream(owner)
    assert (again.text, again.start["isExisting"], again.types[-1]) == ("Whole", True, "done")


def test_the_eleventh_run_of_an_hour_is_refused_but_reading_goes_on(owner: Caller) -> None:
    for _ in range(10):
        assert regenerate(owner).types[-1] == "done"
    refused = owner.post(f"{PLACE}/regenerate")
    assert (refused.status_code, refused.mimetype) == (429, "application/json")
    assert int(refused.headers["Retry-After"]) > 3000
    assert refused.json["usageInfo"]["remaining"] == 0
    assert generate(owner, forceRegenerate=True).status_code == 429
    assert generate(owner).json["isExisting"] is True
    assert stream(owner).types[-1] == "done"


def test_a_refused_run_leaves_the_week_free(owner: Caller, app: Flask) -> None:
    held = [resolve_from(app, Limits).acquire("insights", "acme:olivia") for _ in range(10)]
    assert generate(owner).status_code == 429
    held[0].refund()
    assert generate(owner).status_code == 200


def test_a_reader_that_leaves_can_come_back(owner: Caller, double: Double) -> None:
    double.script(SLOW)
    response = owner.get(f"{PLACE}/stream", buffered=False)
    cursor = next(response.iter_encoded()).decode().split("\n")[0].removeprefix("id: ")
    response.close()
    assert stream(owner, cursor).text == "One. Two. Three."


def test_the_stream_is_told_from_the_row_when_redis_has_lost_it(owner: Caller, double: Double) -> None:
    double.script(SLOW)
    whole = stream(owner)
    resolve_from(owner.client.application, Runner).log.flush()
    signals.redis.flushdb()
    rest = stream(owner, whole.ids[1])
    assert (rest.text, rest.last) == ("Two. Three.", whole.last)


def test_nobody_else_can_resume_it(owner: Caller, teammate: Caller) -> None:
    cursor = stream(owner).ids[0]
    assert stream(teammate, cursor).status == 404
    assert stream(owner, "turn_1:1:1").status == 400


def test_deleting_stops_a_run(owner: Caller, double: Double) -> None:
    double.script({"text": "First"}, {"text": ["One ", "two"], "hold": 1})
    insight_id = generate(owner).json["insight"]["id"]
    running = gevent.spawn(regenerate, owner)
    until(double.holds)
    assert owner.delete(f"{PLACE}/{insight_id}").status_code == 200
    assert running.get().last["message"] == "This weekly insight was deleted"
    assert (double.disconnected(), rows()) == (True, 0)


def test_who_waits_for_an_insight_that_is_deleted_is_told_so(owner: Caller, double: Double) -> None:
    double.script({"text": "First"}, {"text": ["One ", "two"], "hold": 1})
    insight_id = generate(owner).json["insight"]["id"]
    waiting = gevent.spawn(generate, owner, forceRegenerate=True)
    until(double.holds)
    assert owner.delete(f"{PLACE}/{insight_id}").status_code == 200
    answer = waiting.get()
    assert (answer.status_code, answer.json["message"]) == (404, "Weekly insight not found")


def test_a_run_whose_process_is_gone_is_taken_over(owner: Caller) -> None:
    cursor = stream(owner).ids[0]
    lost = {"content": None, "lease_until": now() - timedelta(seconds=1)}
    with database.begin() as session:
        session.execute(update(WeeklyInsight).values(**lost))
    resolve_from(owner.client.application, Runner).log.flush()
    assert stream(owner, cursor).types[-1] in {"error", "done"}
    assert generate(owner).json["isExisting"] is False


def test_the_same_key_regenerates_once(owner: Caller, double: Double) -> None:
    key = {"Idempotency-Key": "once"}
    double.script({"text": "First"}, {"text": "Second"}, {"text": "Third"})
    assert regenerate(owner, key).text == "First"
    assert regenerate(owner, key).text == "First"
    assert regenerate(owner).text == "Second"
    assert regenerate(owner, key).text == "Second"
    assert owner.post(f"{PLACE}/regenerate", headers=key, json={"personalityId": "x"}).status_code == 422
    assert len(double.requests()) == 2


def test_a_key_whose_run_failed_is_free_again(owner: Caller, double: Double) -> None:
    key = {"Idempotency-Key": "again"}
    double.script({"status": 400}, {"text": "Good"})
    assert regenerate(owner, key).types[-1] == "error"
    assert regenerate(owner, key).text == "Good"


def test_a_process_that_goes_down_takes_no_new_runs(owner: Caller, app: Flask) -> None:
    desk = resolve_from(app, Runner)
    desk.draining = True
    try:
        assert generate(owner).status_code == 503
    finally:
        desk.draining = False
    assert remaining(owner) == 10


def test_a_reader_of_regenerate_asks_again_with_its_cursor(owner: Caller, double: Double) -> None:
    double.default(**SLOW)
    first = regenerate(owner)
    again = read(owner.post(f"{PLACE}/regenerate", headers={"Last-Event-ID": first.ids[1]}))
    assert (first.items[1]["content"] + again.text, again.last) == (first.text, first.last)
    assert len(double.requests()) == 1


def test_a_reader_of_a_week_without_entries_is_told_so_again(stranger: Caller) -> None:
    first = regenerate(stranger)
    again = read(stranger.post(f"{PLACE}/regenerate", headers={"Last-Event-ID": first.ids[-1]}))
    assert again.types == first.types == ["start", "chunk", "done"]
