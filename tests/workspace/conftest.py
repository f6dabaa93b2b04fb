"""Goals and journal entries in tests: made over HTTP, as a client would."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.core.clock import now
from app.db.session import db as database
from tests.conftest import Caller

GOALS = "/api/v1/goals"
JOURNAL = "/api/v1/journal"


def day(offset: int = 0) -> str:
    """Today in UTC, so many days on, as ``YYYY-MM-DD``."""
    return (now() + timedelta(days=offset)).date().isoformat()


def make_goal(caller: Caller, title: str = "Run a 5K", **fields: Any) -> Any:
    body = {"title": title, "category": "health", "target_date": day(30)} | fields
    return caller.post(GOALS, json=body).json


def make_entry(caller: Caller, title: str = "Morning run", **fields: Any) -> Any:
    return caller.post(JOURNAL, json={"title": title, "content": "Three kilometres in the rain"} | fields).json


def add_milestone(caller: Caller, goal: Any, title: str = "Run 3K") -> Any:
    return caller.post(f"{GOALS}/{goal['id']}/milestone", json={"title": title}).json


def read(caller: Caller, goal: Any) -> Any:
    return caller.get(f"{GOALS}/{goal['id']}").json


def set_status(caller: Caller, goal: Any, status: str) -> Any:
    return caller.patch(f"{GOALS}/{goal['id']}/status", json={"status": status})


def backdate(goal: Any, days: int) -> None:
    """Time passes: the goal was due so many days ago."""
    with database.begin() as session:
        late = text("UPDATE goals SET target_date = target_date - make_interval(days => :days) WHERE id = :id")
        session.execute(late, {"days": days + 30, "id": goal["id"]})


def titles(rows: list[Any]) -> list[str]:
    return [row["title"] for row in rows]


@pytest.fixture
def goal(owner: Caller) -> Any:
    return make_goal(owner)


@pytest.fixture
def entry(owner: Caller) -> Any:
    return make_entry(owner)
