"""A person in danger who speaks to the realtime coach: told where help is, in tokens, sentences and sound."""

from typing import Any
from uuid import uuid4

import pytest

from app.care import claims
from tests.care.crises import LANGUAGES, crisis_in, seen
from tests.double.client import Double
from tests.gunicorn import Web
from tests.realtime.conftest import Machine, Talk, make_agent, make_session
from tests.realtime.test_socket import ask, chats, configured, of

__all__ = ["configured"]  # a fixture
CRISIS = "I have the pills here and I am going to kill myself tonight"
CONCERN = "Sometimes I wish I was dead"


def words(events: list[Any]) -> str:
    return "".join(event["token"] for event in of(events, "text_token"))


def test_a_crisis_is_answered_without_a_model(talk: Talk, machine: Machine, double: Double) -> None:
    events = ask(talk, CRISIS)
    [safety] = of(events, "safety")
    assert (safety["level"], safety["category"]) == ("crisis", "suicide") and safety["resources"]
    types = [event["type"] for event in events]
    assert types.index("safety") < types.index("text_token")
    assert "112" in words(events) and of(events, "audio_response") and double.requests() == []
    assert of(events, "response_done")[0]["metadata"]["safety"] == {"level": "crisis", "category": "suicide"}
    assert chats(machine)[0]["meta"]["model"] == "care"


def test_no_model_sees_what_was_said_in_a_crisis(talk: Talk, double: Double) -> None:
    double.default(text="Let's go on.")
    ask(talk, CRISIS, muteAudio=True)
    after = ask(talk, "What should I do next?", muteAudio=True)
    assert of(after, "response_done")[0]["metadata"]["safety"]["follow_up"] is True
    assert words(after).endswith("Let's go on.") and len(words(after)) > len("Let's go on.")
    assert "pills" not in str(double.requests())


def test_a_concern_is_answered_after_a_check_in(talk: Talk, double: Double) -> None:
    double.script({"text": "I hear you."})
    events = ask(talk, CONCERN, muteAudio=True)
    assert of(events, "safety")[0]["level"] == "concern"
    assert words(events).startswith("Thank you for saying that.") and words(events).endswith("I hear you.")


def test_a_claim_to_have_done_something_is_put_right(talk: Talk, double: Double) -> None:
    double.script({"text": ["Good. I've ", "set a reminder. What else?"]})
    told = claims.languages()["en"].correction
    assert words(ask(talk, "Remind me on Thursday", muteAudio=True)) == f"Good. {told} What else?"


def test_what_is_too_long_is_refused_with_help(talk: Talk) -> None:
    talk.say("text_query", text=f"{CRISIS} {'x ' * 5000}", muteAudio=True)
    refusal = talk.hear()
    assert refusal["message"].startswith("Text too long") and refusal["safety"]["level"] == "crisis"


def test_the_agents_country_tells_whose_helplines(web: Web, machine: Machine) -> None:
    agent = make_agent(machine, country="de", name="Anna")
    make_session(machine, agent)
    talk = Talk(web, machine.key, agent["bot_id"])
    talk.hear()
    assert of(ask(talk, CRISIS, muteAudio=True), "safety")[0]["resources"][0]["country"] == "DE"


def test_the_address_may_say_another(web: Web, machine: Machine, agent: Any, session: Any) -> None:
    talk = Talk(web, machine.key, agent["bot_id"], query="&country=at")
    talk.hear()
    assert of(ask(talk, CRISIS, muteAudio=True), "safety")[0]["resources"][0]["country"] == "AT"


def test_a_country_that_does_not_exist_counts_for_nothing(web: Web, machine: Machine) -> None:
    refused = machine.post("/api/agents/", json={"name": "Anna", "country": "xx"})
    assert (refused.status_code, list(refused.json["errors"])) == (400, ["country"])
    agent = make_agent(machine, country="DE")
    make_session(machine, agent)
    talk = Talk(web, machine.key, agent["bot_id"], query="&country=xx")
    talk.hear()
    assert of(ask(talk, CRISIS, muteAudio=True), "safety")[0]["resources"][0]["country"] == "DE"


def test_a_session_says_that_this_is_a_machine(session: Any, talk: Talk, double: Double) -> None:
    double.default(text="Yes.")
    assert session["disclosure"]
    assert "disclosure" in of(ask(talk, "Hello", muteAudio=True), "response_done")[0]["metadata"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language(web: Web, machine: Machine, agent: Any, double: Double, language: str) -> None:
    talk = joined(web, machine, agent)
    assert of(ask(talk, crisis_in(language), muteAudio=True), "safety")[0]["level"] == "crisis"
    for text in ("Go on", "What else?"):
        ask(talk, text, muteAudio=True)
    assert len(double.requests()) == 2 and not seen(double)


def joined(web: Web, machine: Machine, agent: Any) -> Talk:
    """Somebody whom nobody has had to follow up."""
    thread = f"user_{uuid4().hex[:16]}"
    make_session(machine, agent, thread)
    talk = Talk(web, machine.key, agent["bot_id"], thread)
    talk.hear()
    return talk


def test_no_slides_are_made_of_it(web: Web, machine: Machine, agent: Any, double: Double) -> None:
    talk = joined(web, machine, agent)
    ask(talk, crisis_in("en"), muteAudio=True)
    ask(talk, "Please make slides about it", muteAudio=True)
    assert len(double.requests()) >= 2 and not seen(double)


def test_what_a_client_wrote_into_the_history_is_looked_at(
    web: Web, machine: Machine, agent: Any, session: Any, talk: Talk, double: Double
) -> None:
    double.default(text="Fine.")
    machine.post("/api/chats/", json={"session": session["id"], "query": crisis_in("en"), "response": "I see."})
    ask(talk, "What should I do next?", muteAudio=True)
    assert len(double.requests()) == 1 and not seen(double) and "I see." not in str(double.requests())


@pytest.mark.parametrize("configured", [{"OPENAI_STT_MODEL": "whisper-1"}], indirect=True)
def test_what_is_spoken_is_looked_at_like_what_is_written(
    configured: Web, machine: Machine, agent: Any, double: Double
) -> None:
    talk = joined(configured, machine, agent)
    double.script({"text": "Hi."}, {"text": crisis_in("en")})
    [clip] = of(ask(talk, "Hello"), "audio_response")
    talk.say("audio_query", audio=clip["audio"], format="mp3", muteAudio=True)
    events = talk.until("response_ended")
    assert of(events, "safety")[0]["level"] == "crisis" and "112" in words(events)
    assert [request["path"].rpartition("/")[2] for request in double.requests()] == ["completions", "transcriptions"]
    ask(talk, "And now?", muteAudio=True)
    assert not seen(double)


def test_what_the_model_says_is_cut(talk: Talk, machine: Machine, double: Double) -> None:
    double.script({"text": "I hear you. You should just kill yourself. Nobody cares.", "deltas": 30})
    events = ask(talk, "I am tired", muteAudio=True)
    assert "kill" not in words(events) and "I have to stop here" in words(events)
    metadata = of(events, "response_done")[0]["metadata"]
    assert metadata["safety"] == {"level": "none", "category": None, "cut": "encouragement"}
    assert chats(machine)[0]["meta"]["safety"]["cut"] == "encouragement"
