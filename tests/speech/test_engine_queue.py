"""Who is served next."""

import gevent
import pytest

from app.speech.engine_queue import EngineQueue, Full


def test_first_come_first_served() -> None:
    line = EngineQueue(["engine"], waiting_share=1, hold_seconds=0.01)
    held, order = line.enter(5), []

    def turn(name: str) -> None:
        place = line.enter(5)
        order.append(name)
        line.leave(place, 0.01)

    waiting = [gevent.spawn(turn, name) for name in "abc"]
    gevent.sleep(0)
    line.leave(held, 0.01)
    gevent.joinall(waiting, timeout=2, raise_error=True)
    assert order == ["a", "b", "c"]


def test_who_has_less_time_is_served_before() -> None:
    line = EngineQueue(["engine"], waiting_share=1, hold_seconds=0.01)
    held, order = line.enter(5), []

    def turn(seconds: float) -> None:
        place = line.enter(seconds)
        order.append(seconds)
        line.leave(place, 0.01)

    waiting = [gevent.spawn(turn, seconds) for seconds in (9, 5, 7)]
    gevent.sleep(0)
    line.leave(held, 0.01)
    gevent.joinall(waiting, timeout=2, raise_error=True)
    assert order == [5, 7, 9]


def test_who_would_wait_too_long_is_told_at_once() -> None:
    line = EngineQueue(["engine"], waiting_share=1, hold_seconds=0.6)
    line.enter(1)
    waiting = gevent.spawn(line.enter, 1)
    gevent.sleep(0)
    with pytest.raises(Full):
        line.enter(1)
    waiting.kill()


def test_the_wait_has_an_end() -> None:
    line = EngineQueue(["engine"], waiting_share=0.05, hold_seconds=0.01)
    line.enter(1)
    with pytest.raises(Full):
        line.enter(1)


def test_who_left_the_line_is_not_called() -> None:
    line = EngineQueue(["engine"], waiting_share=1, hold_seconds=0.01)
    held = line.enter(1)
    waiting = gevent.spawn(line.enter, 5)
    gevent.sleep(0)
    waiting.kill()
    line.leave(held, 0.01)
    assert line.enter(1) == "engine"
