"""Watching: early, late, together, again; on a socket or as events; each message once, in order."""

from collections.abc import Callable
from typing import Any

import gevent

from tests.conftest import Caller
from tests.double.client import Double
from tests.interviews.conftest import begun, heard, script, watch
from tests.processes.conftest import Web

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
    gevent.sleep(0.3)
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
    assert heard(watch(web, "550e8400-e29b-41d4-a716-446655440000")) == ([], 4004)
