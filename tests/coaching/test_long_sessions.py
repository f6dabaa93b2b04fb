"""Sessions with more messages than are shown, or told to a model, at once."""

from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from app.coaching.models import CoachingMessage, CoachingSession
from app.core.clock import now
from app.db.session import db as database
from tests.coaching.conftest import reply, say
from tests.conftest import Caller
from tests.double.client import Double


def fill(session_id: str, count: int) -> None:
    """As after many breaks: the coach has greeted the person again and again."""
    with database.begin() as session:
        first = (session.scalar(select(func.max(CoachingMessage.place))) or 0) + 1
        rows = [
            {"session_id": session_id, "place": place, "role": "assistant", "content": f"message {place}",
             "created_at": now()}
            for place in range(first, count + 1)
        ]  # fmt: skip
        session.execute(insert(CoachingMessage), rows)
        session.execute(update(CoachingSession).values(messages=count))


def page(caller: Caller, session_id: str, query: str = "") -> Any:
    return caller.get(f"/ai/coaching/session?session_id={session_id}{query}").json


def test_the_newest_500_come_first_and_earlier_ones_in_pages(owner: Caller, session_id: str) -> None:
    fill(session_id, 1100)
    newest = page(owner, session_id)
    assert [len(newest["messages"]), newest["has_more"], newest["next_before"]] == [500, True, 601]
    assert newest["data"]["messages"] == newest["messages"] and newest["data"]["next_before"] == 601
    assert (newest["messages"][-1]["content"], newest["message_count"]) == ("message 1100", 1100)
    middle = page(owner, session_id, "&before=601&limit=600")
    assert middle["code"] == "VALIDATION_ERROR"
    middle = page(owner, session_id, "&before=601&limit=500")
    oldest = page(owner, session_id, f"&before={middle['next_before']}")
    assert [len(oldest["messages"]), oldest["has_more"], oldest["next_before"]] == [100, False, None]


@pytest.mark.parametrize("query", ["&limit=0", "&limit=501", "&before=0", "&before=x", "&before=99999999999"])
def test_a_page_that_there_is_none(owner: Caller, session_id: str, query: str) -> None:
    assert page(owner, session_id, query)["code"] == "VALIDATION_ERROR"


def test_the_coach_goes_on_from_the_newest(owner: Caller, session_id: str, double: Double) -> None:
    fill(session_id, 1100)
    double.script(reply("Go on"))
    assert say(owner, session_id).json["coach_message"] == "Go on"
    told = [message["content"] for message in double.requests()[-1]["body"]["messages"]]
    assert "message 1100" in told and "message 1000" not in told


def test_sessions_are_listed_in_pages(owner: Caller, double: Double) -> None:
    double.default(json={"message": "Welcome!"})
    for _ in range(5):
        session_id = owner.post("/ai/coaching/start", json={"topic_id": "purpose"}).json["session_id"]
        owner.post("/ai/coaching/cancel", json={"session_id": session_id})
    path = "/ai/coaching/sessions?include_completed=true&limit=3"
    page = owner.get(path).json
    rest = owner.get(f"{path}&cursor={page['next_cursor']}").json
    ids = [row["session_id"] for row in page["sessions"] + rest["sessions"]]
    assert (ids, len(set(ids))) == (sorted(ids, reverse=True), 5)
    assert [(one["has_more"], len(one["data"])) for one in (page, rest)] == [(True, 3), (False, 2)]
    assert owner.get(f"{path}&cursor=nothing").status_code == 400


def test_each_topic_shows_its_newest_sessions_however_many_there_were(owner: Caller, double: Double) -> None:
    double.default(json={"message": "Welcome!"})
    ids = []
    for _ in range(3):
        ids.append(owner.post("/ai/coaching/start", json={"topic_id": "purpose"}).json["session_id"])
        owner.post("/ai/coaching/cancel", json={"session_id": ids[-1]})
    live = owner.post("/ai/coaching/start", json={"topic_id": "purpose"}).json["session_id"]
    topics = owner.get("/ai/coaching/topics").json["topics"]
    assert {topic["topic_id"]: topic["session_id"] for topic in topics if topic["session_id"]} == {"purpose": live}
