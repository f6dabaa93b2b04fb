"""Sessions with more messages than are shown, or told to a model, at once."""

from typing import Any

import pytest
from sqlalchemy import update

from app.chat.models import ChatMessage, ChatSession
from app.core.clock import now
from app.db.session import db as database
from tests.chat.conftest import ask
from tests.conftest import Caller
from tests.double.client import Double
from tests.jobs.test_jobs import burst

SESSION = "/api/v1/chat/session"


def fill(session_id: str, count: int, content: str = "message {}") -> None:
    """Gives a session so many messages; the last one is the coach's."""
    roles = ("user", "assistant")
    with database.begin() as session:
        session.add_all(
            ChatMessage(
                id=f"{session_id}-{place}", session_id=session_id, position=place, role=roles[(place + 1) % 2],
                content=content.format(place), context=[], created_at=now(),
            )
            for place in range(1, count + 1)
        )  # fmt: skip
        session.execute(update(ChatSession).where(ChatSession.id == session_id).values(message_count=count))


def texts(page: Any) -> list[str]:
    return [message["content"] for message in page["messages"]]


def numbered(first: int, last: int) -> list[str]:
    return [f"message {place}" for place in range(first, last + 1)]


def test_the_newest_500_come_first_and_earlier_ones_in_pages(owner: Caller, session_id: str) -> None:
    fill(session_id, 1204)
    page = owner.get(f"{SESSION}/{session_id}").json
    assert (texts(page), page["message_count"], page["has_more"]) == (numbered(705, 1204), 1204, True)
    page = owner.get(f"{SESSION}/{session_id}?before={page['next_before']}").json
    assert (texts(page), page["has_more"]) == (numbered(205, 704), True)
    page = owner.get(f"{SESSION}/{session_id}?before={page['next_before']}").json
    assert (texts(page), page["has_more"], page["next_before"]) == (numbered(1, 204), False, None)


def test_a_session_that_fits_is_whole(owner: Caller, session_id: str) -> None:
    fill(session_id, 500)
    page = owner.get(f"{SESSION}/{session_id}").json
    assert (texts(page), page["has_more"], page["next_before"]) == (numbered(1, 500), False, None)


def test_a_page_may_be_smaller_and_end_before_any_message(owner: Caller, session_id: str) -> None:
    fill(session_id, 10)
    page = owner.get(f"{SESSION}/{session_id}?limit=3&before={session_id}-8").json
    assert (texts(page), page["has_more"], page["next_before"]) == (numbered(5, 7), True, f"{session_id}-5")
    assert texts(owner.get(f"{SESSION}/{session_id}?before={session_id}-1").json) == []


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "before=nothing", f"before={'x' * 65}"])
def test_a_page_that_there_is_none(owner: Caller, session_id: str, query: str) -> None:
    answer = owner.get(f"{SESSION}/{session_id}?{query}")
    assert (answer.status_code, set(answer.json)) == (400, {"statusCode", "message", "error"})


def test_a_message_of_another_session_is_no_place_in_this_one(owner: Caller, teammate: Caller, session_id: str) -> None:
    other = teammate.post(SESSION).json["id"]
    fill(session_id, 3)
    fill(other, 3)
    assert owner.get(f"{SESSION}/{session_id}?before={other}-2").status_code == 400
    assert teammate.get(f"{SESSION}/{session_id}?before={session_id}-2").status_code == 404


def test_the_list_of_whole_sessions_has_some_of_each(owner: Caller) -> None:
    ids = [owner.post(SESSION).json["id"] for _ in range(13)]
    for session_id in ids:
        fill(session_id, 130)
    listed = owner.get("/journal-app/api/v1/chat/sessions").json
    assert [row["id"] for row in listed] == ids[::-1]
    counts = [len(row["messages"]) for row in listed]
    assert sum(counts) == 1000 and max(counts) - min(counts) <= 1
    assert texts(listed[0]) == numbered(131 - counts[0], 130)
    assert {row["has_more"] for row in listed} == {True}


def test_a_few_whole_sessions_have_a_hundred_messages_each(owner: Caller, session_id: str) -> None:
    fill(session_id, 130)
    [row] = owner.get("/journal-app/api/v1/chat/sessions").json
    assert (texts(row), row["has_more"]) == (numbered(31, 130), True)
    earlier = owner.get(f"/journal-app/api/v1/chat/session/{session_id}?before={row['next_before']}").json
    assert (texts(earlier), earlier["has_more"]) == (numbered(1, 30), False)


def test_the_model_is_told_of_what_it_has_room_for(owner: Caller, session_id: str, double: Double) -> None:
    fill(session_id, 400, "message {} " + "x" * 10_000)
    ask(owner, "And now?", sessionId=session_id)
    told = double.requests()[-1]["body"]["messages"]
    assert sum(len(message["content"]) for message in told) < 70_000
    assert told[-1]["content"] == "And now?" and told[-2]["content"].startswith("message 400 ")


def test_what_is_summarised_at_once_has_room_in_a_prompt(
    owner: Caller, session_id: str, double: Double, app: Any
) -> None:
    fill(session_id, 400, "message {} " + "x" * 10_000)
    ask(owner, "And now?", sessionId=session_id)
    double.script({"text": "It was about x."})
    burst(app)
    asked = double.requests()[-1]["body"]["messages"][-1]["content"]
    assert "message 1 " in asked and len(asked) < 70_000
    with database.read() as session:
        chat = session.get_one(ChatSession, session_id)
    assert chat.summary == "It was about x." and 1 <= chat.summarised_through < 10
