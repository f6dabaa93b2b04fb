"""The journaling app's lists are bare, its goals have dates and milestones, its categories are objects."""

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import pytest

from tests.chat.conftest import prompt
from tests.conftest import SECRET, Caller
from tests.double.client import Double
from tests.journal_app.conftest import BASE, JournalClient
from tests.workspace.conftest import backdate, day, titles


@pytest.fixture
def goal(app_client: JournalClient) -> Any:
    fields = {"description": "", "category": "personal", "target_date": day(30)}
    return app_client.send(
        "POST", "/goal", title="Run a 5K", **fields, milestones=[{"title": "Run 1K", "due_date": None}]
    )


@pytest.fixture
def entry(app_client: JournalClient, goal: Any) -> Any:
    made = app_client.send("POST", "/journal", title="A run", content="Slow, but I ran", tags=["health"])
    assert app_client.send("POST", f"/goal/{goal['id']}/link-journal", journal_entry_id=made["id"])["success"]
    return made


def business_goal(owner: Caller) -> Any:
    """A goal without a date, as a business may have."""
    return owner.post("/workspace/goals", json={"title": "Grow", "status": "active"}).json


def test_sessions_are_a_bare_list_with_their_messages(app_client: JournalClient, stranger: Caller) -> None:
    first = app_client.say("Hello").start["sessionId"]
    app_client.say("How was my week?")
    app_client.say("And my day?", sessionId=first)
    sessions = app_client.get("/chat/sessions")
    assert [session["user_id"] for session in sessions] == ["olivia", "olivia"]
    assert [[message["role"] for message in session["messages"]] for session in sessions] == [
        ["user", "assistant", "user", "assistant"], ["user", "assistant"],
    ]  # fmt: skip
    assert sessions[0]["messages"] == app_client.get(f"/chat/session/{first}")["messages"]
    assert JournalClient(stranger).get("/chat/sessions") == []


def test_a_session_without_a_word_has_no_messages(app_client: JournalClient) -> None:
    made = app_client.send("POST", "/chat/session")
    assert made["messages"] == [] and [row["messages"] for row in app_client.get("/chat/sessions")] == [[]]


def test_prompts_are_texts(app_client: JournalClient) -> None:
    body = app_client.get("/chat/prompts")
    assert list(body) == ["prompts"] and len(body["prompts"]) == 5
    assert all(isinstance(prompt, str) for prompt in body["prompts"])


def test_goals_come_with_milestones_and_a_date(app_client: JournalClient, owner: Caller, goal: Any) -> None:
    business_goal(owner)
    body = app_client.get("/goal")
    assert titles(body["goals"]) == ["Run a 5K"] and body["nextCursor"] is None
    assert titles(body["goals"][0]["milestones"]) == ["Run 1K"]
    assert body["goals"][0]["target_date"].startswith(day(30))
    assert len(owner.get("/api/v1/goals").json["goals"]) == 2


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "America/Los_Angeles", "UTC", "Asia/Manila", "Pacific/Auckland"])
def test_a_day_is_the_same_on_every_clock(app_client: JournalClient, zone: str) -> None:
    steps = [{"title": "Book a train", "due_date": "2031-01-20"}, {"title": "Pack", "due_date": None}]
    fields = {"title": "See Rome", "category": "personal", "target_date": "2031-07-20"}
    goal = app_client.send("POST", "/goal", **fields, milestones=steps)
    place = f"/goal/{goal['id']}"
    changed = app_client.send("PUT", place, title="Rome")
    shown = [goal, changed, app_client.get(place), app_client.get("/goal")["goals"][0]]
    assert {clock_day(row["target_date"], zone) for row in shown} == {"2031-07-20"}
    milestones = [shown[2]["milestones"][0], app_client.get(f"{place}/milestone")[0]]
    assert {clock_day(row["due_date"], zone) for row in milestones} == {"2031-01-20"}
    assert app_client.get(f"{place}/milestone")[1]["due_date"] is None


def test_a_target_with_a_time_keeps_it(app_client: JournalClient) -> None:
    moment = "2031-07-20T18:30:00.000Z"
    goal = app_client.send("POST", "/goal", title="See Rome", category="personal", target_date=moment)
    assert goal["target_date"] == moment


