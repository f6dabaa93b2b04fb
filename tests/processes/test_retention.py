"""A sweep of old rows that is killed in the middle leaves every conversation whole, and the next one ends it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db as database
from app.privacy.retention import jobs
from tests.conftest import Caller, sign_in
from tests.privacy.conftest import sent
from tests.processes.conftest import Workers
from tests.waiting import somebody_waits_for, until

CHATS = 40
LIMITS = {"RETENTION_MESSAGES_DAYS": "30"}
NAMED = "jsonb_build_object('{}', 'session_' || lpad(n::text, 4, '0'))"
COPY = "INSERT INTO {0} SELECT (jsonb_populate_record(t, {1})).* FROM {0} AS t, generate_series(1, :chats) AS n"
OWN_ID = " || jsonb_build_object('id', t.id || n)"
COPIES = (
    COPY.format("chat_sessions", NAMED.format("id")),
    COPY.format("chat_messages", NAMED.format("session_id") + OWN_ID),
    "DELETE FROM chat_sessions WHERE id = :first",
    "UPDATE chat_messages SET created_at = created_at - interval '40 days' WHERE position <= 2",
)
# in the middle of the third step: of ten conversations old messages are gone, and the others are to be numbered anew
HELD = text("SELECT id FROM chat_messages WHERE session_id = 'session_0025' AND position = 3 FOR UPDATE")
STATES = text("""SELECT s.message_count, count(m.id), max(m.position), strpos(s.title, 'umquat') > 0
  FROM chat_sessions AS s JOIN chat_messages AS m ON m.session_id = s.id GROUP BY s.id ORDER BY s.id""")
WHOLE, SWEPT = (4, 4, 4, True), (2, 2, 2, False)


@pytest.fixture
def strict(make_app: Callable[..., Flask], clean: None) -> Flask:
    return make_app(LLM_MODELS="offline:coach", **LIMITS)


@pytest.fixture
def chats(strict: Flask) -> None:
    """Each began long ago with what went on today."""
    olivia = sign_in(strict, "olivia", "acme")
    first = say(olivia, "Kumquats are what I want to grow")
    say(olivia, "How do I sleep?", sessionId=first)
    with database.begin() as session:
        for statement in COPIES:
            session.execute(text(statement), {"chats": CHATS, "first": first})


def say(caller: Caller, message: str, **body: Any) -> str:
    return str(sent(caller.post("/api/v1/chat/message", json={"message": message} | body))["sessionId"])


def states() -> list[tuple[Any, ...]]:
    with database.read() as session:
        return [tuple(row) for row in session.execute(STATES)]


@contextmanager
def held() -> Iterator[None]:
    with database.engine.connect() as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(HELD)
        yield
        connection.rollback()


def test_what_a_killed_sweep_left_is_whole_and_goes_with_the_next(
    strict: Flask, chats: None, start_worker: Workers
) -> None:
    assert states() == [WHOLE] * CHATS
    with held():
        worker = start_worker(**LIMITS)
        until(lambda: states() == [SWEPT] * 20 + [WHOLE] * 20 and somebody_waits_for("transactionid"))
        worker.kill()
        worker.wait()
    assert states() == [SWEPT] * 20 + [WHOLE] * 20
    with strict.app_context():
        jobs.sweep()
    assert states() == [SWEPT] * CHATS
