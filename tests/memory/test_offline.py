"""The offline coach remembers too: what was planted is used a month later, and gone when it is deleted."""

import pytest
from flask import Flask

from app.chat import remembering
from tests.chat.conftest import ask
from tests.conftest import Caller
from tests.memory.conftest import MEMORY, leave

SAID = {
    "en": ("I live in Graz.", "Writing lists helped me.", "My sister is called Vera.", "I prefer the evening."),
    "de": ("Ich wohne in Graz.", "Listen haben mir geholfen, das hilft mir.", "Ich mag den Abend."),
    "fr": ("J'habite à Graz.", "Je préfère le soir."),
    "es": ("Vivo en Graz.", "Prefiero la tarde."),
    "it": ("Vivo a Graz.", "Preferisco la sera."),
}


def learn(app: Flask, caller: Caller, *said: str) -> None:
    session_id = ask(caller, " ".join(said)).json["sessionId"]
    leave(session_id)
    with app.app_context():
        remembering.remember(session_id)


@pytest.mark.parametrize("language", SAID)
def test_it_remembers_sentences_that_plainly_say_it(offline_app: Flask, offline: Caller, language: str) -> None:
    learn(offline_app, offline, *SAID[language], "Hello there!")
    assert {one["text"] for one in offline.get(MEMORY).json["facts"]} == set(SAID[language])


def test_what_was_planted_is_used_and_then_gone(offline_app: Flask, offline: Caller) -> None:
    learn(offline_app, offline, "I prefer swimming in the lake to running.")
    [made] = offline.get(MEMORY).json["facts"]
    answer = ask(offline, "I want to go swimming").json
    assert answer["metadata"]["context"] == [made["id"]]
    assert "in the lake" in answer["response"]
    offline.delete(f"{MEMORY}/{made['id']}")
    assert "in the lake" not in ask(offline, "Where should I go swimming?").json["response"]


def test_what_a_person_has_one_of_is_corrected(offline_app: Flask, offline: Caller) -> None:
    learn(offline_app, offline, "I live in Graz.")
    learn(offline_app, offline, "I live in Linz now.")
    facts = offline.get(MEMORY).json["facts"]
    assert [(one["text"], bool(one["superseded_by"])) for one in facts] == [
        ("I live in Linz now.", False),
        ("I live in Graz.", True),
    ]


def test_small_talk_is_nothing(offline_app: Flask, offline: Caller) -> None:
    learn(offline_app, offline, "Hello! How are you? What shall we do about my week?")
    assert offline.get(MEMORY).json["facts"] == []
