"""For a day after a crisis every turn opens with one question, until the person says that they are safe."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from app.auth.tokens import Tokens
from app.care import follow_ups, texts
from app.care.models import FollowUp
from app.db.session import db
from app.streams.signals import signals
from app.web.container import resolve_from
from tests.care.crises import CRISIS, WAYS, Way, chat
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.gunicorn import Web
from tests.realtime.conftest import Machine, Talk, make_agent, make_session
from tests.realtime.test_socket import ask as speak
from tests.realtime.test_socket import of
from tests.waiting import until

QUESTION = texts.of_language("en").follow_up
SAFE = {
    "en": "I'm safe now, thank you", "de": "Ich bin jetzt in Sicherheit", "fr": "Je suis en sécurité maintenant",
    "es": "Ya estoy a salvo", "it": "Adesso sono al sicuro", "pt": "Agora estou em segurança",
    "nl": "Ik ben nu veilig", "pl": "Jestem już bezpieczna", "tr": "Şimdi güvendeyim", "ru": "Я в безопасности",
    "ar": "أنا بخير الآن", "hi": "मैं अब ठीक हूँ", "zh": "我现在安全了", "ja": "今は大丈夫です",
}  # fmt: skip
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@pytest.fixture
def owner(app: Flask, clean: None) -> Caller:
    return sign_in(app, f"user-{uuid4().hex[:12]}", "acme")


def pass_time(hours: float) -> None:
    """Every follow-up is so much older."""
    with db.begin() as session:
        session.execute(update(FollowUp).values(until=FollowUp.until - timedelta(hours=hours)))
    signals.publish(follow_ups.CHANGED)


@each_way
def test_it_is_asked_once_in_every_turn(owner: Caller, double: Double, way: Way) -> None:
    say = way(owner, double)
    say(CRISIS)
    for text in ("Go on", "What else?"):
        metadata, said = say(text)
        assert metadata["safety"] == {"level": "none", "category": None, "follow_up": True}
        assert said.startswith(QUESTION) and said.count(QUESTION) == 1 and len(said) > len(QUESTION) + 5


@each_way
def test_it_ends_after_a_day(owner: Caller, double: Double, way: Way) -> None:
    say = way(owner, double)
    say(CRISIS)
    pass_time(hours=23.9)
    assert say("Go on")[0]["safety"]["follow_up"] is True
    pass_time(hours=0.2)
    metadata, said = say("And now?")
    assert "follow_up" not in metadata["safety"] and not said.startswith(QUESTION)


@pytest.mark.parametrize("language", SAFE)
def test_it_ends_when_they_say_that_they_are_safe(owner: Caller, double: Double, language: str) -> None:
    say = chat(owner, double)
    say(CRISIS)
    for text in (SAFE[language], "What should I do today?"):
        metadata, said = say(text)
        assert "follow_up" not in metadata["safety"] and QUESTION not in said


@pytest.mark.parametrize("text", ["I'm not safe now", "Am I safe now?", "I wish I was safe", "Nobody is safe now"])
def test_it_goes_on_otherwise(owner: Caller, double: Double, text: str) -> None:
    say = chat(owner, double)
    say(CRISIS)
    assert say(text)[0]["safety"].get("follow_up") is True


def test_it_begins_anew_with_the_next_crisis(owner: Caller, double: Double) -> None:
    say = chat(owner, double)
    say(CRISIS)
    say(SAFE["en"])
    say(f"{CRISIS} Still.")
    assert say("Go on")[0]["safety"]["follow_up"] is True


def test_at_a_concern_the_check_in_is_enough(owner: Caller, double: Double) -> None:
    say = chat(owner, double)
    say(CRISIS)
    metadata, said = say("Sometimes I wish I was dead")
    assert metadata["safety"] == {"level": "concern", "category": "suicide", "follow_up": True} and QUESTION not in said


def test_nobody_else_is_asked(owner: Caller, app: Flask, double: Double) -> None:
    chat(owner, double)(CRISIS)
    teammate, namesake = sign_in(app, f"theo-{uuid4().hex}", "acme"), sign_in(app, owner.user, "other")
    for other in (teammate, namesake):
        metadata, said = chat(other, double)("Hello")
        assert "follow_up" not in metadata["safety"] and QUESTION not in said


def test_a_new_coaching_session_opens_with_it(owner: Caller, double: Double) -> None:
    chat(owner, double)(CRISIS)
    double.default(text="Welcome")
    begun = owner.post("/ai/coaching/start", json={"topic_id": "core_values"}).json
    assert begun["coach_message"] == f"{QUESTION}\n\nWelcome" and begun["metadata"]["safety"]["follow_up"] is True
    owner.post("/ai/coaching/pause", json={"session_id": begun["session_id"]})
    resumed = owner.post("/ai/coaching/resume", json={"session_id": begun["session_id"]}).json
    assert resumed["coach_message"] == f"{QUESTION}\n\nWelcome" and resumed["metadata"]["safety"]["follow_up"] is True


def test_results_that_are_written_down_hold_no_question(owner: Caller, double: Double) -> None:
    chat(owner, double)(CRISIS)
    body = {"topic_id": "niche_review", "parameters": {"current_value": "Coaching for nurses"}}
    from app.topics.catalog import TOPICS

    double.default(json=dict(TOPICS["niche_review"].example))
    told = owner.post("/ai/execute", json=body).json
    assert told["metadata"]["safety"]["follow_up"] is True and QUESTION not in str(told["data"])


def test_it_is_asked_in_the_language_of_the_crisis(owner: Caller, double: Double) -> None:
    say = chat(owner, double)
    say("Ich will mich umbringen")
    assert say("Go on")[1].startswith(texts.of_language("de").follow_up)


def test_the_other_processes_know_at_once(here: Web, there: Web, app: Flask, double: Double) -> None:
    token = resolve_from(app, Tokens).mint(f"user-{uuid4().hex}", "acme", "member", 3600)
    assert "follow_up" not in safety_of(there, token, "Hello")
    here.post(token, "/api/v1/chat/message", message=CRISIS)
    until(lambda: "follow_up" in safety_of(there, token, f"Go on {uuid4().hex}"), seconds=3)
    there.post(token, "/api/v1/chat/message", message=SAFE["en"])
    until(lambda: "follow_up" not in safety_of(here, token, f"Go on {uuid4().hex}"), seconds=3)


def safety_of(web: Web, token: str, text: str) -> Any:
    return web.post(token, "/api/v1/chat/message", message=text)["metadata"]["safety"]


@pytest.fixture
def machine(app: Flask, clean: None) -> Machine:
    from tests.realtime.conftest import key_of

    return Machine(app.test_client(), key_of("acme"), "acme")


@pytest.fixture
def talk(here: Web, machine: Machine) -> Talk:
    agent, thread = make_agent(machine), f"user_{uuid4().hex[:16]}"
    make_session(machine, agent, thread)
    opened = Talk(here, machine.key, agent["bot_id"], thread)
    opened.hear()
    return opened


def test_a_voice_asks_it_too(talk: Talk, double: Double) -> None:
    double.default(text="Let's go on.")
    speak(talk, CRISIS, muteAudio=True)
    for text in ("What should I do next?", "And then?"):
        events = speak(talk, text, muteAudio=True)
        said = "".join(event["token"] for event in of(events, "text_token"))
        assert said == f"{QUESTION}\n\nLet's go on." and not of(events, "safety")
        assert of(events, "response_done")[0]["metadata"]["safety"]["follow_up"] is True
    after = speak(talk, SAFE["en"], muteAudio=True)
    assert "follow_up" not in of(after, "response_done")[0]["metadata"]["safety"]
