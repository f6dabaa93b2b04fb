"""A weekly insight knows its sources, is stale when one changes, and loses its words with one that is deleted."""

from collections.abc import Callable
from typing import Any

import gevent
import pytest
from flask import Flask

from app.core.clock import now
from tests.chat.conftest import aim, read, write
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.imports.conftest import burst, send
from tests.provenance.conftest import CANARY, WEEKLY, current, generate, stored
from tests.waiting import until

Change = Callable[[Caller, Any, Any], Any]


@pytest.fixture
def entry(owner: Caller) -> Any:
    return write(owner, f"The {CANARY}", "I ate it")


@pytest.fixture
def goal(owner: Caller) -> Any:
    made = aim(owner, milestones=[{"title": "Run 3K"}])
    owner.post(f"/api/v1/goals/{made['id']}/progress", json={"content": "Two rounds"})
    return owner.get(f"/api/v1/goals/{made['id']}").json


@pytest.fixture
def insight(owner: Caller, entry: Any, goal: Any, double: Double) -> Any:
    double.script({"text": f"You liked the {CANARY}."}, {"text": "Made anew."})
    return generate(owner)["insight"]


def test_it_says_what_it_was_made_from(owner: Caller, insight: Any, entry: Any, goal: Any) -> None:
    note = goal["progress_updates"][0]
    told = {(source["type"], source["id"]) for source in insight["sources"]}
    assert told == {("journal", entry["id"]), ("goal", goal["id"]), ("progress", note["id"])}
    assert insight["stale"] is False
    for shown in (current(owner), owner.get(f"{WEEKLY}/history").json[0], owner.get(f"{WEEKLY}/{insight['id']}").json):
        assert shown == insight


DELETIONS: dict[str, Change] = {
    "entry": lambda owner, entry, goal: owner.delete(f"/api/v1/journal/{entry['id']}"),
    "goal": lambda owner, entry, goal: owner.delete(f"/api/v1/goals/{goal['id']}"),
    "milestone": lambda owner, entry, goal: owner.delete(
        f"/api/v1/goals/{goal['id']}/milestone/{goal['milestones'][0]['id']}"
    ),
    "note": lambda owner, entry, goal: owner.delete(
        f"/api/v1/goals/{goal['id']}/progress/{goal['progress_updates'][0]['id']}"
    ),
}
CHANGES: dict[str, Change] = {
    "entry": lambda owner, entry, goal: owner.put(f"/api/v1/journal/{entry['id']}", json={"content": "I did not"}),
    "its mood": lambda owner, entry, goal: owner.put(f"/api/v1/journal/{entry['id']}", json={"mood": "calm"}),
    "goal": lambda owner, entry, goal: owner.put(f"/api/v1/goals/{goal['id']}", json={"title": "Run"}),
    "milestone": lambda owner, entry, goal: owner.patch(
        f"/api/v1/goals/{goal['id']}/milestone/{goal['milestones'][0]['id']}/complete"
    ),
}


@pytest.mark.parametrize("what", DELETIONS)
def test_what_is_deleted_takes_the_words_along(owner: Caller, insight: Any, entry: Any, goal: Any, what: str) -> None:
    assert DELETIONS[what](owner, entry, goal).status_code in (200, 204)
    shown = current(owner)
    assert (shown["id"], shown["stale"]) == (insight["id"], True)
    assert shown["content"].startswith("Changed since: ")
    assert owner.get(f"{WEEKLY}/history").json == [shown]
    assert "weekly_insights" not in stored(CANARY)


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_changed_makes_it_stale(owner: Caller, insight: Any, entry: Any, goal: Any, what: str) -> None:
    assert CHANGES[what](owner, entry, goal).status_code == 200
    shown = current(owner)
    assert shown == insight | {"stale": True}


def test_what_is_no_part_of_it_changes_nothing(owner: Caller, insight: Any, goal: Any) -> None:
    owner.delete(f"/api/v1/journal/{write(owner, 'Written later')['id']}")
    owner.post(f"/api/v1/goals/{goal['id']}/progress", json={"content": "Three rounds"})
    assert current(owner) == insight


