"""RFC 6455, case by case: a server that echoes, and our own routes."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.realtime.live.connection import LARGEST
from app.sockets.socket import MAX_MESSAGE_SIZE
from tests.conftest import Caller
from tests.gunicorn import Web
from tests.interviews.conftest import begun
from tests.realtime.conftest import THREAD, Machine, key_of, make_agent, make_session
from tests.sockets.cases import CHAPTERS, Case, fails, of_every_route
from tests.sockets.peer import BINARY, Peer, fragments, pieces

Call = Callable[..., Peer]


@pytest.fixture
def call(web: Web) -> Iterator[Call]:
    opened: list[Peer] = []

    def open_one(path: str, *headers: str) -> Peer:
        opened.append(Peer(web.port, path, *headers))
        return opened[-1]

    yield open_one
    for peer in opened:
        peer.hang_up()


ROUTES = {"events_route": MAX_MESSAGE_SIZE, "realtime_route": LARGEST, "interview_route": MAX_MESSAGE_SIZE}
CASES = [pytest.param(case, id=f"{chapter.__name__}-{case.name}") for chapter in CHAPTERS for case in chapter()]


def keeps_the_rules(peer: Peer, case: Case) -> None:
    peer.say(case.sent, case.chop)
    answers = peer.hears(len(case.answers))
    peer.say(case.goodbye)
    assert (*answers, *peer.hears()) == (*case.answers, case.end)


@pytest.mark.parametrize("case", CASES)
def test_every_message_comes_back_and_every_fault_has_its_code(call: Call, case: Case) -> None:
    keeps_the_rules(call("/test/mirror"), case)


@pytest.fixture
def events_route(call: Call, owner: Caller) -> Peer:
    return call("/ws", f"Authorization: Bearer {owner.token}")


@pytest.fixture
def realtime_route(call: Call, app: Flask, clean: None) -> Peer:
    machine = Machine(app.test_client(), key_of("acme"), "acme")
    agent = make_agent(machine)
    make_session(machine, agent)
    peer = call(f"/ws/chat/?bot_id={agent['bot_id']}&thread_id={THREAD}", f"X-API-Key: {machine.key}")
    assert b"connected" in peer.hears(1)[0][1]
    return peer


@pytest.fixture
def interview_route(call: Call, anonymous: Caller) -> Peer:
    return call(f"/api/interviews/{begun(anonymous)}/stream")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("case", list(of_every_route()), ids=lambda case: case.name)
def test_every_route_keeps_the_rules(request: pytest.FixtureRequest, route: str, case: Case) -> None:
    keeps_the_rules(request.getfixturevalue(route), case)


@pytest.mark.parametrize(("route", "limit"), ROUTES.items())
@pytest.mark.parametrize("parts", [1, 3])
def test_every_route_has_its_limit(request: pytest.FixtureRequest, route: str, limit: int, parts: int) -> None:
    sent = b"".join(fragments(BINARY, *pieces(b"x" * (limit + parts), limit // parts + 1)))
    keeps_the_rules(request.getfixturevalue(route), fails("too-large", sent, code=1009))
