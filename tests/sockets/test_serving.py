"""Sockets on a real gunicorn: handshakes, big frames, slow readers, restarts."""

import json
import signal
import socket as sockets
import struct
from collections.abc import Callable

import gevent
import pytest
import urllib3
import websocket
from flask import Flask
from websocket import ABNF
from werkzeug.serving import make_server

from app.sockets.routing import Sock
from tests.gunicorn import Web
from tests.sockets.conftest import APPLICATION, Connect
from tests.waiting import until

Start = Callable[..., Web]


def goodbye(client: websocket.WebSocket) -> int:
    """The code with which the server ends the socket; whatever else it sends is passed over."""
    while True:
        opcode, frame = client.recv_data_frame(control_frame=True)
        if opcode == ABNF.OPCODE_CLOSE:
            return int.from_bytes(frame.data[:2], "big")


def test_a_request_without_an_upgrade_is_426(web: Web) -> None:
    answer = web.http.request("GET", f"{web.url}/test/echo")
    assert answer.status == 426
    assert answer.headers["Upgrade"] == "websocket"
    assert json.loads(answer.data)["code"] == "UPGRADE_REQUIRED"


def test_a_path_of_both_kinds_is_chosen_by_the_upgrade_header(web: Web, connect: Connect) -> None:
    assert web.http.request("GET", f"{web.url}/test/greet").data == b"hello over HTTP"
    assert connect(web, "/test/greet").recv() == "hello"


def test_an_ordinary_address_ignores_an_upgrade_header(web: Web) -> None:
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
    assert web.http.request("GET", f"{web.url}/health", headers=headers).status == 200


def test_a_view_can_refuse_before_the_socket_is_accepted(web: Web, connect: Connect) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        connect(web, "/test/refuse")
    assert refused.value.status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Sec-WebSocket-Key": "short"}, 400),
        ({"Sec-WebSocket-Key": "not base64 at all"}, 400),
        ({"Connection": "keep-alive"}, 400),
        ({"Sec-WebSocket-Version": "8"}, 426),
    ],
)
def test_a_bad_handshake_is_refused(web: Web, changes: dict[str, str], status: int) -> None:
    good = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    headers = good | {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} | changes
    answer = urllib3.request("GET", f"{web.url}/test/echo", headers=headers, retries=False, timeout=10)
    assert answer.status == status