@pytest.mark.parametrize("what", ["stale", "gone"])
def test_it_is_made_again_when_next_asked_for(owner: Caller, insight: Any, entry: Any, goal: Any, what: str) -> None:
    (CHANGES if what == "stale" else DELETIONS)["goal"](owner, entry, goal)
    answer = generate(owner)
    assert (answer["isExisting"], answer["insight"]["id"]) == (False, insight["id"])
    assert (answer["insight"]["content"], answer["insight"]["stale"]) == ("Made anew.", False)
    assert generate(owner)["isExisting"] is True
    assert current(owner) == answer["insight"]


def test_regenerate_makes_it_fresh(owner: Caller, insight: Any, entry: Any) -> None:
    owner.put(f"/api/v1/journal/{entry['id']}", json={"content": "I did not"})
    events = read(owner.post(f"{WEEKLY}/regenerate"))
    assert events.text == "Made anew."
    assert (events.last["insight"]["stale"], current(owner)["stale"]) == (False, False)


def test_a_stream_that_is_read_again_has_no_words_of_what_was_deleted(
    owner: Caller, entry: Any, double: Double
) -> None:
    double.script({"text": f"You liked the {CANARY}."})
    events = read(owner.get(f"{WEEKLY}/stream"))
    owner.delete(f"/api/v1/journal/{entry['id']}")
    after = {"Last-Event-ID": events.ids[0]}
    until(lambda: CANARY not in str(read(owner.get(f"{WEEKLY}/stream", headers=after)).items))


def in_flight(owner: Caller, double: Double, change: Callable[[], Any]) -> Any:
    """What comes of one that is being written when something changes."""
    double.script({"text": f"You liked the {CANARY}.", "hold": 0})
    asked = gevent.spawn(owner.post, f"{WEEKLY}/generate", json={})
    until(lambda: double.holds() == 1)
    change()
    double.release()
    return asked.get()


def test_what_is_deleted_while_it_is_written_is_not_stored(owner: Caller, entry: Any, double: Double) -> None:
    answer = in_flight(owner, double, lambda: owner.delete(f"/api/v1/journal/{entry['id']}"))
    assert (answer.status_code, "deleted meanwhile" in answer.json["message"]) == (500, True)
    assert (current(owner), stored(CANARY)) == (None, [])
    write(owner, "Another day")
    assert generate(owner)["insight"]["stale"] is False


def test_however_writing_and_deleting_fall_together_no_word_stays(offline_app: Flask, clean: None) -> None:
    """The offline coach quotes what it is shown."""
    olivia = sign_in(offline_app, "olivia", "acme")
    for place in range(9):
        entry = write(olivia, f"The {CANARY}", f"I ate a {CANARY}")
        writing = gevent.spawn(olivia.post, f"{WEEKLY}/generate", json={"forceRegenerate": True})
        gevent.sleep(place * 0.007)
        olivia.delete(f"/api/v1/journal/{entry['id']}")
        assert writing.get().status_code in (200, 404, 500)
        assert CANARY not in str(current(olivia))


def test_what_is_changed_while_it_is_written_makes_it_stale(owner: Caller, entry: Any, double: Double) -> None:
    change = {"content": "I did not"}
    answer = in_flight(owner, double, lambda: owner.put(f"/api/v1/journal/{entry['id']}", json=change))
    assert (answer.json["insight"]["content"], answer.json["insight"]["stale"]) == (f"You liked the {CANARY}.", True)


def test_what_an_import_takes_back_takes_the_words_along(owner: Caller, app: Any, double: Double) -> None:
    begun = send(owner, f"date,text\n{now():%Y-%m-%d},A {CANARY}\n".encode(), "journal.csv").json
    burst(app)
    double.script({"text": f"You liked the {CANARY}."})
    assert CANARY in generate(owner)["insight"]["content"]
    assert owner.delete(f"/api/v1/me/imports/{begun['id']}").status_code in (200, 202, 204)
    burst(app)
    assert current(owner)["stale"] is True
    assert "weekly_insights" not in stored(CANARY)


def test_nobody_elses_insight_is_touched(owner: Caller, teammate: Caller, insight: Any, goal: Any) -> None:
    write(teammate, "Theirs")
    theirs = generate(teammate)["insight"]
    owner.delete(f"/api/v1/goals/{goal['id']}")
    assert current(teammate) == theirs


def test_a_deleted_insight_leaves_nothing_behind(owner: Caller, insight: Any) -> None:
    owner.delete(f"{WEEKLY}/{insight['id']}")
    assert set(stored(insight["id"])) <= {"turn_traces"}  # which has figures, and is written a moment later