def clock_day(moment: str, zone: str) -> str:
    """The day that a browser in the zone shows for it."""
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).date().isoformat()


def test_a_page_of_goals_leads_to_the_next(app_client: JournalClient, goal: Any) -> None:
    app_client.send("POST", "/goal", title="Read", category="learning", target_date=day(3))
    first = app_client.get("/goal?limit=1")
    assert titles(first["goals"]) == ["Read"]
    assert titles(app_client.get(f"/goal?limit=1&startAfter={first['nextCursor']}")["goals"]) == ["Run a 5K"]
    assert titles(app_client.get("/goal?category=personal&status=not_started")["goals"]) == ["Run a 5K"]


def test_lists_of_a_goal_are_bare(app_client: JournalClient, goal: Any, entry: Any) -> None:
    place = f"/goal/{goal['id']}"
    for note in ("Began", "Ran 2K"):
        app_client.send("POST", f"{place}/progress", content=note)
    assert titles(app_client.get(f"{place}/milestone")) == ["Run 1K"]
    assert [row["content"] for row in app_client.get(f"{place}/progress")] == ["Ran 2K", "Began"]
    linked = app_client.get(f"{place}/linked-journals")
    assert [(row["id"], row["content"]) for row in linked] == [(entry["id"], "Slow, but I ran")]
    assert app_client.get("/goal/category/personal")[0]["id"] == goal["id"]


def test_overdue_goals_are_a_bare_list(app_client: JournalClient, goal: Any) -> None:
    assert app_client.get("/goal/overdue") == []
    backdate(goal, 3)
    assert [row["days_overdue"] for row in app_client.get("/goal/overdue")] == [3]


def test_lists_of_the_journal_are_bare(app_client: JournalClient, owner: Caller, goal: Any, entry: Any) -> None:
    owner.put(f"/api/v1/journal/{entry['id']}", json={"goal_ids": [goal["id"], business_goal(owner)["id"]]})
    assert titles(app_client.get("/journal/recent?limit=5")) == ["A run"]
    assert titles(app_client.get("/journal/search?q=slow")) == ["A run"]
    assert titles(app_client.get(f"/journal/{entry['id']}/goals")) == ["Run a 5K"]
    body = app_client.get("/journal?limit=10")
    assert titles(body["entries"]) == ["A run"] and body["nextCursor"] is None


def test_an_own_category_is_an_object_wherever_a_goal_is(app_client: JournalClient, goal: Any, entry: Any) -> None:
    travel = app_client.send("POST", "/category", name="Travel", color="#3B82F6", icon="✈️")
    moved = app_client.send("PUT", f"/goal/{goal['id']}", category=travel["id"])
    assert moved["category"] == travel
    shown = [
        app_client.get(f"/goal/{goal['id']}"), *app_client.get("/goal")["goals"],
        *app_client.get(f"/goal/category/{travel['id']}"), *app_client.get(f"/journal/{entry['id']}/goals"),
        app_client.send("PATCH", f"/goal/{goal['id']}/status", status="in_progress"),
        app_client.send("PUT", f"/goal/{goal['id']}", title="Run 10K", category=travel, target_date=day(9)),
        app_client.send("POST", "/goal", title="See Rome", category=travel["id"], target_date=day(9)),
    ]  # fmt: skip
    assert [row["category"] for row in shown] == [travel] * 7
    assert app_client.send("PUT", f"/category/{travel['id']}", name="Journeys")["name"] == "Journeys"
    assert app_client.get(f"/goal/{goal['id']}")["category"]["name"] == "Journeys"
    assert app_client.send("DELETE", f"/category/{travel['id']}")["goalsAffected"] == 2
    assert {row["category"] for row in app_client.get("/goal")["goals"]} == {"other"}


def test_the_coach_reads_the_name_of_a_category(app_client: JournalClient, double: Double) -> None:
    travel = app_client.send("POST", "/category", name="Travel")
    app_client.send("POST", "/goal", title="See Rome", category=travel, target_date=day(9))
    app_client.send("PUT", f"/category/{travel['id']}", name="Journeys")
    app_client.say("What are my goals?")
    assert "Journeys" in prompt(double) and travel["id"] not in prompt(double)


