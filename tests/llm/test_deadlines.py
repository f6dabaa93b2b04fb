"""A vendor that stalls, in each way a vendor can stall, holds nobody longer than the deadlines say."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def taking(least: float, most: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert least <= time.monotonic() - began <= most


@pytest.mark.parametrize("stall", STALLS.values(), ids=STALLS.keys())
def test_the_first_event_has_a_deadline(vendor: Vendor, double: Double, stall: dict[str, object]) -> None:
    double.script(stall)
    with taking(0.45, 2):
        assert vendor.failure(BRISK).kind is ErrorKind.TIMEOUT
    assert double.disconnected()


def test_the_next_event_has_a_deadline(vendor: Vendor, double: Double) -> None:
    double.script({"text": ["one", "two"], "gap": 5})
    stream = vendor.stream(BRISK)
    assert next(stream) == TextDelta("one")
    with taking(0.35, 2), pytest.raises(Exception, match="timeout"):
        next(stream)
    assert double.disconnected()


def test_the_whole_call_has_a_deadline(vendor: Vendor, double: Double) -> None:
    double.script({"text": ["word "] * 100, "gap": 0.1})
    with taking(0.7, 2):
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
    gevent.sleep(0.2)
    reader.kill()
    assert double.disconnected()


def test_many_stalled_calls_end_together(vendor: Vendor, double: Double) -> None:
    double.default(loris=0.05)
    with taking(0.45, 3):
        readers = [gevent.spawn(vendor.failure, BRISK) for _ in range(50)]
        gevent.joinall(readers, raise_error=True)
    assert {reader.value.kind for reader in readers} == {ErrorKind.TIMEOUT}


PLAIN = """
import sys, time
from app.llm.interfaces import *
from app.llm.openai import OpenAIProvider
request = Request(Caller("test"), (Message("user", "Hello"),))
began = time.monotonic()
try:
    list(OpenAIProvider("key", sys.argv[1]).stream("m", request, Deadlines(1, 0.4, 0.3, 3)))
except ProviderError as error:
    print(error.kind, time.monotonic() - began < 3)
"""


@pytest.mark.parametrize("stall", STALLS.values(), ids=STALLS.keys())
def test_deadlines_hold_without_gevent(double: Double, stall: dict[str, object]) -> None:
    double.script(stall)
    command = [sys.executable, "-c", PLAIN, double.url + "/v1"]
    out = subprocess.run(
        command, check=False, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=30
    )
    assert out.stdout.split() == ["timeout", "True"], out.stderr
