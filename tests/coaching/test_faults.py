"""What becomes of a coaching answer when the database goes away under it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import gevent
import pytest
from sqlalchemy import create_engine, text

from app.db import patience
from app.db.leases import SECONDS
from app.db.session import db as database
from tests.coaching.conftest import later, read, reply
from tests.coaching.test_streaming import events, send, text_of
from tests.conftest import Caller
from tests.double.client import Double
from tests.waiting import until

KEY = {"Idempotency-Key": "once"}


@contextmanager
def database_away() -> Iterator[None]:
    """Connections to the application's database end, and nobody gets a new one."""
    url = database.engine.url
    elsewhere = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    allow = f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS'
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with elsewhere.connect() as connection:
        connection.execute(text(f"{allow} false"))
        connection.execute(end, {"name": url.database})
        try:
            yield
        finally:
            connection.execute(text(f"{allow} true"))
    elsewhere.dispose()


def asked(caller: Caller, session_id: str) -> "gevent.Greenlet[Any]":
    """A stream with a key, whose message is stored and whose answer is on its way."""
    asking = gevent.spawn(lambda: events(send(caller, session_id, headers=KEY)))
    until(lambda: read(caller, session_id)["message_count"] == 2)
    return asking


class CountedPauses:
    """Stands for the module ``time``."""

    monotonic = staticmethod(time.monotonic)

    def __init__(self) -> None:
        self.count = 0

    def sleep(self, seconds: float) -> None:
        self.count += 1
        gevent.sleep(seconds)


def test_an_answer_outlives_a_database_that_is_away_at_its_end(
    owner: Caller, double: Double, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = CountedPauses()
    monkeypatch.setattr(patience, "time", pauses)
    double.script(reply("Kept all the same") | {"hold": 0})
    asking = asked(owner, session_id)
    until(double.holds)
    with database_away():
        double.release()
        until(lambda: pauses.count == 3)
    found = asking.get()
    assert (found[-1][1]["type"], text_of(found)) == ("end", "Kept all the same")
    until(lambda: "messages" in read(owner, session_id))  # requests may still meet connections that were ended
    assert read(owner, session_id)["messages"][-1]["content"] == "Kept all the same"


def test_readers_hear_of_it_when_the_database_stays_away(
    owner: Caller, double: Double, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PAUSES", (0.1, 0.1))
    double.script(reply("Lost") | {"hold": 0}, reply("Said again"))
    asking = asked(owner, session_id)
    until(double.holds)
    with database_away():
        double.release()
        found = asking.get()
    assert (found[-1][1]["type"], found[-1][1]["code"]) == ("error", "SERVICE_UNAVAILABLE")
    later(session_id, busy_until=timedelta(seconds=SECONDS))
    assert text_of(events(send(owner, session_id, headers=KEY))) == "Said again"
    assert read(owner, session_id)["message_count"] == 3
