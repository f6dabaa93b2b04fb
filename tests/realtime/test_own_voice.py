"""``/ws/voice/``: a person talks by their own sign-in, in a thread that is theirs alone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from app.accounts.ledger import Ledger
from app.accounts.models import ModelCall
from app.auth import revocations
from app.auth.tokens import Tokens
from app.care.models import CareEvent
from app.db.session import db as database
from app.web.container import resolve_from
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.gunicorn import Web
from tests.realtime.conftest import Machine, Talk, key_of, make_agent
from tests.realtime.test_care import CRISIS
from tests.realtime.test_socket import ask, chats, of
from tests.waiting import until

COACHES = "/api/v1/voice/coaches"
Dial = Callable[..., Talk]


@pytest.fixture
def olivia(app: Flask, clean: None) -> Caller:
    return sign_in(app, "olivia", "acme")


@pytest.fixture
def dial(web: Web, app: Flask, clean: None, double: Double) -> Iterator[Dial]:
    """Opens the socket by a token of a person of Acme, or by what is given in its place."""
    double.default(text="One step.")
    opened: list[Talk] = []

    def open_one(bot_id: str, user: str = "olivia", token: str | None = None, **more: Any) -> Talk:
        minted = resolve_from(app, Tokens).mint(user, more.pop("tenant", "acme"), "member", more.pop("lasts", 600))
        given = minted if token is None else token
        headers = {"Authorization": f"Bearer {given}"} if given else {}
        opened.append(Talk(web, bot_id=bot_id, path="/ws/voice/", thread_id="", headers=headers, **more))
        return opened[-1]

    yield open_one
    for talk in opened:
        talk.socket.close()


def coach_of(caller: Caller) -> str:
    return str(caller.get(COACHES).json["coaches"][0]["id"])


def test_the_teams_active_agents_are_listed(olivia: Caller, machine: Machine) -> None:
    mira = make_agent(machine, name="Mira", description="Calm")
    make_agent(machine, name="Gone", is_active=False)
    listed = olivia.get(COACHES).json["coaches"]
    assert [(one["id"], one["name"], one["description"]) for one in listed] == [(mira["bot_id"], "Mira", "Calm")]


def test_a_person_talks_without_a_key(dial: Dial, agent: Any) -> None:
    talk = dial(agent["bot_id"])
    assert talk.hear() == {"type": "connected", "bot_id": agent["bot_id"], "thread_id": "olivia"}
    events = ask(talk)
    assert of(events, "text_sentence")[0]["text"] == "One step." and of(events, "audio_response")


def test_where_a_team_never_had_agents_there_is_a_coach_all_the_same(dial: Dial, olivia: Caller) -> None:
    talk = dial(coach_of(olivia))
    assert talk.hear()["type"] == "connected" and of(ask(talk, muteAudio=True), "response_done")
    assert [one["name"] for one in olivia.get(COACHES).json["coaches"]] == ["Coach"]


def test_a_team_that_has_put_all_to_rest_offers_nobody(olivia: Caller, machine: Machine) -> None:
    make_agent(machine, is_active=False)
    assert olivia.get(COACHES).json == {"coaches": []}


def test_the_talk_goes_on_with_whoever_is_chosen(dial: Dial, machine: Machine, agent: Any, double: Double) -> None:
    first = dial(agent["bot_id"])
    first.hear()
    ask(first, "My dog is called Bo", muteAudio=True)
    second = dial(make_agent(machine, name="Max")["bot_id"])
    second.hear()
    ask(second, "What is my dog called?", muteAudio=True)
    assert "My dog is called Bo" in str(double.requests()[-1])


def test_nobody_elses_thread_is_shown_to_a_model(dial: Dial, agent: Any, double: Double) -> None:
    for user, words in (("olivia", "My dog is called Bo"), ("omar", "Hello")):
        talk = dial(agent["bot_id"], user)
        talk.hear()
        ask(talk, words, muteAudio=True)
    assert "Bo" not in str(double.requests()[-1])


def test_no_key_of_the_team_sees_or_changes_it(dial: Dial, agent: Any, machine: Machine) -> None:
    talk = dial(agent["bot_id"])
    talk.hear()
    ask(talk, muteAudio=True)
    assert [machine.get(f"/api/{name}/").json["count"] for name in ("sessions", "chats", "slides")] == [0, 0, 0]
    assert machine.get("/api/sessions/olivia/").status_code == 404
    forged = {"query": "Hi", "response": "Hi"}
    assert machine.post("/api/chats/", json={"thread_id": "olivia", **forged}).status_code == 400
    assert chats(machine) == []


def test_it_is_the_persons_in_their_data_their_budget_and_in_care(
    dial: Dial, agent: Any, olivia: Caller, app: Flask
) -> None:
    talk = dial(agent["bot_id"])
    talk.hear()
    ask(talk, muteAudio=True)
    assert of(ask(talk, CRISIS, muteAudio=True), "safety")[0]["level"] == "crisis"
    counts = olivia.get("/api/v1/me/data").json["counts"]
    assert (counts["realtime_sessions"], counts["realtime_chats"]) == (1, 2)

    def is_noted() -> bool:
        with database.read() as session:
            calls = session.query(ModelCall).filter_by(user_id="olivia", feature="realtime.turn").count()
            return bool(calls) and bool(session.query(CareEvent).filter_by(user_id="olivia", level="crisis").count())

    resolve_from(app, Ledger).flush()
    until(is_noted)


def test_whoever_is_not_signed_in_is_sent_away(dial: Dial, agent: Any, app: Flask, machine: Machine) -> None:
    key = key_of("acme", name="another")
    assert [dial(agent["bot_id"], token=token).code() for token in ("", "made up", key)] == [4403, 4403, 4403]
    assert dial(agent["bot_id"], tenant="other").code() == 4004
    assert (dial("").code(), dial("x").code()) == (4000, 4004)


def test_who_is_called_as_a_thread_of_the_teams_has_none(dial: Dial, agent: Any) -> None:
    assert dial(agent["bot_id"], "user_00112233445566aa").code() == 4005


def test_the_socket_ends_with_the_sign_in(dial: Dial, agent: Any) -> None:
    short, revoked = dial(agent["bot_id"], lasts=-8), dial(agent["bot_id"], "omar")
    assert (short.hear()["type"], revoked.hear()["type"]) == ("connected", "connected")
    assert short.code() == 4403
    with database.begin() as session:
        revocations.revoke_person(session, "acme", "omar")
    assert revoked.code() == 4403


def test_a_token_may_come_in_the_address(dial: Dial, agent: Any, app: Flask) -> None:
    token = resolve_from(app, Tokens).mint("olivia", "acme", "member", 600)
    assert dial(agent["bot_id"], token="", query=f"&access_token={token}").hear()["thread_id"] == "olivia"
