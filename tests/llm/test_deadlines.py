"""A vendor that stalls, in each way a vendor can stall, holds nobody longer than the deadlines say."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gevent
import pytest

from app.llm.interfaces import ErrorKind, TextDelta
from tests.double.client import Double
from tests.llm.conftest import BRISK, Vendor, text_of

STALLS = {
    "accepts and says nothing": {"silence": "all"},
    "sends headers and no more": {"silence": "headers"},
    "trickles bytes": {"loris": 0.05},
    "is slow to begin": {"first": 5},
}


@pytest.fixture(autouse=True)
def guard() -> Iterator[None]:
    """A deadline that does not hold fails the test instead of stopping it."""
    with gevent.Timeout(20):
        yield


@pytest.mark.parametrize("stall", STALLS.values(), ids=STALLS.keys())
def test_the_first_event_has_a_deadline(vendor: Vendor, double: Double, stall: dict[str, object]) -> None:
    double.script(stall)
    assert vendor.failure(BRISK).kind is ErrorKind.TIMEOUT
    assert double.disconnected()


def test_the_next_event_has_a_deadline(vendor: Vendor, double: Double) -> None:
    double.script({"text": ["one", "two"], "gap": 5})
    stream = vendor.stream(BRISK)
    assert next(stream) == TextDelta("one")
    with pytest.raises(Exception, match="timeout"):
        next(stream)
    assert double.disconnected()


def test_the_whole_call_has_a_deadline(vendor: Vendor, double: Double) -> None:
    double.script({"text": ["word "] * 100, "gap": 0.1})
    assert vendor.failure(replace(BRISK, total=0.8)).kind is ErrorKind.TIMEOUT


def test_a_slow_but_steady_answer_is_in_time(vendor: Vendor, double: Double) -> None:
    double.script({"text": ["word "] * 8, "gap": 0.15, "first": 0.3})
    assert text_of(vendor.answer(BRISK)) == "word " * 8


def test_a_slow_consumer_is_not_the_vendors_fault(vendor: Vendor, double: Double) -> None:
    double.script({"text": ["word "] * 6, "gap": 0.01})
    stream = vendor.stream(BRISK)
    first = next(stream)
    time.sleep(0.6)
    assert text_of([first, *stream]) == "word " * 6


def test_a_killed_greenlet_hangs_up(vendor: Vendor, double: Double) -> None:
    double.script({"text": ["word "] * 100, "gap": 0.02})
    reader = gevent.spawn(vendor.answer)
    while not double.requests():
        gevent.sleep(0.01)
    reader.kill()
    assert double.disconnected()


def test_many_stalled_calls_end_together(vendor: Vendor, double: Double) -> None:
    double.default(loris=0.05)
    readers = [gevent.spawn(vendor.failure, BRISK) for _ in range(50)]
    gevent.joinall(readers, raise_error=True)
    assert {reader.value.kind for reader in readers} == {ErrorKind.TIMEOUT}


PLAIN = """
import sys
from app.llm.interfaces import *
from app.llm.openai import OpenAIProvider
request = Request(Caller("test"), (Message("user", "Hello"),))
try:
    list(OpenAIProvider("key", sys.argv[1]).stream("m", request, Deadlines(1, 0.4, 0.3, 3)))
except ProviderError as error:
    print(error.kind)
"""


@pytest.mark.parametrize("stall", STALLS.values(), ids=STALLS.keys())
def test_deadlines_hold_without_gevent(double: Double, stall: dict[str, object]) -> None:
    double.script(stall)
    command = [sys.executable, "-c", PLAIN, double.url + "/v1"]
    out = subprocess.run(
        command, check=False, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=30
    )
    assert out.stdout.split() == ["timeout"], out.stderr
