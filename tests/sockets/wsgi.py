"""The application with a few sockets of the tests' own: ``gunicorn tests.sockets.wsgi:app``."""

from contextlib import suppress

import gevent
from simple_websocket import ConnectionClosed

from app import create_app
from app.auth.guards import public
from app.core.errors import NotFound
from app.sockets.routing import Sock
from app.sockets.send_queue import control
from app.sockets.socket import Socket

MIB = 1024 * 1024


def echo(socket: Socket) -> None:
    while True:
        socket.send(socket.receive() or "")


def mirror(socket: Socket) -> None:
    """Text for text, and bytes for bytes, which our own routes never send."""
    while True:
        message = socket.receive()
        if isinstance(message, str):
            socket.send(message)
        else:
            socket._queue.put(control.send_data(message), timeout=10)


def flood(socket: Socket) -> None:
    """Four producers at once, each sending what is asked for: ``count size``."""
    count, size = map(int, str(socket.receive()).split())
    for number in range(4):
        gevent.spawn(produce, socket, str(number) * size, count)
    socket.receive()


def produce(socket: Socket, text: str, count: int) -> None:
    with suppress(ConnectionClosed):
        for _ in range(count):
            socket.send(text, timeout=1)


def greet(socket: Socket) -> None:
    socket.send("hello")


def fail(socket: Socket) -> None:
    socket.receive(timeout=0)
    raise RuntimeError("a secret detail")


def refuse(socket: Socket) -> None:
    raise NotFound("There is no such thing")


VIEWS = {
    "echo": echo, "stranger": echo, "mirror": mirror, "flood": flood, "greet": greet, "fail": fail, "refuse": refuse,
}  # fmt: skip

app = create_app()
sock = Sock(app)


@sock.route("/test/<what>", max_message_size=36 * MIB)
@public
def talk(socket: Socket, what: str) -> None:
    if what != "stranger":
        socket.admit()
    VIEWS[what](socket)


@app.get("/test/greet")
@public
def greet_without_a_socket() -> str:
    return "hello over HTTP"
