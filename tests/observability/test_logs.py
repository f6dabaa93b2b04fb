"""What a log line of a failure holds: where it happened, and no value of a user's."""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
import structlog
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DataError

from app.db.session import db
from app.observability import log_writer, logs
from app.observability.log_writer import LogWriter, writer
from app.observability.metrics import LOG_LINES_DROPPED


def test_a_databases_text_stays_out_of_the_log(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure("ERROR")
    words = "yraid raed"[::-1]  # backwards, since lines of code are logged
    with pytest.raises(DataError) as caught, db.read() as session:
        session.execute(text("SELECT CAST(:words AS integer)"), {"words": words})
    assert words in str(caught.value)
    structlog.get_logger().error("request_failed", exc_info=caught.value)
    writer.drain()
    line = json.loads(capfd.readouterr().err)
    assert words not in json.dumps(line)
    assert "DataError" in line["exception"]
    assert "test_a_databases_text_stays_out_of_the_log" in line["exception"]


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Its reading and its writing end."""
    ends = os.pipe()
    yield ends
    for end in ends:
        with suppress(OSError):
            os.close(end)


def test_a_pipe_that_nobody_reads_keeps_nobody_waiting(pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_writer, "MOST_WAITING", 50)
    dropped = LOG_LINES_DROPPED._value.get()
    stuck = LogWriter(lambda: pipe[1])
    for _ in range(500):
        stuck.write("x" * 1000 + "\n")
    assert LOG_LINES_DROPPED._value.get() - dropped > 300
    assert os.read(pipe[0], 1001) == b"x" * 1000 + b"\n"


def test_a_stream_that_is_closed_costs_lines_and_nothing_else() -> None:
    dropped = LOG_LINES_DROPPED._value.get()
    deaf = LogWriter(lambda: -1)
    for line in ("one\n", "two\n", "three\n"):
        deaf.write(line)
        deaf.drain()
    assert LOG_LINES_DROPPED._value.get() == dropped + 2  # the last is counted with the next


def test_the_servers_lines_quote_no_request(capfd: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("a.server")
    logs.configure("ERROR")
    logs.adopt(logger)
    logger.warning("Invalid request from ip=1.2.3.4: GET /ws?access_token=SECRET")
    writer.drain()
    said = capfd.readouterr().err
    assert ("Invalid request from ip=1.2.3.4" in said, "SECRET" in said) == (True, False)
