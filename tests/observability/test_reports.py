"""What Sentry is told: that something broke and where, never what people wrote."""

from collections.abc import Iterator

import pytest
import sentry_sdk
import structlog

from app.observability import logs, reports
from tests.observability.conftest import Collector


@pytest.fixture
def reporting(collector: Collector) -> Iterator[Collector]:
    reports.configure(f"http://public@{collector.address}/1", "1.2.3")
    logs.configure("ERROR")
    yield collector
    reports.configure("", "")


def test_an_error_is_reported_without_its_words(reporting: Collector) -> None:
    words = "yraid raed"[::-1]  # backwards, since lines of code are reported
    try:
        raise ValueError(words)
    except ValueError as error:
        structlog.get_logger().error("job_broke", request_id="r-1", exc_info=error)
    sentry_sdk.flush(5)
    [(path, envelope)] = reporting.bodies
    assert path == "/api/1/envelope/"
    assert b'"type":"ValueError"' in envelope.replace(b'": "', b'":"')
    assert b"test_an_error_is_reported_without_its_words" in envelope
    assert b"job_broke" in envelope
    assert b"r-1" in envelope
    assert b"diary" not in envelope


def test_what_is_no_error_is_not_reported(reporting: Collector) -> None:
    structlog.get_logger().error("no exception")
    sentry_sdk.flush(1)
    assert reporting.bodies == []


def test_an_address_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="scheme"):
        reports.configure("sentry.example", "1.2.3")