def test_any_other_category_is_a_word(app_client: JournalClient, stranger: Caller) -> None:
    JournalClient(stranger).send("POST", "/category", name="Honey")
    app_client.send("POST", "/goal", title="Keep bees", category="Honey", target_date=day(9))
    assert [row["category"] for row in app_client.get("/goal")["goals"]] == ["Honey"]


def test_categories_and_routines_are_bare_lists(app_client: JournalClient) -> None:
    assert [row["is_default"] for row in app_client.get("/category")] == [True] * 7
    made = app_client.send(
        "POST", "/routine", title="Morning", frequency="daily", steps=[{"title": "Walk", "order": 0}]
    )
    place = f"/routine/{made['id']}"
    assert app_client.send("POST", f"{place}/steps/{made['steps'][0]['id']}/toggle")["steps"][0]["completed"]
    assert app_client.send("POST", f"{place}/complete")["streak"] == 1
    assert not app_client.send("POST", f"{place}/reset")["steps"][0]["completed"]
    assert app_client.send("PATCH", place, title="Evening")["title"] == "Evening"
    assert titles(app_client.get("/routine")) == ["Evening"] and app_client.get("/routine/groups") == []
    assert app_client.send("DELETE", place)["success"] and app_client.get("/routine") == []


def test_no_calendar_is_connected(app_client: JournalClient) -> None:
    assert app_client.get("/calendar/status") == {"connected": False}
    refused = app_client.open("GET", "/calendar/connect")
    assert (refused.status_code, refused.json["statusCode"], refused.json["error"]) == (409, 409, "Conflict")
    assert app_client.open("DELETE", "/calendar/disconnect").json["success"]


def test_the_account_is_what_the_token_and_the_settings_say(owner: Caller) -> None:
    claims = {"sub": "olivia", "tenant_id": "acme", "exp": time.time() + 60, "email": "o@acme.test", "name": "Olivia"}
    owner.token = jwt.encode(claims | {"email_verified": True}, SECRET, algorithm="HS256")
    body = JournalClient(owner).get("/auth/me")
    expected = {"uid": "olivia", "email": "o@acme.test", "displayName": "Olivia", "emailVerified": True}
    assert {key: body[key] for key in expected} == expected and body["createdAt"] is None
    owner.patch("/api/v1/me", json={"timezone": "Europe/Vienna"})
    assert JournalClient(owner).get("/auth/me")["createdAt"].endswith("Z")


def test_the_account_of_a_token_without_a_name_has_none(app_client: JournalClient) -> None:
    body = app_client.get("/auth/me")
    assert (body["uid"], body["email"], body["displayName"], body["emailVerified"]) == ("olivia", "", "", False)


def test_answers_with_the_same_fields_are_the_products_own(app_client: JournalClient, owner: Caller) -> None:
    assert app_client.get("/chat/personalities") == owner.get("/api/v1/chat/personalities").json
    assert app_client.get("/chat/weekly-insights/history") == []
    assert app_client.get("/chat/weekly-insights/current")["insight"] is None
    assert app_client.send("POST", "/chat/message", message="Hello")["assistantMessage"]["content"]
    assert "insights" in app_client.get("/chat/insights")
    assert app_client.open("GET", "/health").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/chat/sessions"), ("GET", "/goal"), ("GET", "/category"), ("GET", "/routine"), ("GET", "/auth/me"),
     ("GET", "/calendar/status"), ("POST", "/chat/message/stream"), ("GET", "/nonsense")],
)  # fmt: skip
def test_failures_have_the_chats_body(anonymous: Caller, method: str, path: str) -> None:
    answer = anonymous.open(method, BASE + path)
    status, error = (404, "Not Found") if path == "/nonsense" else (401, "Unauthorized")
    assert (answer.status_code, answer.json["statusCode"], answer.json["error"]) == (status, status, error)
    assert isinstance(answer.json["message"], str)
