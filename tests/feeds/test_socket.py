"""Who may listen, and what can be said."""

import json

import pytest
from flask import Flask

from app.auth.tokens import Tokens
from app.feeds import event_socket
from app.web.container import resolve_from
from tests.conftest import Caller
from tests.feeds.conftest import Client, Open, happen, numbers
from tests.gunicorn import Web


def is_turned_away(client: Client) -> None:
    frame = client.hear()
    assert set(frame) == {"type", "timestamp", "data"}
    assert (frame["type"], frame["data"]["code"]) == ("auth.error", "UNAUTHORIZED")
    assert client.goodbye() == 4401


@pytest.mark.parametrize("way", ["header", "token"])
def test_a_token_in_the_header_or_the_query_is_enough(here: Web, connect: Open, owner: Caller, way: str) -> None:
    client = connect(here, **{way: owner.token})
    happen(owner, 1)
    assert numbers(client.heard(1)) == [1]


def test_a_token_in_the_first_frame_is_answered(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here)
    client.say(action="auth", token=owner.token)
    frame = client.hear()
    assert set(frame) == {"type", "timestamp", "data"}
    assert frame["type"] == "auth.success"
    data = frame["data"]
    assert data == {"tenantId": "acme", "userId": "olivia", "connectionId": data["connectionId"]}
    happen(owner, 1)
    assert numbers(client.heard(1)) == [1]


@pytest.mark.parametrize("way", ["header", "token"])
def test_an_invalid_token_is_told_so_and_closed(here: Web, connect: Open, way: str) -> None:
    is_turned_away(connect(here, **{way: "nonsense"}))


def test_an_invalid_token_in_a_frame_too(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here)
    client.say(action="auth", token="nonsense")
    is_turned_away(client)


def test_who_is_in_already_may_say_so_again(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here, header=owner.token)
    client.say(action="auth", token=owner.token)
    assert client.hear()["type"] == "auth.success"
    happen(owner, 1)
    assert numbers(client.heard(1)) == [1]
    assert client.nothing_more()


def test_a_socket_can_t_become_another_persons(here: Web, connect: Open, owner: Caller, stranger: Caller) -> None:
    client = connect(here, header=owner.token)
    client.say(action="auth", token=stranger.token)
    is_turned_away(client)


def test_a_stranger_without_a_token_hears_nothing_and_has_to_go(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here)
    happen(owner, 1)
    assert client.nothing_more()
    client.say(action="resume", after=0)
    assert client.hear()["data"]["code"] == "UNAUTHORIZED"
    assert event_socket.AUTH_TIMEOUT == 10
    is_turned_away(client)


def test_a_socket_ends_with_its_token(here: Web, connect: Open, app: Flask, owner: Caller) -> None:
    client = connect(here, header=resolve_from(app, Tokens).mint("olivia", "acme", "member", -8))
    assert client.nothing_more()
    is_turned_away(client)


def test_a_newer_token_keeps_the_socket(here: Web, connect: Open, app: Flask, owner: Caller) -> None:
    client = connect(here, header=resolve_from(app, Tokens).mint("olivia", "acme", "member", -8))
    client.say(action="auth", token=owner.token)
    assert client.hear()["type"] == "auth.success"
    client.socket.settimeout(2.5)
    with pytest.raises(TimeoutError):
        client.socket.sock.recv(1)
    assert client.nothing_more()


def test_ping_is_answered(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here, header=owner.token)
    client.say(action="ping")
    frame = client.hear()
    assert frame == {"type": "pong", "timestamp": frame["timestamp"]}


@pytest.mark.parametrize(
    "junk", ["", "{", "[]", "1", "null", '{"action":1}', '{"action":"dance"}', '{"token":"x"}', "[" * 60_000]
)
def test_what_makes_no_sense_is_refused_and_the_socket_goes_on(
    here: Web, connect: Open, owner: Caller, junk: str
) -> None:
    client = connect(here, header=owner.token)
    client.socket.send(junk)
    frame = client.hear()
    assert set(frame) == {"type", "timestamp", "data"}
    assert (frame["type"], frame["data"]["code"]) == ("error", "VALIDATION_ERROR")
    assert client.nothing_more()


def test_frames_may_be_binary(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here, header=owner.token)
    client.socket.send_binary(json.dumps({"action": "ping"}).encode())
    assert client.hear()["type"] == "pong"


def test_a_frame_over_64_kib_is_1009(here: Web, connect: Open, owner: Caller) -> None:
    client = connect(here, header=owner.token)
    client.say(action="ping", padding="x" * 65536)
    assert client.goodbye() == 1009


@pytest.mark.parametrize("path", ["/ws", "/realtime"])
def test_without_an_upgrade_it_is_426(anonymous: Caller, path: str) -> None:
    answer = anonymous.get(path)
    assert (answer.status_code, answer.json["code"]) == (426, "UPGRADE_REQUIRED")
