"""The business behind the coaching: its rows over HTTP, shared by a tenant and unseen by the next."""

from typing import Any

import pytest

from app.core.clock import now
from app.db.session import db as database
from app.workspace.records.collections import KINDS
from app.workspace.records.models import MeasureValue
from tests.conftest import Caller

FOUNDATION = "/workspace/foundation"
NAMED = {
    "goals": {"title": "Grow retention"},
    "strategies": {"name": "Onboard in a week"},
    "measures": {"name": "Revenue", "currentValue": 118000},
    "actions": {"title": "Call ten customers"},
    "issues": {"title": "Deliveries arrive late"},
    "people": {"name": "Ada Byron"},
    "departments": {"name": "Sales"},
    "positions": {"name": "Head of sales"},
}


def made(caller: Caller, collection: str, **fields: Any) -> Any:
    return caller.post(f"/workspace/{collection}", json=NAMED[collection] | fields).json


def test_every_collection_is_tried() -> None:
    assert set(NAMED) == set(KINDS)


@pytest.mark.parametrize("collection", NAMED)
def test_a_row_lives_from_creation_to_removal(owner: Caller, collection: str) -> None:
    created = owner.post(f"/workspace/{collection}", json=NAMED[collection] | {"id": "row-1", "note": "kept"})
    assert (created.status_code, created.json["id"], created.json["note"]) == (201, "row-1", "kept")
    assert owner.get(f"/workspace/{collection}/row-1").json == created.json
    changed = owner.patch(f"/workspace/{collection}/row-1", json={"description": "Said later"})
    assert (changed.status_code, changed.json["description"], changed.json["note"]) == (200, "Said later", "kept")
    written = owner.put(f"/workspace/{collection}/row-1", json=NAMED[collection])
    assert written.status_code == 200 and "note" not in written.json
    assert owner.get(f"/workspace/{collection}").json["total"] == 1
    assert owner.delete(f"/workspace/{collection}/row-1").status_code == 204
    assert owner.get(f"/workspace/{collection}/row-1").status_code == 404


@pytest.mark.parametrize("collection", NAMED)
def test_ids_are_given_and_unique_within_the_tenant(owner: Caller, stranger: Caller, collection: str) -> None:
    path = f"/workspace/{collection}"
    assert made(owner, collection)["id"].startswith(f"{KINDS[collection].singular}_")
    assert owner.post(path, json=NAMED[collection] | {"id": "x"}).status_code == 201
    again = owner.post(path, json=NAMED[collection] | {"id": "x"})
    assert (again.status_code, again.json["success"]) == (409, False)
    assert stranger.post(path, json=NAMED[collection] | {"id": "x"}).status_code == 201


@pytest.mark.parametrize("collection", sorted(set(NAMED) - {"goals"}))
def test_a_tenant_shares_its_rows_and_nobody_else_sees_them(
    owner: Caller, teammate: Caller, stranger: Caller, collection: str
) -> None:
    path = f"/workspace/{collection}/{made(owner, collection)['id']}"
    assert teammate.get(path).status_code == 200
    answers = [stranger.get(path), stranger.put(path, json=NAMED[collection]), stranger.delete(path)]
    assert {answer.status_code for answer in answers} == {404}
    assert stranger.get(f"/workspace/{collection}").json["items"] == []


def test_goals_are_a_persons_own_and_the_same_as_in_the_chat(owner: Caller, teammate: Caller) -> None:
    goal = made(owner, "goals", status="active", targetDate="2031-05-01", progress=40, intent="Keep them")
    assert teammate.get(f"/workspace/goals/{goal['id']}").status_code == 404
    seen = owner.get(f"/api/v1/goals/{goal['id']}").json
    assert (seen["title"], seen["status"], seen["progress_percentage"]) == ("Grow retention", "in_progress", 40)
    owner.patch(f"/api/v1/goals/{goal['id']}/status", json={"status": "completed"})
    told = owner.get(f"/workspace/goals/{goal['id']}").json
    assert (told["status"], told["progress"], told["intent"]) == ("completed", 100, "Keep them")


def test_a_goal_without_a_date_is_fine_in_both_places(owner: Caller) -> None:
    goal = made(owner, "goals")
    assert (goal["status"], goal["targetDate"]) == ("active", None)
    assert owner.get("/api/v1/goals").json["goals"][0]["target_date"] is None
    assert owner.get("/api/v1/goals/overdue").status_code == 200


