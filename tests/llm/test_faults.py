"""Each thing that can go wrong on the wire, and what a provider calls it."""

import time
from email.utils import formatdate

import pytest

from app.llm.interfaces import Deadlines, ErrorKind, Event, Provider, ProviderError, TextDelta
from app.llm.openai import OpenAIProvider
from tests.double.client import Double
from tests.llm.conftest import Vendor, text_of


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ErrorKind.REFUSED),
        (401, ErrorKind.ACCOUNT),
        (403, ErrorKind.ACCOUNT),
        (404, ErrorKind.MODEL),
        (408, ErrorKind.OVERLOADED),
        (422, ErrorKind.REFUSED),
        (429, ErrorKind.RATE_LIMIT),
        (500, ErrorKind.OVERLOADED),
        (503, ErrorKind.OVERLOADED),
        (529, ErrorKind.OVERLOADED),
    ],
)
def test_a_status_is_a_kind_of_error(vendor: Vendor, double: Double, status: int, kind: ErrorKind) -> None:
    double.script({"status": status})
    error = vendor.failure()
    assert (error.kind, error.provider, error.model) == (kind, vendor.provider.name, vendor.model)
    assert len(double.requests()) == 1


def test_the_vendors_words_stay_behind(vendor: Vendor, double: Double) -> None:
    double.script({"status": 400}, {"error": "overloaded_error"}, {"junk": 0})
    for error in (vendor.failure(), vendor.failure(), vendor.failure()):
        assert "SECRET" not in f"{error!s}{error!r}{error.text}{error.detail}{error.__cause__}"


def test_retry_after_is_seconds(vendor: Vendor, double: Double) -> None:
    double.script({"status": 429, "retry_after": "7"})
    assert vendor.failure().retry_after == 7


def test_retry_after_is_a_date(vendor: Vendor, double: Double) -> None:
    double.script({"status": 429, "retry_after": formatdate(time.time() + 60, usegmt=True)})
    after = vendor.failure().retry_after
    assert after is not None and 55 < after <= 60


@pytest.mark.parametrize("nonsense", ["soon", "-5", "nan", "inf"])
def test_retry_after_is_nonsense(vendor: Vendor, double: Double, nonsense: str) -> None:
    double.script({"status": 429, "retry_after": nonsense})
    assert not vendor.failure().retry_after


def test_a_cut_before_the_first_delta(vendor: Vendor, double: Double) -> None:
    double.script({"cut": 0})
    assert vendor.failure().kind is ErrorKind.CUT


def test_a_cut_keeps_what_came(vendor: Vendor, double: Double) -> None:
    double.script({"cut": 3})
    seen: list[Event] = []
    with pytest.raises(ProviderError, match="cut"):
        for event in vendor.stream():
            seen.append(event)
    assert text_of(seen) == "You have taken "


@pytest.mark.parametrize("framing", ["chunked", "close", "length"])
def test_a_body_that_ends_without_its_end_is_cut(vendor: Vendor, double: Double, framing: str) -> None:
    double.script({"truncated": True, "framing": framing})
    assert vendor.failure().kind is ErrorKind.CUT


def test_data_that_is_not_json_is_junk(vendor: Vendor, double: Double) -> None:
    double.script({"junk": 0}, {"junk": 2})
    assert vendor.failure().kind is ErrorKind.JUNK
    assert vendor.failure().kind is ErrorKind.JUNK


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("overloaded_error", ErrorKind.OVERLOADED),
        ("server_error", ErrorKind.OVERLOADED),
        ("rate_limit_error", ErrorKind.RATE_LIMIT),
        ("invalid_request_error", ErrorKind.REFUSED),
        ("authentication_error", ErrorKind.ACCOUNT),
        ("503", ErrorKind.OVERLOADED),
    ],
)
@pytest.mark.parametrize("after", [0, 2])
def test_an_error_event_is_a_kind_of_error(
    vendor: Vendor, double: Double, word: str, kind: ErrorKind, after: int
) -> None:
    double.script({"error": word, "error_after": after})
    error = vendor.failure()
    assert (error.kind, error.detail) == (kind, f"event {word}")


def test_an_answer_that_was_filtered_away(vendor: Vendor, double: Double) -> None:
    double.script({"finish": "filtered"})
    assert vendor.failure().kind is ErrorKind.FILTERED


def test_a_prompt_that_was_filtered(openai: Vendor, double: Double) -> None:
    double.script({"status": 400, "code": "content_filter"})
    assert openai.failure().kind is ErrorKind.FILTERED


def unreachable(url: str) -> Provider:
    return OpenAIProvider("key", url)


def test_a_refused_connection() -> None:
    error = Vendor(unreachable("http://127.0.0.1:9/v1")).failure()
    assert error.kind is ErrorKind.CONNECTION and error.retryable


def test_a_name_that_no_one_has() -> None:
    assert Vendor(unreachable("http://nowhere.invalid/v1")).failure().kind is ErrorKind.CONNECTION


def test_a_server_that_does_not_speak_tls(double: Double) -> None:
    url = double.url.replace("http", "https")
    assert Vendor(unreachable(url)).failure(Deadlines(connect=1)).kind is ErrorKind.CONNECTION


def test_a_vendor_is_well_again_after_a_fault(vendor: Vendor, double: Double) -> None:
    double.script({"status": 500}, {"cut": 1}, {"junk": 0})
    faults = [vendor.failure().kind for _ in range(3)]
    assert faults == [ErrorKind.OVERLOADED, ErrorKind.CUT, ErrorKind.JUNK]
    assert TextDelta("You ") in vendor.answer()