def test_a_socket_begins_on_a_connection_that_was_used_before(web: Web) -> None:
    with sockets.create_connection(("127.0.0.1", web.port), timeout=10) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" in connection.recv(65536)
        connection.sendall(
            b"GET /test/greet HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        answer = b""
        while b"\x88\x02" not in answer:
            answer += connection.recv(65536) or b"\x88\x02 too early"
        connection.sendall(b"\x88\x82\x00\x00\x00\x00\x03\xe8")
        assert connection.recv(1) == b"", "no byte of HTTP follows the goodbye"
    accepted, _, frames = answer.partition(b"\r\n\r\n")
    assert accepted.endswith(b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    assert frames == b"\x81\x05hello\x88\x02\x03\xe8"


def test_a_view_that_ends_closes_with_1000_and_leaves_nothing_behind(web: Web, connect: Connect) -> None:
    client = connect(web, "/test/greet")
    assert client.recv() == "hello"
    assert goodbye(client) == 1000
    assert client.sock.recv(1) == b"", "no byte of HTTP follows the goodbye"


def test_a_view_that_fails_is_1011_and_says_nothing(shared: Web, connect: Connect) -> None:
    client = connect(shared, "/test/fail")
    opcode, frame = client.recv_data_frame(control_frame=True)
    assert (opcode, bytes(frame.data)) == (ABNF.OPCODE_CLOSE, (1011).to_bytes(2, "big"))
    until(lambda: "socket_failed" in shared.said())  # the log has it, and later tests won't take it for theirs


def test_35_mib_in_one_frame_come_and_go_whole(web: Web, connect: Connect) -> None:
    client = connect(web, "/test/echo", skip_utf8_validation=True)
    text = "0123456789abcdef" * (35 * 65536)
    client.send(text)
    assert client.recv() == text


def test_too_much_is_1009_however_the_client_goes_on(web: Web, connect: Connect) -> None:
    client = connect(web, "/test/echo")
    sending = gevent.spawn(client.send_binary, b"x" * (40 * 1024 * 1024))
    # Not `goodbye`: it answers, which a client in the middle of a frame can't.
    frame = client.recv_frame()
    assert (frame.opcode, bytes(frame.data[:2])) == (ABNF.OPCODE_CLOSE, (1009).to_bytes(2, "big"))
    sending.kill()


def test_a_stranger_is_sent_away_after_4_kib(web: Web, connect: Connect) -> None:
    client = connect(web, "/test/stranger")
    client.send("x" * 4096)
    assert client.recv() == "x" * 4096
    client.send("x" * 4097)
    assert goodbye(client) == 1009


@pytest.mark.parametrize("path", ["/test/echo", "/test/greet"])
def test_who_is_sent_away_is_not_read_any_more(web: Web, connect: Connect, path: str) -> None:
    client = connect(web, path)
    client.sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, 65536)
    taken = 0
    with pytest.raises(OSError):
        while taken < 500 * 1024 * 1024:
            taken += client.sock.send(ABNF.create_frame(b"x" * 65535, ABNF.OPCODE_BINARY, fin=0).format())
    assert taken < 100 * 1024 * 1024


def test_the_memory_of_all_sockets_of_a_process_is_bounded(start_web: Start, connect: Connect) -> None:
    web = start_web(APPLICATION, SOCKET_MEMORY="10 MiB")
    holding, other, small = (connect(web, "/test/echo") for _ in range(3))
    holding.send_frame(ABNF.create_frame(b"x" * 9 * 1024 * 1024, ABNF.OPCODE_BINARY, fin=0))
    holding.ping()
    assert holding.recv_data(control_frame=True)[0] == ABNF.OPCODE_PONG
    sending = gevent.spawn(other.send_binary, b"y" * 4 * 1024 * 1024)
    assert goodbye(other) == 1013
    sending.kill()
    small.send("small ones pass")
    assert small.recv() == "small ones pass"
    holding.shutdown()


def test_many_big_frames_of_several_producers_arrive_whole(web: Web, connect: Connect) -> None:
    client = connect(web, "/test/flood", skip_utf8_validation=True)
    client.send("40 200000")
    arrived = [client.recv() for _ in range(160)]
    assert sorted(arrived) == sorted(str(n) * 200_000 for n in range(4) for _ in range(40))


def test_a_slow_reader_is_cut_while_others_go_on(web: Web, connect: Connect) -> None:
    slow, other = connect(web, "/test/flood", skip_utf8_validation=True), connect(web, "/test/echo")
    slow.send("1000 200000")
    for number in range(20):
        other.send(str(number))
        assert other.recv() == str(number)
        gevent.sleep(0.1)
    with pytest.raises((websocket.WebSocketException, OSError)):
        while True:
            slow.recv()


def test_a_peer_that_vanishes_disturbs_nobody(web: Web, connect: Connect) -> None:
    gone, other = connect(web, "/test/echo"), connect(web, "/test/echo")
    gone.sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
    gone.shutdown()
    other.send("still here")
    assert other.recv() == "still here"


def test_on_sigterm_sockets_close_with_1012(start_web: Start, connect: Connect) -> None:
    web = start_web(APPLICATION)
    clients = [connect(web, "/test/echo") for _ in range(5)]
    web.process.send_signal(signal.SIGTERM)
    assert [goodbye(client) for client in clients] == [1012] * 5
    web.await_end()
    assert web.said() == ""


def test_flasks_own_server_serves_sockets_too(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    Sock(app).route("/greet")(lambda socket: socket.send("hello"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = gevent.spawn(server.serve_forever)
    client = websocket.create_connection(f"ws://127.0.0.1:{server.port}/greet", timeout=10)
    assert client.recv() == "hello"
    assert goodbye(client) == 1000
    assert client.sock.recv(1) == b""
    server.shutdown()
    serving.get(timeout=5)
