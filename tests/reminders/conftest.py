"""Reminders that are due, told at once rather than by the clock of a worker."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.clock import now
from app.db.session import db
from app.reminders.due import tell_due
from app.reminders.interfaces import Conversations
from app.web.container import resolve_from
from tests.conftest import Caller
from tests.outgoing.site import Site

REMINDERS = "/api/v1/reminders"
LATER = "2031-01-07T18:00:00Z"

Tell = Callable[[], int]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def tell(app: Flask) -> Tell:
    return lambda: tell_due(db, resolve_from(app, Conversations))


def make(caller: Caller, **given: Any) -> Any:
    answer = caller.post(REMINDERS, json={"text": "Go for a run", "at": LATER} | given)
    assert answer.status_code == 201, answer.json
    return answer.json


def found(caller: Caller, reminder: Any) -> Any:
    return caller.get(f"{REMINDERS}/{reminder['id']}").json


def bring_forward(moment: datetime | None = None) -> None:
    """As if what comes next were due since then."""
    with db.begin() as session:
        when = {"moment": moment or now()}
        session.execute(text("UPDATE reminders SET next_at = :moment, occurs_at = :moment"), when)


def events(caller: Caller) -> list[Any]:
    """What the person's feed was told, in order."""
    with db.read() as session:
        rows = session.execute(
            text("SELECT data FROM feed_events WHERE user_id = :user AND type = 'reminder.due' ORDER BY id"),
            {"user": caller.user},
        )
        return [row.data for row in rows]


def runs(caller: Caller, reminder: Any) -> Any:
    return caller.get(f"{REMINDERS}/{reminder['id']}/runs").json["runs"]
