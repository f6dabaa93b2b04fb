"""Connections: kept when an answer was read to its end, closed otherwise; bytes never wait for company."""

import gevent
import pytest

from app.llm.interfaces import TextDelta
from tests.double.client import Double
from tests.llm.conftest import Vendor, text_of


def opened(double: Double, before: int) -> int:
    return double.connections() - before


def test_one_connection_serves_many_answers(vendor: Vendor, double: Double) -> None:
    before = double.connections()
    for _ in range(5):
        vendor.answer()
    assert opened(double, before) == 1


def test_refusals_keep_their_connection(vendor: Vendor, double: Double) -> None:
    before = double.connections()
    double.script({"status": 400}, {"status": 500})
    vendor.failure(), vendor.failure(), vendor.answer()
    assert opened(double, before) == 1


def test_an_answer_left_early_takes_its_connection_with_it(vendor: Vendor, double: Double) -> None:
    before = double.connections()
    next(vendor.stream())
    assert text_of(vendor.answer()) == "You have taken a first step."
    assert opened(double, before) == 2


def test_calls_at_once_have_a_connection_each(vendor: Vendor, double: Double) -> None:
    before = double.connections()
    double.default(text=["word "] * 5, gap=0.02)
    gevent.joinall([gevent.spawn(vendor.answer) for _ in range(30)], raise_error=True)
    gevent.joinall([gevent.spawn(vendor.answer) for _ in range(30)], raise_error=True)
    assert opened(double, before) == 30


@pytest.mark.parametrize("framing", ["chunked", "close", "length"])
def test_deltas_do_not_wait_for_each_other(vendor: Vendor, double: Double, framing: str) -> None:
    double.script({"text": ["one", "two"], "gap": 5, "framing": framing})
    assert next(vendor.stream()) == TextDelta("one")


@pytest.mark.parametrize("framing", ["chunked", "close", "length"])
def test_answers_are_whole_in_each_framing(vendor: Vendor, double: Double, framing: str) -> None:
    double.script({"framing": framing, "gap": 0.01}, {"framing": framing})
    assert text_of(vendor.answer()) == "You have taken a first step."
    assert text_of(vendor.answer()) == "You have taken a first step."


def test_a_connection_that_the_vendor_dropped_is_replaced(vendor: Vendor, double: Double) -> None:
    vendor.answer()
    double.script({"framing": "close"})
    vendor.answer()
    assert text_of(vendor.answer()) == "You have taken a first step."


def test_nothing_about_this_machine_is_sent(vendor: Vendor, double: Double) -> None:
    vendor.answer()
    headers = double.requests()[-1]["headers"]
    assert not {"x-stainless-os", "x-stainless-arch", "x-stainless-runtime-version"} & set(headers)
    assert "openai-organization" not in headers and headers["accept-encoding"] == "identity"
