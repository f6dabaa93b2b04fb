"""What a log line of a failure holds: where it happened, and no value of a user's."""

import json

import pytest
import structlog
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DataError

from app.db.session import db
from app.observability import logs


def test_a_databases_text_stays_out_of_the_log(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("ERROR")
    words = "yraid raed"[::-1]  # backwards, since lines of code are logged
    with pytest.raises(DataError) as caught, db.read() as session:
        session.execute(text("SELECT CAST(:words AS integer)"), {"words": words})
    assert words in str(caught.value)
    structlog.get_logger().error("request_failed", exc_info=caught.value)
    line = json.loads(capsys.readouterr().err)
    assert words not in json.dumps(line)
    assert "DataError" in line["exception"]
    assert "test_a_databases_text_stays_out_of_the_log" in line["exception"]