def test_a_chat_goal_is_a_business_goal(owner: Caller) -> None:
    owner.post("/api/v1/goals", json={"title": "Run a 5K", "category": "health", "target_date": "2031-01-01"})
    [goal] = owner.get("/workspace/goals").json["items"]
    assert (goal["title"], goal["name"], goal["status"]) == ("Run a 5K", "Run a 5K", "not_started")


@pytest.mark.parametrize(
    ("collection", "change"),
    [
        ("goals", {"title": ""}), ("goals", {"title": 7}), ("goals", {"status": "busy"}), ("goals", {"progress": 101}),
        ("goals", {"targetDate": "soon"}), ("measures", {"currentValue": "many"}), ("measures", {"currentValue": True}),
        ("measures", {"direction": "sideways"}), ("actions", {"status": "done"}), ("actions", {"priority": "urgent"}),
        ("issues", {"status": "on fire"}), ("issues", {"tags": "late"}), ("people", {"name": "x" * 201}),
        ("strategies", {"id": "a b"}), ("strategies", {"id": "x" * 65}), ("departments", {"extra": "x" * 70_000}),
        ("positions", {"role": 7}),
    ],
)  # fmt: skip
def test_what_is_no_row_is_refused(owner: Caller, collection: str, change: dict[str, Any]) -> None:
    answer = owner.post(f"/workspace/{collection}", json=NAMED[collection] | change)
    assert (answer.status_code, answer.json["success"], answer.json["code"]) == (422, False, "VALIDATION_ERROR")
    assert owner.get(f"/workspace/{collection}").json["items"] == []


def test_a_measure_remembers_its_values(owner: Caller) -> None:
    measure = made(owner, "measures", id="m1")
    assert (measure["previous"], measure["trend"], measure["changePercent"]) == (None, None, None)
    for value in (125000, 125000):
        measure = owner.patch("/workspace/measures/m1", json={"currentValue": value}).json
    assert (measure["previous"], measure["trend"], measure["changePercent"]) == (118000, "up", 5.9)
    history = owner.get("/workspace/measures/m1/history").json
    assert [entry["value"] for entry in history["history"]] == [125000, 118000]


def test_a_long_history_shows_its_newest_values(owner: Caller) -> None:
    owner.post("/workspace/measures", json={"id": "m1", "name": "Revenue"})
    with database.begin() as session:
        values = ({"tenant_id": "acme", "measure_id": "m1", "value": n, "recorded_at": now()} for n in range(1200))
        session.add_all(MeasureValue(**value) for value in values)
    found = owner.get("/workspace/measures/m1/history").json
    assert [found["history"][place]["value"] for place in (0, -1)] == [1199, 200]
    assert (found["total"], found["hasMore"]) == (1200, True)


def test_a_removed_measure_leaves_no_history(owner: Caller) -> None:
    made(owner, "measures", id="m1")
    owner.delete("/workspace/measures/m1")
    assert made(owner, "measures", id="m1", currentValue=5)["previous"] is None


def test_either_name_of_a_thing_will_do(owner: Caller) -> None:
    strategy = owner.post("/workspace/strategies", json={"title": "Win back"}).json
    assert (strategy["name"], strategy["title"]) == ("Win back", "Win back")
    renamed = owner.patch(f"/workspace/strategies/{strategy['id']}", json={"title": "Win them back"}).json
    assert renamed["name"] == "Win them back"


def test_nul_is_dropped_wherever_it_is(owner: Caller) -> None:
    sent = {"id": "issue-0", "title": "Late\0 again", "own\0": {"deep": ["a\0b", r"\u0000"]}}
    assert owner.post("/workspace/issues", json=sent).status_code == 201
    kept = owner.get("/workspace/issues/issue-0").json
    assert (kept["title"], kept["own"]) == ("Late again", {"deep": ["ab", r"\u0000"]})


def test_null_empties_a_field(owner: Caller) -> None:
    action = made(owner, "actions", dueDate="2026-12-01")
    assert "dueDate" not in owner.patch(f"/workspace/actions/{action['id']}", json={"dueDate": None}).json


