"""Signals: to every process that subscribed, once, and a word after a lost connection."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.local.services import Services
from app.streams.signals import MISSED, Signals
from tests.waiting import until

Heard = list[str]


@pytest.fixture
def connected(services: Services, app: Flask, clean: None) -> Callable[[], Signals]:
    def made() -> Signals:
        signals = Signals()
        signals.connect(services.redis_url)
        return signals

    return made


def test_a_signal_reaches_every_subscriber_once(connected: Callable[[], Signals]) -> None:
    here, there, heard_here, heard_there = connected(), connected(), Heard(), Heard()
    here.subscribe("stop", heard_here.append)
    there.subscribe("stop", heard_there.append)
    for signals in (here, there):
        signals.listen()
    until(lambda: heard_there == [MISSED] and heard_here == [MISSED])
    here.publish("stop", "a")
    until(lambda: "a" in heard_there and "a" in heard_here)
    assert (heard_here, heard_there) == ([MISSED, "a"], [MISSED, "a"])


def test_a_process_receives_only_what_it_subscribed_to(connected: Callable[[], Signals]) -> None:
    here, there, heard = connected(), connected(), Heard()
    there.subscribe("feed:olivia", heard.append)
    there.listen()
    until(lambda: heard == [MISSED])
    here.publish("feed:theo", "1")
    here.publish("feed:olivia", "2")
    until(lambda: "2" in heard)
    assert heard == [MISSED, "2"]


def test_subscriptions_may_come_and_go_while_it_listens(connected: Callable[[], Signals]) -> None:
    here, there, heard = connected(), connected(), Heard()
    there.subscribe("always", heard.append)
    there.listen()
    until(lambda: heard == [MISSED])
    there.subscribe("later", heard.append)
    until(lambda: here.redis.pubsub_numsub("signal:later")[0][1] == 1)
    here.publish("later", "1")
    until(lambda: "1" in heard)
    there.unsubscribe("later", heard.append)
    until(lambda: here.redis.pubsub_numsub("signal:later")[0][1] == 0)


def test_subscribers_are_told_that_they_may_have_missed_something(connected: Callable[[], Signals]) -> None:
    here, heard = connected(), Heard()
    here.subscribe("stop", heard.append)
    here.listen()
    until(lambda: heard == [MISSED])
    here.redis.client_kill_filter(_type="pubsub")
    until(lambda: heard == [MISSED, MISSED])
