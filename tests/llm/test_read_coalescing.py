"""A process with hundreds of answers lets deltas come together; one with a few reads each as it comes."""

import contextlib
import time
from collections.abc import Iterator

import pytest

from app.llm import read_coalescing
from app.llm.deadlines import WATCHDOG, Call
from app.llm.interfaces import Deadlines
from tests.double.client import Double
from tests.llm.conftest import Vendor, text_of

WORDS = [f"word{number} " for number in range(40)]


class Pauses:
    """How often a read waited; each wait lasts until all that the double sends has come."""

    def __init__(self) -> None:
        self.count = 0

    def sleep(self, seconds: float) -> None:
        assert 0 < seconds <= read_coalescing.LONGEST
        self.count += 1
        time.sleep(0.3)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    pauses = Pauses()
    monkeypatch.setattr(read_coalescing, "pause", pauses.sleep)
    return pauses


@pytest.fixture
def crowd() -> Iterator[None]:
    """As many other calls in flight as it takes."""
    with contextlib.ExitStack() as others:
        for _ in range(read_coalescing.FEW + 50):
            others.enter_context(WATCHDOG.watch(Call(Deadlines())))
        yield


def test_a_few_answers_never_wait(vendor: Vendor, double: Double, pauses: Pauses) -> None:
    double.script({"text": WORDS, "gap": 0.002})
    assert text_of(vendor.answer()) == "".join(WORDS)
    assert pauses.count == 0


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("framing", ["chunked", "close", "length"])
def test_in_a_crowd_what_has_come_is_read_at_once(
    vendor: Vendor, double: Double, pauses: Pauses, framing: str
) -> None:  # fmt: skip
    double.script({"text": WORDS, "gap": 0.002, "framing": framing})
    assert text_of(vendor.answer()) == "".join(WORDS)
    assert 1 <= pauses.count <= 3


@pytest.mark.usefixtures("crowd")
def test_in_a_crowd_the_first_words_do_not_wait(vendor: Vendor, double: Double, pauses: Pauses) -> None:
    double.script({"text": WORDS, "first": 0.2, "gap": 0.002})
    next(vendor.stream())
    assert pauses.count == 0