def test_lists_come_in_pages_and_by_status(owner: Caller) -> None:
    for number in range(5):
        made(owner, "actions", id=f"a{number}", status="completed" if number % 2 else "not_started")
    page = owner.get("/workspace/actions?limit=2&offset=1").json
    assert ([row["id"] for row in page["items"]], page["total"], page["hasMore"]) == (["a3", "a2"], 5, True)
    assert owner.get("/workspace/actions?status=completed").json["total"] == 2
    assert owner.get("/workspace/actions?limit=501").status_code == 422


def test_a_page_of_large_rows_ends_early(owner: Caller) -> None:
    text = [letter * 4900 for letter in "abcdefghijkl"]
    for number in range(90):
        row = {"id": f"a{number:02}", "title": "Large"} | {f"note{n}": part for n, part in enumerate(text)}
        assert owner.post("/workspace/actions", json=row).status_code == 201
    page = owner.get("/workspace/actions?limit=500").json
    known = [row["id"] for row in page["items"]]
    assert 60 < len(known) < 90 and (page["total"], page["hasMore"]) == (90, True)
    rest = owner.get(f"/workspace/actions?limit=500&offset={len(known)}").json
    assert known + [row["id"] for row in rest["items"]] == [f"a{number:02}" for number in range(89, -1, -1)]
    assert rest["hasMore"] is False


def test_an_empty_foundation_has_all_its_sections(owner: Caller) -> None:
    expected = {"profile": {}, "identity": {}, "market": {}, "products": [], "proposition": {}, "model": {}}
    assert owner.get(FOUNDATION).json == expected


def test_a_foundation_is_patched_section_by_section(owner: Caller, stranger: Caller) -> None:
    owner.put(FOUNDATION, json={"profile": {"businessName": "Brass & Bloom"}, "identity": {"vision": "Light"}})
    answer = owner.patch(FOUNDATION, json={"identity": {"purpose": "Warm rooms"}, "products": [{"name": "Lamp"}]})
    assert answer.json["identity"] == {"vision": "Light", "purpose": "Warm rooms"}
    assert (answer.json["profile"], answer.json["products"]) == ({"businessName": "Brass & Bloom"}, [{"name": "Lamp"}])
    assert stranger.get(FOUNDATION).json["identity"] == {}


@pytest.mark.parametrize(
    "body", [{"profile": "x"}, {"identity": {"vision": 7}}, {"products": "lamps"}, {"market": {"icas": [7]}}]
)
def test_what_is_no_foundation_is_refused(owner: Caller, body: dict[str, Any]) -> None:
    assert owner.put(FOUNDATION, json=body).status_code == 422


def test_an_import_fills_a_workspace(owner: Caller) -> None:
    body = {name: [row | {"id": f"{name}-1"}] for name, row in NAMED.items()}
    body |= {"foundation": {"identity": {"vision": "Light"}}}
    for _ in range(2):
        answer = owner.post("/workspace/import", json=body)
    assert answer.json["imported"] == {"foundation": 1, **dict.fromkeys(NAMED, 1)}
    assert [owner.get(f"/workspace/{name}").json["total"] for name in NAMED] == [1] * len(NAMED)


def test_an_import_is_all_or_nothing(owner: Caller) -> None:
    body = {"measures": [NAMED["measures"]], "issues": [{"title": "Late"}, {"status": "open"}]}
    answer = owner.post("/workspace/import", json=body)
    assert (answer.status_code, "issues.1" in answer.json["error"]) == (422, True)
    assert owner.get("/workspace/measures").json["total"] == 0


def test_an_import_has_a_limit(owner: Caller) -> None:
    rows = [{"name": f"Person {number}"} for number in range(1001)]
    assert owner.post("/workspace/import", json={"people": rows}).status_code == 422


def test_a_colleagues_goal_is_not_overwritten_by_an_import(owner: Caller, teammate: Caller) -> None:
    made(owner, "goals", id="g1")
    assert teammate.post("/workspace/import", json={"goals": [{"id": "g1", "title": "Mine"}]}).status_code == 404
    assert owner.get("/workspace/goals/g1").json["title"] == "Grow retention"


@pytest.mark.parametrize("prefix", ["/api/v1", "/coaching/api/v1"])
def test_the_workspace_answers_at_every_mount(owner: Caller, prefix: str) -> None:
    assert owner.get(f"{prefix}{FOUNDATION}").status_code == 200
