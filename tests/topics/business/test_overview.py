"""The business in figures, insights that are kept, conversations that remember, websites that are read once."""

from collections.abc import Callable
from typing import Any

import gevent
import jsonschema
import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db as database
from app.topics.business.models import ConversationMessage
from app.topics.catalog import TOPICS
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.outgoing.site import Site
from tests.topics.business.conftest import reply
from tests.waiting import until

FIGURES = "/multitenant/conversations/business-data"


def insight(title: str, category: str = "operations", priority: str = "high") -> dict[str, Any]:
    return TOPICS["insights_generation"].example["insights"][0] | {
        "title": title, "category": category, "priority": priority,
    }  # fmt: skip


def test_an_empty_business_has_no_figures(owner: Caller) -> None:
    data = owner.get(FIGURES).json["data"]
    assert data["revenue"] == {"current": 0, "previous": None, "trend": None, "changePercent": None}
    assert data["customers"] == {"total": 0, "new": 0, "churned": 0, "retentionRate": None}
    assert data["operations"] == {"activeGoals": 0, "completedActions": 0, "openIssues": 0}
    assert data["team"] == {"size": 0, "utilization": None, "satisfaction": None}


def test_figures_come_from_the_workspace(owner: Caller, stranger: Caller) -> None:
    rows = {
        "measures": [
            {"id": "revenue", "name": "Revenue", "currentValue": 118000}, {"name": "Customers", "currentValue": 450},
            {"name": "New Customers", "currentValue": 35}, {"name": "Churned Customers", "currentValue": 12},
            {"name": "Retention Rate", "currentValue": 94.7}, {"name": "Utilization", "currentValue": 78},
            {"name": "Satisfaction", "currentValue": 8.2},
        ],
        "goals": [{"title": "Grow"}, {"title": "Done", "status": "completed"}],
        "actions": [{"title": "Call", "status": "completed"}, {"title": "Write"}],
        "issues": [{"title": "Late"}, {"title": "Solved", "status": "closed"}],
        "people": [{"name": "Mara"}, {"name": "Jan"}],
    }  # fmt: skip
    owner.post("/workspace/import", json=rows)
    owner.patch("/workspace/measures/revenue", json={"currentValue": 125000})
    assert owner.get(FIGURES).json["data"] == {
        "revenue": {"current": 125000, "previous": 118000, "trend": "up", "changePercent": 5.9},
        "customers": {"total": 450, "new": 35, "churned": 12, "retentionRate": 94.7},
        "operations": {"activeGoals": 1, "completedActions": 1, "openIssues": 1},
        "team": {"size": 2, "utilization": 78, "satisfaction": 8.2},
    }
    assert stranger.get(FIGURES).json["data"]["customers"]["total"] == 0


def generate(caller: Caller, double: Double, *insights: dict[str, Any], query: str = "") -> Any:
    double.script({"json": {"insights": list(insights)}})
    return caller.post(f"/insights/generate{query}")


def test_insights_are_made_and_kept(owner: Caller, teammate: Caller, double: Double) -> None:
    body = generate(owner, double, insight("First"), insight("Second", "finance", "low")).json
    assert body["pagination"] == {"page": 1, "limit": 20, "total": 2, "total_pages": 1}
    first = body["data"][0]
    assert (first["title"], first["status"], first["metadata"]["conversation_count"]) == ("First", "active", 0)
    assert first["id"].startswith("insight_") and first["created_at"].endswith("Z")
    assert {row["title"] for row in owner.get("/insights").json["data"]} == {"First", "Second"}
    assert teammate.get("/insights").json["data"] == []


def test_pages_and_filters_are_honoured(owner: Caller, double: Double) -> None:
    many = [insight(f"Number {number}", "finance" if number % 2 else "strategy") for number in range(5)]
    body = generate(owner, double, *many, query="?category=strategy&page_size=2&page=2").json
    assert [row["title"] for row in body["data"]] == ["Number 4"]
    assert body["pagination"] == {"page": 2, "limit": 2, "total": 3, "total_pages": 2}
    assert owner.get("/insights?category=finance").json["pagination"]["total"] == 2


@pytest.mark.parametrize("query", ["page_size=101", "page=0", "category=weather", "priority=urgent", "status=gone"])
def test_what_is_no_page(owner: Caller, double: Double, query: str) -> None:
    assert owner.post(f"/insights/generate?{query}").status_code == 422
    assert double.requests() == []


