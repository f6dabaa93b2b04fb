"""Insights on a business follow its records, whoever of the team changes them."""

from typing import Any

import gevent
import pytest

from tests.conftest import Caller
from tests.double.client import Double
from tests.provenance.conftest import CANARY, stored
from tests.topics.business.test_overview import insight
from tests.waiting import until

GENERATE, KEY = "/insights/generate", {"Idempotency-Key": "once"}


@pytest.fixture
def made(owner: Caller, double: Double) -> Any:
    rows = {"issues": [{"id": "late", "title": f"A {CANARY} is late"}], "goals": [{"id": "grow", "title": "Grow"}]}
    owner.post("/workspace/import", json=rows)
    double.script({"json": {"insights": [insight(f"About the {CANARY}")]}}, {"json": {"insights": [insight("New")]}})
    return owner.post(GENERATE, headers=KEY).json["data"][0]


def test_it_says_what_it_was_made_from(owner: Caller, made: Any) -> None:
    assert {"type": "issues", "id": "late"} in made["sources"]
    assert {"type": "goal", "id": "grow"} in made["sources"]
    assert (made["stale"], owner.get("/insights").json["data"]) == (False, [made])


def test_a_deleted_record_takes_the_words_along(owner: Caller, teammate: Caller, made: Any) -> None:
    assert teammate.delete("/workspace/issues/late").status_code == 204
    [shown] = owner.get("/insights").json["data"]
    assert (shown["id"], shown["title"], shown["stale"]) == (made["id"], "Changed since", True)
    assert stored(CANARY) == []
    assert owner.post(GENERATE, headers=KEY).json["data"][0]["title"] == "New"


def test_what_is_deleted_while_it_is_made_is_not_stored(owner: Caller, made: Any, double: Double) -> None:
    double.reset()
    double.script({"json": {"insights": [insight(f"About the {CANARY}")]}, "hold": 0})
    asked = gevent.spawn(owner.post, GENERATE)
    until(lambda: double.holds() == 1)
    owner.delete("/workspace/issues/late")
    double.release()
    assert (asked.get().status_code, asked.get().json["code"], stored(CANARY)) == (409, "SOURCE_DELETED", [])


def test_a_changed_record_makes_it_stale(owner: Caller, teammate: Caller, made: Any) -> None:
    teammate.patch("/workspace/issues/late", json={"title": "Late"})
    assert owner.get("/insights").json["data"] == [made | {"stale": True}]
