"""What a coach remembers comes along: with what it rests on, what it replaced, and everything that deletes it."""

import pytest
from flask import Flask
from sqlalchemy import text

from app.chat import remembering
from app.db.session import db as database
from tests.conftest import Caller, sign_in
from tests.imports.conftest import IMPORTS, send, status
from tests.memory.conftest import MEMORY
from tests.memory.test_offline import learn
from tests.privacy.conftest import WorkOff, Zip, export, sent, work_off

__all__ = ["work_off"]

MANY = 450  # more than one batch
CHAIN = text("""INSERT INTO memory_facts (id, tenant_id, user_id, kind, text, state, superseded_by, said_at, created_at,
  updated_at) SELECT 'fact_' || lpad(n::text, 32, '0'), 'acme', 'olivia', 'circumstance', 'I live in house ' || n,
  'kept', CASE WHEN n < :many THEN 'fact_' || lpad((n + 1)::text, 32, '0') END, now(), now(), now()
  FROM generate_series(1, :many) AS n""")


@pytest.fixture
def olivia(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "olivia", "acme")


@pytest.fixture
def heir(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "hanna", "elsewhere")


def facts(caller: Caller) -> list[dict[str, str]]:
    found: list[dict[str, str]] = sent(caller.get(MEMORY))["facts"]
    return found


def brought(caller: Caller, found: Zip, work_off: WorkOff) -> str:
    begun: str = sent(send(caller, found.data))["id"]
    work_off()
    assert status(caller, begun)["status"] == "completed"
    return begun


@pytest.fixture
def moved(offline_app: Flask, olivia: Caller, heir: Caller, work_off: WorkOff) -> str:
    """The import of somebody who lived in Graz, and in Linz since."""
    learn(offline_app, olivia, "I live in Graz.")
    learn(offline_app, olivia, "I live in Linz now.")
    return brought(heir, export(olivia, work_off), work_off)


def test_each_names_the_one_that_came_after_it(moved: str, heir: Caller) -> None:
    now, before = facts(heir)
    assert (now["text"], before["text"]) == ("I live in Linz now.", "I live in Graz.")
    assert (now["superseded_by"], before["superseded_by"]) == (None, now["id"])
    with database.read() as session:
        query = text("SELECT replaces FROM memory_facts WHERE id = :id")
        assert session.scalar(query, {"id": now["id"]}) == before["id"]


def test_the_coach_uses_what_counts(moved: str, heir: Caller) -> None:
    answer = sent(heir.post("/api/v1/chat/message", json={"message": "Where do I live in Linz?"}))
    assert facts(heir)[0]["id"] in answer["metadata"]["context"]
    with database.read() as session:
        indexed = session.scalars(text("SELECT text FROM document_chunks WHERE user_id = 'hanna' AND kind = 'memory'"))
        assert indexed.all() == ["I live in Linz now."]


def test_it_goes_with_the_message_that_it_rests_on(moved: str, heir: Caller) -> None:
    (source,) = facts(heir)[0]["sources"]
    with database.begin() as session:
        session.execute(text("DELETE FROM chat_messages WHERE id = :id"), {"id": source["id"]})  # type: ignore[index]
    assert facts(heir) == []  # and what it had replaced


def test_conversations_that_were_looked_through_are_not_again(moved: str, heir: Caller, work_off: WorkOff) -> None:
    sent(heir.delete(MEMORY))
    remembering.begin_due()
    work_off()
    assert facts(heir) == []


def test_taken_back_none_is_left(moved: str, heir: Caller, work_off: WorkOff) -> None:
    sent(heir.delete(f"{IMPORTS}/{moved}"))
    work_off()
    with database.read() as session:
        its = "SELECT {} FROM {} WHERE user_id = 'hanna'"
        tables = ("memory_facts", "derived_sources", "document_chunks")
        assert [session.scalar(text(its.format("count(*)", table))) for table in tables] == [0, 0, 0]


def test_a_long_life_in_many_houses_comes_whole(olivia: Caller, heir: Caller, work_off: WorkOff) -> None:
    with database.begin() as session:
        session.execute(CHAIN, {"many": MANY})
    brought(heir, export(olivia, work_off), work_off)
    with database.read() as session:
        query = text("SELECT count(*), count(superseded_by) FROM memory_facts WHERE user_id = 'hanna'")
        assert tuple(session.execute(query).one()) == (MANY, MANY - 1)