def test_insights_are_marked(owner: Caller, teammate: Caller, double: Double) -> None:
    [first, second] = generate(owner, double, insight("First"), insight("Second")).json["data"]
    assert owner.post(f"/insights/{first['id']}/dismiss").json["data"]["status"] == "dismissed"
    assert owner.post(f"/insights/{second['id']}/acknowledge").json["data"]["status"] == "acknowledged"
    assert [row["id"] for row in owner.get("/insights?status=dismissed").json["data"]] == [first["id"]]
    assert teammate.post(f"/insights/{first['id']}/dismiss").status_code == 404


def test_insights_read_the_workspace(owner: Caller, business: Any, double: Double) -> None:
    generate(owner, double, insight("First"))
    sent = str(double.requests()[-1]["body"])
    assert all(word in sent for word in ("Flicker in cold rooms", "Lobby visits", "Win ten lighthouse hotels"))


def test_a_failed_generation_keeps_nothing(owner: Caller, double: Double) -> None:
    double.default(status=500)
    assert owner.post("/insights/generate").json["code"] == "AI_SERVICE_UNAVAILABLE"
    assert owner.get("/insights").json["data"] == []


def test_a_conversation_remembers(owner: Caller, business: Any, double: Double) -> None:
    body = {"topic": "retention", "initialMessage": None, "context": {"goalId": "goal-123"}}
    data = owner.post("/conversations/initiate", json=body).json["data"]
    assert data["topic"] == "retention" and data["createdAt"].endswith("Z")
    double.script(reply("What have you tried?"), reply("And then?"))
    path = f"/conversations/{data['id']}/message"
    assert owner.post(path, json={"message": "Clinics leave"}).json["data"]["response"] == "What have you tried?"
    owner.post(path, json={"message": "We called them"})
    sent = str(double.requests()[-1]["body"]["messages"])
    assert all(word in sent for word in ("Clinics leave", "What have you tried?", "Win ten lighthouse hotels"))


def test_a_long_conversation_is_told_from_its_end(owner: Caller, double: Double) -> None:
    conversation = owner.post("/conversations/initiate", json={"topic": "x"}).json["data"]["id"]
    with database.begin() as session:
        for place in range(200):
            role = ("user", "assistant")[place % 2]
            session.add(
                ConversationMessage(
                    id=f"msg_{place:04}", conversation_id=conversation, role=role, content=f"said {place}"
                )
            )
    double.script(reply("And then?"))
    owner.post(f"/conversations/{conversation}/message", json={"message": "We called them"})
    sent = str(double.requests()[-1]["body"]["messages"])
    assert [f"said {place}'" in sent for place in (159, 160, 199)] == [False, True, True]


def test_a_first_message_is_answered_at_once(owner: Caller, double: Double) -> None:
    double.script(reply("Tell me more"))
    data = owner.post("/conversations/initiate", json={"topic": "x", "initialMessage": "Help"}).json["data"]
    assert (data["response"], data["suggestions"]) == ("Tell me more", ["Call"])


HELP = {"topic": "x", "initialMessage": "Help"}


def twice(double: Double, post: Callable[[], Any], script: Any) -> list[Any]:
    """The answers to two requests that are on at once; the model would have two."""
    double.script(script | {"hold": 0}, script)
    asked = [gevent.spawn(post) for _ in range(2)]
    until(double.holds)
    double.release()
    return [request.get() for request in asked]


def test_two_clicks_begin_one_conversation(owner: Caller, double: Double) -> None:
    answers = twice(double, lambda: owner.post("/conversations/initiate", json=HELP), reply("Tell me more"))
    assert answers[0].json == answers[1].json
    assert owner.post("/conversations/initiate", json=HELP).json == answers[0].json
    assert len(double.requests()) == 1


def test_a_conversation_without_a_first_message_begins_once_too(owner: Caller, teammate: Caller) -> None:
    begun = [caller.post("/conversations/initiate", json={"topic": "x"}).json for caller in (owner, owner, teammate)]
    assert begun[0] == begun[1] != begun[2]


def test_later_the_same_words_begin_another_conversation(owner: Caller, double: Double) -> None:
    double.script(reply("One"), reply("Two"))
    first = owner.post("/conversations/initiate", json=HELP).json
    with database.begin() as session:
        session.execute(text("UPDATE idempotency_keys SET created_at = created_at - interval '3 seconds'"))
    assert owner.post("/conversations/initiate", json=HELP).json["data"]["id"] != first["data"]["id"]


def test_a_message_that_is_sent_twice_at_once_is_answered_once(owner: Caller, double: Double) -> None:
    path = f"/conversations/{owner.post('/conversations/initiate', json={'topic': 'x'}).json['data']['id']}/message"
    answers = twice(double, lambda: owner.post(path, json={"message": "Yes."}), reply("And then?"))
    assert (answers[0].json, len(double.requests())) == (answers[1].json, 1)
    assert owner.post(path, json={"message": "Yes."}).status_code == 200
    assert len(double.requests()) == 2


