"""Which entries are about which goals, from either side."""

from threading import Thread
from typing import Any

from tests.conftest import Caller
from tests.workspace.conftest import GOALS, JOURNAL, day, make_entry, make_goal, read, titles


def link(caller: Caller, goal: Any, entry: Any) -> Any:
    return caller.post(f"{GOALS}/{goal['id']}/link-journal", json={"journal_entry_id": entry["id"]})


def test_a_link_is_seen_from_both_sides(owner: Caller, goal: Any, entry: Any) -> None:
    answer = link(owner, goal, entry)
    ids = {"goal_id": goal["id"], "journal_entry_id": entry["id"]}
    assert (answer.status_code, answer.json["success"]) == (201, True)
    assert {key: answer.json[key] for key in ids} == ids
    shown = owner.get(f"{JOURNAL}/{entry['id']}").json
    assert (shown["linked_goals"], shown["linked_goal_ids"]) == (
        [{"id": goal["id"], "title": "Run a 5K"}],
        [goal["id"]],
    )
    assert titles(read(owner, goal)["linked_journal_entries"]) == ["Morning run"]


def test_linked_entries_are_listed_whole(owner: Caller, goal: Any, entry: Any) -> None:
    link(owner, goal, entry)
    listed = owner.get(f"{GOALS}/{goal['id']}/linked-journals").json
    assert listed["total"] == 1
    assert listed["journal_entries"] == [owner.get(f"{JOURNAL}/{entry['id']}").json]


def test_linked_goals_are_listed_whole(owner: Caller, goal: Any, entry: Any) -> None:
    link(owner, goal, entry)
    listed = owner.get(f"{JOURNAL}/{entry['id']}/goals").json
    assert (listed["journal_entry_id"], listed["total"]) == (entry["id"], 1)
    assert (listed["linked_goals"][0]["title"], listed["linked_goals"][0]["milestone_count"]) == ("Run a 5K", 0)


def test_a_link_is_made_once(owner: Caller, goal: Any, entry: Any) -> None:
    link(owner, goal, entry)
    assert link(owner, goal, entry).status_code == 400


def test_a_link_needs_an_entry(owner: Caller, goal: Any) -> None:
    missing = owner.post(f"{GOALS}/{goal['id']}/link-journal", json={})
    unknown = link(owner, goal, {"id": "journal_unknown"})
    assert missing.status_code == 400
    assert (unknown.status_code, unknown.json["message"]) == (404, "Journal entry not found")


def test_a_link_is_taken_away_once_and_the_entry_stays(owner: Caller, goal: Any, entry: Any) -> None:
    link(owner, goal, entry)
    path = f"{GOALS}/{goal['id']}/link-journal/{entry['id']}"
    assert owner.delete(path).json["success"] is True
    again = owner.delete(path)
    assert (again.status_code, again.json["message"]) == (404, "Link not found")
    assert owner.get(f"{JOURNAL}/{entry['id']}").json["linked_goals"] == []


def test_an_entry_is_linked_while_it_is_written(owner: Caller, goal: Any) -> None:
    assert make_entry(owner, goal_ids=[goal["id"]])["linked_goal_ids"] == [goal["id"]]
    assert make_entry(owner, linked_goal_ids=[goal["id"], goal["id"]])["linked_goal_ids"] == [goal["id"]]


def test_an_entry_for_an_unknown_goal_is_not_written(owner: Caller, goal: Any) -> None:
    body = {"title": "Lost", "content": "Nothing", "goal_ids": [goal["id"], "goal_unknown"]}
    assert owner.post(JOURNAL, json=body).status_code == 404
    assert owner.get(JOURNAL).json["entries"] == []


def test_a_change_replaces_the_links(owner: Caller, goal: Any) -> None:
    other = make_goal(owner, "Sleep")
    entry = make_entry(owner, goal_ids=[goal["id"]])
    changed = owner.put(f"{JOURNAL}/{entry['id']}", json={"goal_ids": [other["id"]]}).json
    assert titles(changed["linked_goals"]) == ["Sleep"]
    assert owner.put(f"{JOURNAL}/{entry['id']}", json={"title": "Kept"}).json["linked_goals"] == changed["linked_goals"]
    assert owner.put(f"{JOURNAL}/{entry['id']}", json={"goal_ids": []}).json["linked_goals"] == []


def test_links_go_with_either_end(owner: Caller, goal: Any) -> None:
    first, second = make_entry(owner, "One", goal_ids=[goal["id"]]), make_entry(owner, "Two", goal_ids=[goal["id"]])
    owner.delete(f"{JOURNAL}/{first['id']}")
    assert titles(read(owner, goal)["linked_journal_entries"]) == ["Two"]
    owner.delete(f"{GOALS}/{goal['id']}")
    assert owner.get(f"{JOURNAL}/{second['id']}").json["linked_goals"] == []


def test_writers_on_both_sides_do_not_block_each_other(owner: Caller, goal: Any, entry: Any) -> None:
    statuses: list[int] = []

    def write(number: int) -> None:
        body = {"content": f"Version {number}", "goal_ids": [goal["id"]]}
        statuses.append(owner.put(f"{JOURNAL}/{entry['id']}", json=body).status_code)
        statuses.append(owner.put(f"{GOALS}/{goal['id']}", json={"title": f"Run {number} kilometres"}).status_code)
        link(owner, goal, entry)

    writers = [Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert statuses == [200] * 16


def test_an_entry_is_about_fifty_goals_at_most(owner: Caller, goal: Any) -> None:
    dated = {"title": "Rest", "category": "health", "target_date": day(30)}
    made = owner.post(f"{GOALS}/batch", json={"goals": [dated] * 50}).json["goals"]
    entry = make_entry(owner, goal_ids=[one["id"] for one in made])
    assert len(entry["linked_goal_ids"]) == 50
    refused = link(owner, goal, entry)
    assert (refused.status_code, refused.json["message"]) == (400, "A journal entry can be linked to 50 goals")
    owner.delete(f"{GOALS}/{made[0]['id']}/link-journal/{entry['id']}")
    assert link(owner, goal, entry).status_code == 201
