"""Clients that are slow, or too many, on a real gunicorn."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import gevent
import pytest
from flask import Flask

from app.web.client_address import network_of
from tests.conftest import Caller
from tests.gunicorn import Web

Start = Callable[..., Web]
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def impatient(environ: dict[str, str], app: Flask) -> Iterator[Web]:
    web = Web(environ | {"CONNECTIONS_PER_ADDRESS": "5"}, "tests.web.impatient:app")
    web.await_ready()
    web.http.clear()
    yield web
    web.stop()


def opened(web: Web, *data: bytes, source: str = "127.0.0.1") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", web.port), timeout=30, source_address=(source, 0))
    for piece in data:
        connection.sendall(piece)
    return connection


def said(connection: socket.socket) -> bytes:
    """All that is sent until the server hangs up."""
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


def is_well(web: Web) -> bool:
    with opened(web, HEALTH, source="127.0.0.9") as connection:
        return connection.recv(65536).startswith(b"HTTP/1.1 200 ")


def post(path: str, token: str, length: int, begin: bytes = b"", framing: str = "") -> bytes:
    framing = framing or f"Content-Length: {length}"
    return (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\n{framing}\r\n\r\n"
    ).encode() + begin


@pytest.mark.parametrize("begin", [b"GET /health HT", b"GET /health HTTP/1.1\r\nHost: x\r\nX-More: "])
def test_headers_that_do_not_come_are_408(impatient: Web, begin: bytes) -> None:
    assert said(opened(impatient, begin)).startswith(b"HTTP/1.1 408 ")


def test_bytes_that_trickle_in_do_not_prolong_the_headers(impatient: Web) -> None:
    connection = opened(impatient, b"GET /health HTTP/1.1\r\n")
    trickle = gevent.spawn(lambda: [(connection.send(b"x"), gevent.sleep(0.2)) for _ in range(1000)])
    assert said(connection).startswith(b"HTTP/1.1 408 ")
    trickle.kill()


@pytest.mark.parametrize("framing", ["Content-Length: 500", "Transfer-Encoding: chunked"])
def test_a_body_that_does_not_come_is_408_in_the_contracts_form(impatient: Web, owner: Caller, framing: str) -> None:
    begin = b"1\r\n{\r\n" if "chunked" in framing else b"{"
    connection = opened(impatient, post("/api/v1/chat/message", owner.token, 500, begin, framing))
    trickle = gevent.spawn(lambda: [(connection.send(b" "), gevent.sleep(0.2)) for _ in range(1000)])
    head, _, body = said(connection).partition(b"\r\n\r\n")
    trickle.kill()
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["statusCode"] == 408


def test_a_large_body_has_more_time(impatient: Web, owner: Caller) -> None:
    connection = opened(impatient, post("/api/v1/chat/message", owner.token, 10 * 65536))
    for _ in range(10):
        connection.sendall(b" " * 65536)
        gevent.sleep(0.2)
    assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")
    connection.close()


def test_a_kept_connection_is_hung_up_on_without_a_word(impatient: Web) -> None:
    answer = said(opened(impatient, HEALTH, HEALTH))
    assert answer.count(b"HTTP/1.1 ") == answer.count(b"HTTP/1.1 200 ") == 2


def test_an_unread_body_does_not_hold_the_answer_up(impatient: Web) -> None:
    answer = said(opened(impatient, post("/api/v1/chat/message", "nonsense", 500, b"{")))
    assert answer.startswith(b"HTTP/1.1 401 ") and answer.count(b"HTTP/1.1 ") == 1


def test_an_address_has_so_many_connections_and_others_go_on(impatient: Web) -> None:
    with ExitStack() as stack:
        held = [stack.enter_context(opened(impatient, b"GET ", source="127.0.0.5")) for _ in range(5)]
        gevent.sleep(0.1)
        refused = said(opened(impatient, source="127.0.0.5"))
        assert refused.startswith(b"HTTP/1.1 429 ") and b"Retry-After" in refused
        assert said(opened(impatient, HEALTH)).startswith(b"HTTP/1.1 200 ")  # from the flooded address too
        assert is_well(impatient)
        for connection in held:
            assert said(connection).startswith(b"HTTP/1.1 408 ")
    with opened(impatient, HEALTH, source="127.0.0.5") as again:
        assert again.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_behind_a_proxy_each_client_has_a_limit_of_its_own(start_web: Start, owner: Caller) -> None:
    web = start_web(CONNECTIONS_PER_ADDRESS="2", TRUSTED_PROXIES="127.0.0.1")
    slow = [
        post("/api/v1/chat/message", owner.token, 500, framing=f"X-Forwarded-For: {client}\r\nContent-Length: 500")
        for client in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:1::1")
    ]
    with ExitStack() as stack:
        for request in slow[:2]:
            stack.enter_context(opened(web, request))
        gevent.sleep(0.5)
        with opened(web, slow[2]) as third:
            assert third.recv(65536).startswith(b"HTTP/1.1 429 ")
        with opened(web, slow[3] + b"{" + b" " * 499) as other:
            assert other.recv(65536).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8::7", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::1", "2001:db8::/64"), ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("", ""), ("unknown", ""),
    ],
)  # fmt: skip
def test_whose_connection_it_is(address: str, client: str) -> None:
    assert network_of(address) == client


def test_production_without_a_known_proxy_says_what_that_means(start_web: Start) -> None:
    hint = "TRUSTED_PROXIES is not set"
    alone = start_web(APP_ENV="production", LOG_LEVEL="WARNING")
    assert alone.said().count(hint) == 1
    behind = start_web(APP_ENV="production", LOG_LEVEL="WARNING", TRUSTED_PROXIES="127.0.0.1")
    assert hint not in behind.said()