def test_insights_that_are_asked_for_twice_at_once_are_made_once(owner: Caller, double: Double) -> None:
    answers = twice(double, lambda: owner.post("/insights/generate"), {"json": {"insights": [insight("First")] * 5}})
    assert answers[0].json == answers[1].json
    assert len(double.requests()) == 1


def test_related_insights_are_stored_ones(owner: Caller, double: Double) -> None:
    [known] = generate(owner, double, insight("First")).json["data"]
    conversation = owner.post("/conversations/initiate", json={"topic": "x"}).json["data"]["id"]
    double.script(reply("See", [known["id"], "insight_invented"]))
    data = owner.post(f"/conversations/{conversation}/message", json={"message": "Hi"}).json["data"]
    assert data["relatedInsights"] == [known["id"]]


def test_a_conversation_is_its_owners(owner: Caller, teammate: Caller, double: Double) -> None:
    conversation = owner.post("/conversations/initiate", json={"topic": "x"}).json["data"]["id"]
    answer = teammate.post(f"/conversations/{conversation}/message", json={"message": "Hi"})
    assert (answer.status_code, answer.json["error"]) == (404, f"Conversation not found: {conversation}")


def test_nothing_said_is_lost(owner: Caller, double: Double) -> None:
    conversation = owner.post("/conversations/initiate", json={"topic": "x"}).json["data"]["id"]
    path = f"/conversations/{conversation}/message"
    double.default(status=500)
    assert owner.post(path, json={"message": "Only once"}).status_code == 503
    double.reset()
    double.script(reply("I hear you"))
    owner.post(path, json={"message": "Only once"})
    assert str(double.requests()[-1]["body"]["messages"]).count("Only once") == 1


PAGE = """<html><head><title>Brass &amp; Bloom</title><meta name="description" content="Lamps for small hotels"></head>
<body><main><h1>Light for lobbies</h1><p>We plan, build and fit lamps for the lobbies of small hotels, in one night,
while the hotel stays open. Forty owners in the Alps trust us with their evenings.</p></main></body></html>"""


@pytest.fixture
def scanner(make_app: Any, clean: None) -> Any:
    with Site() as site:
        site.page("/", PAGE)
        app: Flask = make_app(WEBSITE_SCAN_ALLOW_HOSTS=f"127.0.0.1:{site.port}")
        yield site, sign_in(app, "olivia", "acme")


def scan_answer() -> Any:
    topic = TOPICS["website_scan"]
    return {name: value for name, value in topic.example.items() if name in topic.output_schema.schema["properties"]}


def test_a_website_is_read_once_for_both_contracts(scanner: Any, double: Double) -> None:
    site, caller = scanner
    double.script({"json": scan_answer()})
    data = caller.post("/website/scan", json={"url": f"{site.url}/"}).json["data"]
    assert (data["businessName"], data["targetMarket"]) == ("Harbour Bakery", "Offices with 20 to 200 people")
    again = caller.post("/ai/execute", json={"topic_id": "website_scan", "parameters": {"website_url": f"{site.url}/"}})
    jsonschema.Draft202012Validator(TOPICS["website_scan"].public_schema).validate(again.json["data"])
    assert again.json["data"]["scan_id"] == data["scan_id"] and data["scan_id"].startswith("scan_")
    assert caller.get(f"/website/scan/{data['scan_id']}").json["data"] == again.json["data"]
    assert len(double.requests()) == 1
    system, user = double.requests()[0]["body"]["messages"]
    assert "Forty owners" in user["content"] and "Forty owners" not in system["content"]


def test_a_scan_is_its_tenants(scanner: Any, stranger: Caller, double: Double) -> None:
    site, caller = scanner
    double.script({"json": scan_answer()})
    scan_id = caller.post("/website/scan", json={"url": f"{site.url}/"}).json["data"]["scan_id"]
    assert stranger.get(f"/website/scan/{scan_id}").status_code == 404


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/", "file:///etc/passwd", "x"],
)
def test_private_places_are_not_read(owner: Caller, double: Double, url: str) -> None:
    for path, body in (
        ("/website/scan", {"url": url}),
        ("/ai/execute", {"topic_id": "website_scan", "parameters": {"website_url": url}}),
    ):
        answer = owner.post(path, json=body)
        assert answer.status_code in {422, 502, 504} and answer.json["success"] is False
    assert double.requests() == []


def test_a_page_that_can_not_be_read_is_no_profile(scanner: Any, double: Double) -> None:
    site, caller = scanner
    assert caller.post("/website/scan", json={"url": f"{site.url}/missing"}).status_code == 502
    assert double.requests() == []
