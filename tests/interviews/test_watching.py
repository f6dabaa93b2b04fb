"""Watching: early, late, together, again; on a socket or as events; each message once, in order."""

from collections.abc import Callable
from typing import Any

import gevent
import websocket
from flask import Flask
from sqlalchemy import null, select, update

from app.db.session import db as database
from app.feeds.dispatcher import FeedDispatcher
from app.interviews.feed import messages_of
from app.interviews.models import Interview
from app.web.container import resolve_from
from tests import sse
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.gunicorn import Web
from tests.interviews.conftest import begun, heard, script, status, watch
from tests.waiting import until

Work = Callable[[], None]
WHOLE = [f"Answer {number}" for number in range(1, 12)]


def texts(frames: list[Any]) -> list[str]:
    return [frame["payload"]["message"] for frame in frames if frame["type"] == "message"]


def test_two_viewers_a_late_joiner_and_a_finished_interview(
    web: Web, visitor: Caller, double: Double, work_off: Work
) -> None:
    script(double, 11, first=0.05)
    interview = begun(visitor)
    early = [watch(web, interview) for _ in range(2)]
    worker = gevent.spawn(work_off)
    until(lambda: status(visitor, interview)["messageCount"] > 0)
    viewers = [*early, watch(web, interview)]
    results = [call.get() for call in [gevent.spawn(heard, viewer) for viewer in viewers]]
    worker.join()
    results.append(heard(watch(web, interview)))
    for frames, code in results:
        assert (texts(frames), code) == (WHOLE, 1000)
        assert frames[-1]["type"] == "complete"
        assert frames[-1]["payload"]["messageCount"] == 11 and frames[-1]["payload"]["interviewId"] == interview


def test_a_failed_interview_closes_with_4500(web: Web, visitor: Caller, double: Double, work_off: Work) -> None:
    double.default(status=401)
    interview = begun(visitor)
    work_off()
    frames, code = heard(watch(web, interview))
    assert (frames, code) == (
        [{"type": "error", "error": "AI service unavailable", "message": "Failed to generate next response"}], 4500,
    )  # fmt: skip


def test_an_unknown_interview_closes_with_4004(web: Web, visitor: Caller) -> None:
    for unknown in ("550e8400-e29b-41d4-a716-446655440000", "x" * 300, "%00"):
        assert heard(watch(web, unknown)) == ([], 4004)


def test_a_client_may_go_on_after_a_position(web: Web, visitor: Caller, double: Double, work_off: Work) -> None:
    script(double, 11)
    interview = begun(visitor)
    work_off()
    url = f"ws://127.0.0.1:{web.port}/api/interviews/{interview}/stream?after=8"
    frames, code = heard(websocket.create_connection(url, timeout=20))
    assert (texts(frames), frames[-1]["payload"]["messageCount"], code) == (WHOLE[8:], 11, 1000)


def test_an_interview_that_is_deleted_while_it_is_watched(web: Web, visitor: Caller, quick_app: Flask) -> None:
    interview = begun(visitor)
    socket = watch(web, interview)
    stream = web.http.request("GET", f"{web.url}/api/interviews/{interview}/stream", preload_content=False)
    assert stream.read(8) == b": ping\n\n"
    operator = sign_in(quick_app, "opal", "house", "operator")
    assert operator.delete(f"/api/interviews/{interview}").status_code == 204
    assert heard(socket) == ([], 4004)
    [last] = sse.parse(stream.data)
    assert (last.id, last.event, last.data["error"]) == ("0", "error", "Interview not found")


def test_watchers_are_sent_elsewhere_when_the_process_goes_down(start_web: Callable[[], Web], visitor: Caller) -> None:
    web = start_web()
    interview = begun(visitor)
    socket = watch(web, interview)
    stream = web.http.request("GET", f"{web.url}/api/interviews/{interview}/stream", preload_content=False)
    web.process.terminate()
    assert heard(socket)[1] == 1012
    assert stream.data.endswith(b"retry: 1000\n\n")
    web.stop()


def test_all_who_wait_for_insights_share_each_look(
    quick_app: Flask, visitor: Caller, double: Double, work_off: Work, statements: list[str]
) -> None:
    script(double, 11)
    interview = begun(visitor)
    work_off()
    with database.begin() as session:
        made = session.scalars(select(Interview.insights)).one()
        session.execute(update(Interview).values(insights=null()))
    path = f"/api/interviews/{interview}/insights"
    dispatcher = resolve_from(quick_app, FeedDispatcher)
    waiters = [gevent.spawn(sign_in(quick_app, "", "").get, path) for _ in range(20)]
    until(lambda: len(dispatcher) == len(waiters))
    statements.clear()
    for looks in (1, 2, 3):
        messages_of(interview).signal()
        until(lambda least=looks: len(statements) >= least)
    assert len(statements) < len(waiters)
    with database.begin() as session:
        session.execute(update(Interview).values(insights=made))
    messages_of(interview).signal()
    assert {waiter.get().status_code for waiter in waiters} == {200}
    assert len(dispatcher) == 0
