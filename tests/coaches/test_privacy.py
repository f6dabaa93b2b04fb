"""Exports name the human who wrote; erasures leave nothing of the person, and of the coach not the name."""

import jwt
import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db
from tests.coaches.conftest import COACH, CONSENTS, act, agree, read, say, sent
from tests.conftest import SECRET, Caller, sign_in
from tests.imports.conftest import send
from tests.privacy.conftest import WorkOff, export, work_off
from tests.privacy.erasing import erase, new_user, tables_with

__all__ = ["work_off"]

LEFT = {"erasures", "revocations"}  # what has the id of somebody who is gone


@pytest.fixture
def erin(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, new_user(), "acme")


@pytest.fixture
def ruth(offline_app: Flask, clean: None) -> Caller:
    """A coach, whose token has her name."""
    caller = sign_in(offline_app, new_user(), "acme", "coach")
    claims = jwt.decode(caller.token, SECRET, ["HS256"]) | {"name": "Ruth Rowan"}
    caller.token = jwt.encode(claims, SECRET)
    return caller


@pytest.fixture
def opal(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "opal", "house", "operator")


def coached(person: Caller, coach: Caller) -> str:
    """A conversation of both, taken over, with all that a coach leaves behind; its id."""
    agree(person, coach)
    talk = str(sent(person.post("/api/v1/chat/message", json={"message": "I lost the thread"}))["sessionId"])
    sent(coach.get(f"{COACH}/sessions/{talk}"))
    sent(coach.post(f"{COACH}/people/{person.user}/notes", json={"text": "Ask about the kumquat"}))
    sent(act(coach, talk, "take-over"))
    sent(act(coach, talk, "reply", text="Let us find it again."))
    say(person, talk, "Gladly")
    return talk


def test_an_export_says_which_words_are_a_humans(erin: Caller, ruth: Caller, work_off: WorkOff) -> None:
    coached(erin, ruth)
    found = export(erin, work_off)
    [page] = found.within("chats")
    assert "**Ruth Rowan (human coach)**, " in found.text(page)
    assert [row["author_name"] for row in found.rows("chat_messages")] == [None, None, "Ruth Rowan", None]
    assert [row["type"] for row in found.rows("consent_reads")] == ["session"]
    assert [row["text"] for row in found.rows("coach_notes")] == ["Ask about the kumquat"]


def test_a_conversation_that_is_brought_along_keeps_the_mark(
    offline_app: Flask, erin: Caller, ruth: Caller, work_off: WorkOff
) -> None:
    coached(erin, ruth)
    heir = sign_in(offline_app, "hanna", "acme")
    sent(send(heir, export(erin, work_off).data))
    work_off()
    [talk] = sent(heir.get("/api/v1/chat/sessions"))["sessions"]
    session = read(heir, talk["id"])
    assert session["messages"][2]["author"] == {"type": "human", "name": "Ruth Rowan"}
    assert "taken_over_by" not in session
    assert sent(heir.get(CONSENTS))["total"] == 0 and ruth.get(f"{COACH}/sessions/{talk['id']}").status_code == 404


def test_of_an_erased_person_nothing_is_left_with_the_coach(
    erin: Caller, ruth: Caller, opal: Caller, work_off: WorkOff
) -> None:
    coached(erin, ruth)
    erase(opal, erin, work_off)
    assert tables_with(erin.user) - LEFT == set() and tables_with("kumquat") == set()
    assert sent(ruth.get(f"{COACH}/people"))["people"] == []


def test_an_erased_coach_is_a_nameless_human(erin: Caller, ruth: Caller, opal: Caller, work_off: WorkOff) -> None:
    talk = coached(erin, ruth)
    erase(opal, ruth, work_off)
    assert tables_with(ruth.user) - LEFT == set() and tables_with("Rowan") == set()
    session = read(erin, talk)
    assert session["messages"][2]["author"] == {"type": "human", "name": ""} and "taken_over_by" not in session
    assert sent(erin.get(CONSENTS))["consents"][0]["coach"] == ""
    assert say(erin, talk, "And now?")["assistantMessage"] is not None


def test_a_namesake_of_another_tenant_keeps_the_name(
    offline_app: Flask, erin: Caller, ruth: Caller, opal: Caller, work_off: WorkOff
) -> None:
    away = sign_in(offline_app, "sam", "other")
    talk = coached(away, sign_in(offline_app, ruth.user, "other", "coach"))
    erase(opal, ruth, work_off)
    with db.read() as session:
        names = session.scalars(text("SELECT author_id FROM chat_messages WHERE author_id IS NOT NULL")).all()
    assert names == [ruth.user] and read(away, talk)["taken_over_by"]
