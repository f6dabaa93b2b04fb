"""Prompts, suggestions and insights that can be read again follow what they were made from."""

from typing import Any

import gevent
import pytest
from flask import Flask

from tests.chat.conftest import aim, read, write
from tests.conftest import Caller
from tests.double.client import Double
from tests.jobs.test_jobs import burst
from tests.provenance.conftest import CANARY, PROMPTS, SUGGEST, prompts_that_say, stored, suggestions_that_say
from tests.waiting import until

INSIGHTS = "/api/v1/chat/insights"
KEY = {"Idempotency-Key": "once"}


@pytest.fixture
def entry(owner: Caller) -> Any:
    return write(owner, f"The {CANARY}", "I ate it")


def remove(caller: Caller, entry: Any) -> None:
    assert caller.delete(f"/api/v1/journal/{entry['id']}").status_code == 200


def texts(caller: Caller) -> list[str]:
    return [row["text"] for row in caller.get(PROMPTS).json["prompts"]]


def test_prompts_lose_the_words_of_what_was_deleted(owner: Caller, entry: Any, double: Double, app: Flask) -> None:
    write(owner, "Another")
    double.script(prompts_that_say(CANARY), prompts_that_say("garden"))
    assert CANARY in texts(owner)[0]
    remove(owner, entry)
    assert stored(CANARY) == []
    assert not any(CANARY in text for text in texts(owner))
    burst(app)
    assert "garden" in texts(owner)[0]


def test_prompts_that_are_stale_are_made_again(owner: Caller, entry: Any, double: Double, app: Flask) -> None:
    double.script(prompts_that_say(CANARY), prompts_that_say("garden"))
    assert CANARY in texts(owner)[0]
    owner.put(f"/api/v1/journal/{entry['id']}", json={"title": "The garden"})
    texts(owner)
    burst(app)
    assert "garden" in texts(owner)[0]


def test_prompts_that_are_being_made_of_what_is_deleted_are_not_stored(
    owner: Caller, entry: Any, double: Double
) -> None:
    double.script(prompts_that_say(CANARY) | {"hold": 0})
    asked = gevent.spawn(texts, owner)
    until(lambda: double.holds() == 1)
    remove(owner, entry)
    double.release()
    assert not any(CANARY in text for text in asked.get())
    assert stored(CANARY) == []


def test_suggestions_that_are_sent_again_have_no_words_of_what_was_deleted(
    owner: Caller, entry: Any, double: Double
) -> None:
    aim(owner)
    double.script(suggestions_that_say(CANARY), suggestions_that_say("garden"))
    first = owner.post(SUGGEST, headers=KEY).json
    assert (first["stale"], {"type": "journal", "id": entry["id"]} in first["sources"]) == (False, True)
    assert owner.post(SUGGEST, headers=KEY).json == first
    remove(owner, entry)
    assert stored(CANARY) == []
    assert owner.post(SUGGEST, headers=KEY).json["suggested_goals"][0]["title"] == "More garden"


def test_suggestions_tell_that_something_has_changed_since(owner: Caller, entry: Any, double: Double) -> None:
    double.script(suggestions_that_say(CANARY))
    first = owner.post(SUGGEST, headers=KEY).json
    owner.put(f"/api/v1/journal/{entry['id']}", json={"mood": "calm"})
    assert owner.post(SUGGEST, headers=KEY).json == first | {"stale": True}


@pytest.mark.parametrize("kind", ["insights", "goal-insights"])
def test_a_stream_goes_on_no_more_when_what_it_tells_of_was_deleted(
    owner: Caller, entry: Any, double: Double, kind: str
) -> None:
    goal = aim(owner, f"Eat a {CANARY}")
    place = f"/api/v1/chat/{kind}{'' if kind == 'insights' else '/' + goal['id']}/stream"
    double.script({"text": f"You liked the {CANARY}."})
    after = {"Last-Event-ID": read(owner.get(place)).ids[0]}
    assert CANARY in read(owner.get(place, headers=after)).text
    remove(owner, entry)
    assert owner.get(place, headers=after).status_code == 404


def test_insights_tell_what_they_were_made_from(owner: Caller, entry: Any, double: Double) -> None:
    steps = ["Buy two of them today", "Eat one of them tomorrow"]
    double.script({"text": "All is well."}, {"json": {"insights": "It goes well, " * 9, "recommendations": steps}})
    goal = aim(owner, f"Eat a {CANARY}")
    for place in (INSIGHTS, f"/api/v1/chat/goal-insights/{goal['id']}"):
        body = owner.get(place).json
        told = {(source["type"], source["id"]) for source in body["sources"]}
        assert (told, body["stale"]) == ({("journal", entry["id"]), ("goal", goal["id"])}, False)
