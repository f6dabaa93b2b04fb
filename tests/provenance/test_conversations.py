"""What a conversation's list shows, and its summary, have no words of a message that is gone."""

import gevent
import pytest
from flask import Flask
from sqlalchemy import delete

from app.chat.jobs import summarise
from app.chat.models import ChatMessage
from app.db.session import db as database
from tests.chat.conftest import ask
from tests.chat.test_long_sessions import fill
from tests.conftest import Caller
from tests.double.client import Double
from tests.provenance.conftest import CANARY, stored
from tests.waiting import until

SESSION = "/api/v1/chat/session"
LONG = f"{CANARY} " * 1200


def drop(session_id: str, *places: int) -> None:
    """As retention does."""
    with database.begin() as session:
        its = ChatMessage.session_id == session_id, ChatMessage.position.in_(places)
        session.execute(delete(ChatMessage).where(*its))


def test_a_title_goes_with_the_message_that_it_is_the_beginning_of(owner: Caller, double: Double) -> None:
    double.script({"text": "Good."})
    session_id = ask(owner, f"My  {CANARY}\nis ripe").json["sessionId"]
    assert owner.get(f"{SESSION}/{session_id}").json["title"] == f"My {CANARY} is ripe"
    drop(session_id, 1)
    assert owner.get(f"{SESSION}/{session_id}").json["title"] == "New Conversation"
    assert stored(CANARY) == []


def test_a_title_that_the_person_gave_stays(owner: Caller) -> None:
    session_id = ask(owner, f"My {CANARY} is ripe").json["sessionId"]
    owner.patch(f"{SESSION}/{session_id}/title", json={"title": "Fruit"})
    drop(session_id, 1)
    assert owner.get(f"{SESSION}/{session_id}").json["title"] == "Fruit"


def summarise_now(app: Flask, session_id: str) -> None:
    with app.app_context():
        summarise(session_id)


@pytest.fixture
def long(owner: Caller) -> str:
    session_id: str = owner.post(SESSION).json["id"]
    fill(session_id, 20, LONG)
    return session_id


def test_a_summary_goes_with_what_it_tells_of(app: Flask, long: str, double: Double) -> None:
    double.script({"text": f"They like {CANARY}."}, {"text": "They like fruit."})
    summarise_now(app, long)
    assert "chat_sessions" in stored(f"They like {CANARY}")
    drop(long, 1)
    assert stored(f"They like {CANARY}") == []
    summarise_now(app, long)
    assert stored("They like fruit") == ["chat_sessions"]


def test_a_summary_of_what_is_deleted_meanwhile_is_not_stored(app: Flask, long: str, double: Double) -> None:
    double.script({"text": f"They like {CANARY}.", "hold": 0})
    working = gevent.spawn(summarise_now, app, long)
    until(lambda: double.holds() == 1)
    drop(long, 2)
    double.release()
    working.get()
    assert stored(f"They like {CANARY}") == []
